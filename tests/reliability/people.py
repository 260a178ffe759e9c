"""What people decide about an incident, by name; what they were shown, and what they have approved."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.playbook import decisions
from shared.playbook.decisions import By, Decision
from shared.state.incidents import Snapshot

from .model import Line, Plan, plan
from .world import World

ROSA = By("rosa@contoso.com", "because")


@dataclass
class People:
    """``shown`` is what a person saw of an incident when they looked at it last, ``approved`` what was approved last
    of each step."""

    shown: dict[str, tuple[str, Plan]] = field(default_factory=dict)
    approved: dict[tuple[str, str], frozenset[Line]] = field(default_factory=dict)

    def look(self, one: Snapshot) -> None:
        """At what waits for approval."""
        self.shown[one.incident.id] = decisions.waiting_plan(one) or "", plan(one)

    def approve(self, one: Snapshot) -> None:
        """What waits: it was approved."""
        self.approved |= {(one.incident.id, name): lines for name, lines in plan(one).items()}


@dataclass(frozen=True)
class Moment:
    """What a decision is made of: the world, the plan as it was shown, the task to be ticked."""

    here: World
    shown: str
    task: str


type Decide = Callable[[Snapshot, Moment], Decision]


def _approve(one: Snapshot, at: Moment) -> Decision:
    return decisions.approve(at.here.playbook, one, decisions.waiting_plan(one) or "", None, ROSA)


def _approve_as_shown(one: Snapshot, at: Moment) -> Decision:
    return decisions.approve(at.here.playbook, one, at.shown, None, ROSA)


def _retry(one: Snapshot, at: Moment) -> Decision:
    return decisions.retry(at.here.playbook, one, None, ROSA)


def _cancel(one: Snapshot, at: Moment) -> Decision:
    return decisions.cancel(one, ROSA, at.here.clock.now())


def _release(one: Snapshot, at: Moment, *, force: bool = False) -> Decision:
    lifetime = at.here.settings.token_lifetime
    return decisions.release(at.here.playbook, one, (), ROSA, at.here.clock.now(), lifetime, force=force)


def _restore(one: Snapshot, at: Moment, *, force: bool = False) -> Decision:
    return decisions.restore(one, ROSA, at.here.clock.now(), force=force)


def _close(one: Snapshot, at: Moment) -> Decision:
    return decisions.close(at.here.playbook, one, ROSA, at.here.clock.now())


def _tick(one: Snapshot, at: Moment) -> Decision:
    return decisions.tick(at.here.playbook, one, at.task, ROSA, at.here.clock.now())


DECISIONS: dict[str, Decide] = {
    "approve": _approve,
    "approve what was shown before": _approve_as_shown,
    "retry": _retry,
    "cancel": _cancel,
    "release": _release,
    "release by force": lambda one, at: _release(one, at, force=True),
    "restore": _restore,
    "restore by force": lambda one, at: _restore(one, at, force=True),
    "close": _close,
    "tick": _tick,
}
APPROVALS = ("approve", "approve what was shown before")
