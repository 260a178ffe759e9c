"""The playbook: all steps, and what each waits for. A directed acyclic graph, made of the steps' own words."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from .declaration import EVERYTHING, SECURING, Declaration
from .step import Step

TRIAGE = "triage"


class Playbook(Mapping[str, Step]):
    """Steps by name, in an order in which each comes after what it waits for."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """Raises ``ValueError`` for a name used twice, an unknown name in an ``after``, a circle, no triage."""
        by_name: dict[str, Step] = {}
        for step in steps:
            if by_name.setdefault(step.declaration.name, step) is not step:
                raise ValueError(f"two steps are named {step.declaration.name}")
        if TRIAGE not in by_name:
            raise ValueError("a playbook begins with triage")
        self._after = {name: _predecessors(step, by_name) for name, step in by_name.items()}
        try:
            order = tuple(
                TopologicalSorter({name: sorted(after) for name, after in self._after.items()}).static_order()
            )
        except CycleError as error:
            raise ValueError(f"steps wait for each other in a circle: {' > '.join(error.args[1])}") from error
        self._steps = {name: by_name[name] for name in order}
        self._before: dict[str, frozenset[str]] = {}
        for name in order:
            self._before[name] = self._after[name].union(*(self._before[earlier] for earlier in self._after[name]))

    def __getitem__(self, name: str) -> Step:
        return self._steps[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def check_names(self, names: Iterable[str]) -> None:
        """Raises ``ValueError`` for a name that is no step one can choose: triage always runs."""
        if unknown := set(names) - (set(self) - {TRIAGE}):
            known = ", ".join(sorted(set(self) - {TRIAGE}))
            raise ValueError(f"no step to choose: {', '.join(sorted(unknown))}. There are: {known}.")

    def after(self, name: str) -> frozenset[str]:
        """The steps that ``name`` says it waits for."""
        return self._after[name]

    def before(self, name: str) -> frozenset[str]:
        """All steps that must have finished before ``name`` starts: what it waits for, and what that waits for."""
        return self._before[name]

    def following(self, name: str) -> frozenset[str]:
        """All steps that wait for ``name``, one way or another."""
        return frozenset(later for later, before in self._before.items() if name in before)


def _predecessors(step: Step, by_name: Mapping[str, Step]) -> frozenset[str]:
    declared = step.declaration
    if EVERYTHING in declared.after:
        return frozenset(name for name, other in by_name.items() if not other.declaration.background) - {declared.name}
    named = set(declared.after) - {SECURING}
    if unknown := named - set(by_name):
        raise ValueError(f"{declared.name} waits for {', '.join(sorted(unknown))}, which is no step")
    if SECURING in declared.after:
        named |= {name for name, other in by_name.items() if name != declared.name and _secures(other.declaration)}
    return frozenset(named)


def _secures(declared: Declaration) -> bool:
    return declared.contains or declared.secures or declared.holds
