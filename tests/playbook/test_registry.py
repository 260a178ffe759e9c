"""The playbook: steps in an order that works, or a plain word on why there is none."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.playbook.declaration import EVERYTHING, Declaration, Stage
from shared.playbook.registry import Playbook
from shared.playbook.step import Context, Plan, Step


class Named(Step):
    """A step that is only a name and what it waits for."""

    def __init__(self, name: str, after: tuple[str, ...] = ("triage",), *, background: bool = False) -> None:
        self.declaration = Declaration(
            name=name, title=name, article="any", stage=Stage.EVICT, after=after, background=background
        )

    async def inspect(self, context: Context) -> Plan:
        raise NotImplementedError


TRIAGE = Named("triage", ())
STEPS = (TRIAGE, Named("block"), Named("seal", ("block",)), Named("report", (EVERYTHING,)))


@pytest.mark.parametrize(
    "steps", list(permutations(STEPS)), ids=lambda steps: " ".join(s.declaration.name for s in steps)
)
def test_each_step_comes_after_what_it_waits_for_however_they_were_found(steps: tuple[Step, ...]) -> None:
    assert list(Playbook(steps)) == ["triage", "block", "seal", "report"]


def test_a_playbook_is_a_mapping_of_its_steps() -> None:
    book = Playbook(STEPS)
    assert len(book) == 4
    assert book["seal"] is STEPS[2]
    assert "unseal" not in book


def test_everything_means_all_other_steps() -> None:
    book = Playbook(STEPS)
    assert book.after("report") == {"triage", "block", "seal"}
    assert book.after("seal") == {"block"}
    assert book.after("triage") == frozenset()


def test_everything_is_not_what_goes_on_in_the_background() -> None:
    book = Playbook([*STEPS, Named("search", background=True)])
    assert book.after("report") == {"triage", "block", "seal"}
    assert book.after("search") == {"triage"}


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([], "begins with triage"),
        ([Named("block", ())], "begins with triage"),
        ([TRIAGE, Named("block"), Named("block")], "two steps are named block"),
        ([TRIAGE, Named("seal", ("triage", "unknown", "other"))], "seal waits for other, unknown, which is no step"),
        ([TRIAGE, Named("a", ("b",)), Named("b", ("a",))], "in a circle: "),
        ([TRIAGE, Named("a", ("a",))], "in a circle: a > a"),
        ([TRIAGE, Named("a", (EVERYTHING,)), Named("b", (EVERYTHING,))], "in a circle: "),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(steps: list[Step], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Playbook(steps)


def test_a_person_chooses_among_all_steps_but_triage() -> None:
    book = Playbook(STEPS)
    book.check_names([])
    book.check_names(["seal", "block", "report"])
    for wrong in (["triage"], ["seal", "unseal"], [""], ["Seal"]):
        with pytest.raises(ValueError, match=r"There are: block, report, seal\."):
            book.check_names(wrong)


@given(st.lists(st.frozensets(st.integers(0, 9), max_size=4), max_size=10))
def test_any_steps_that_wait_only_for_earlier_ones_have_an_order(waits: list[frozenset[int]]) -> None:
    after = [tuple(f"step-{n}" for n in wait if n < number) or ("triage",) for number, wait in enumerate(waits)]
    steps = [TRIAGE, *(Named(f"step-{number}", names) for number, names in enumerate(after))]

    order = list(Playbook(reversed(steps)))

    assert sorted(order) == sorted(step.declaration.name for step in steps)
    for step in steps:
        place = order.index(step.declaration.name)
        assert all(order.index(name) < place for name in step.declaration.after)
