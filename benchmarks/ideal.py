"""The least time that a response could take: the calls that truly wait for each other, and the mean polls.

Nothing here is measured. What the engine, storage and the processor add to it is what the benchmark shows.
"""

from dataclasses import dataclass
from datetime import timedelta

from shared.playbook.declaration import Declaration
from shared.playbook.registry import TRIAGE, Playbook

_READS = ("read",)
_CHANGES = ("read what is there", "change it", "read it back")
_CHAINS = {
    TRIAGE: ("read the user, its roles, groups, owned groups and mailbox, and the domains, side by side",),
    "revoke-sessions": ("end the sessions", "read it back"),
    "reset-password": (
        "set a password",
        "end the sessions: one may have been opened until now",
        "read both back",
    ),
}
"""The calls of a step that wait for each other. A step that is not here reads, changes what it found, reads it back."""


@dataclass(frozen=True)
class Ideal:
    """The way to a state with the least time: its steps, how many calls they make one after another, the seconds."""

    steps: tuple[str, ...]
    calls: int
    seconds: float


def mean_poll(longest: timedelta) -> float:
    """Seconds that a message waits on average for a queue that has been idle.

    The host polls 100 ms after a message, then doubles its pause up to ``maxPollingInterval`` and stays there: within
    two intervals every idle queue is polled once an interval. A message that comes at any moment waits for half of it.
    """
    return longest.total_seconds() / 2


def chain(declared: Declaration) -> tuple[str, ...]:
    """The calls of one step that wait for each other."""
    return _CHAINS.get(declared.name, _CHANGES if declared.changes else _READS)


def contained(playbook: Playbook, latency: float, poll: float) -> Ideal:
    """Until every containment step is verified."""
    names = [name for name, step in playbook.items() if step.declaration.contains]
    return _slowest(playbook, names, latency, poll)


def secured(playbook: Playbook, latency: float, poll: float) -> Ideal:
    """Until every containment step and every securing step is verified."""
    declared = {name: step.declaration for name, step in playbook.items()}
    names = [name for name, one in declared.items() if one.contains or one.secures]
    return _slowest(playbook, names, latency, poll)


def _slowest(playbook: Playbook, names: list[str], latency: float, poll: float) -> Ideal:
    ways: dict[str, Ideal] = {}
    for name, step in playbook.items():  # each comes after what it waits for
        before = max((ways[earlier] for earlier in playbook.after(name)), key=_seconds, default=Ideal((), 0, 0.0))
        calls = len(chain(step.declaration))
        ways[name] = Ideal((*before.steps, name), before.calls + calls, before.seconds + poll + calls * latency)
    return max((ways[name] for name in names), key=_seconds)


def _seconds(way: Ideal) -> float:
    return way.seconds
