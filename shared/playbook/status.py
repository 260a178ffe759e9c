"""What an incident's rows add up to: nothing here is stored."""

from datetime import datetime
from enum import StrEnum

from shared.state.incidents import Snapshot
from shared.state.rows import Direction, Skip, StepRow, StepStatus

from .declaration import Declaration
from .registry import TRIAGE, Playbook

_NEEDS_A_PERSON = (StepStatus.FAILED, StepStatus.AWAITING_APPROVAL)


class IncidentStatus(StrEnum):
    """Where an incident is, in one word."""

    OPEN = "open"
    PLANNED = "planned"
    CONTAINED = "contained"
    SECURED = "secured"
    NEEDS_ATTENTION = "needs-attention"
    RELEASED = "released"
    RESTORED = "restored"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    JOINED = "joined"


def ready(playbook: Playbook, snapshot: Snapshot, ended: str | None = None) -> list[StepRow]:
    """The steps that have not started and have nothing left to wait for; of these, where a step that has ``ended`` is
    named, those that have waited for it."""
    return [
        row
        for name, row in snapshot.steps.items()
        if name in playbook
        and row.status is StepStatus.WAITING
        and not row.attempts
        and (ended is None or ended in _waits_for(playbook, row))
        and may_start(playbook, snapshot, name)
    ]


def may_start(playbook: Playbook, snapshot: Snapshot, name: str) -> bool:
    """Whether everything that a step waits for has finished: what comes before it, or after it in a round that reverts.

    A step without a row has nothing to finish.
    """
    rows = (snapshot.steps.get(other) for other in _waits_for(playbook, snapshot.steps[name]))
    return all(row is None or row.status.finished for row in rows)


def settled(snapshot: Snapshot) -> bool:
    """Whether nothing can happen any more before a person decides, or the watch."""
    return all(row.status.finished for row in snapshot.steps.values())


def at_rest(playbook: Playbook, snapshot: Snapshot) -> bool:
    """Whether nothing that is waited for can happen any more: as ``settled``, whatever goes on in the background."""
    return all(row.status.finished or in_background(playbook, name) for name, row in snapshot.steps.items())


def in_background(playbook: Playbook, name: str) -> bool:
    """Whether nothing waits for a step."""
    return name in playbook and playbook[name].declaration.background


def attack_began_at(snapshot: Snapshot) -> datetime | None:
    """Since when the attacker was in, as the logs tell; None where they do not."""
    told = (row.attack_began_at for row in snapshot.steps.values())
    return min((at for at in told if at is not None), default=None)


def contained_at(playbook: Playbook, snapshot: Snapshot) -> datetime | None:
    """When the last containment step that applies to the account was verified, None while one is not."""
    return _all_count(snapshot, [step.declaration for step in playbook.values() if step.declaration.contains])


def secured_at(playbook: Playbook, snapshot: Snapshot) -> datetime | None:
    """When the last thing was done that keeps the attacker out, None while one is not: a task counts when ticked."""
    contained = contained_at(playbook, snapshot)
    secured = _all_count(snapshot, [step.declaration for step in playbook.values() if step.declaration.secures])
    ticked = [task.done_at for task in snapshot.tasks if task.secures]
    if contained is None or secured is None or None in ticked:
        return None
    return max(contained, secured, *(at for at in ticked if at is not None))


def unsecured(playbook: Playbook, snapshot: Snapshot) -> list[str]:
    """What keeps the account from being secured, a few words each."""
    steps = [
        name
        for name, step in playbook.items()
        if (step.declaration.contains or step.declaration.secures)
        and ((row := snapshot.steps.get(name)) is None or not _counts(row))
    ]
    tasks = [f"the task {task.step}:{task.slug}" for task in snapshot.tasks if task.secures and task.done_at is None]
    return steps + tasks


def ending_under_way(snapshot: Snapshot) -> bool:
    """Whether a release or a restore is at work: the incident takes no more alerts."""
    return snapshot.incident.ending is not None or (snapshot.incident.ends_as is not None and not settled(snapshot))


def all_put_back(snapshot: Snapshot) -> bool:
    """Whether everything that a release or restore has set out to put back is back, and verified."""
    reverting = [row for row in snapshot.steps.values() if row.direction is Direction.REVERT]
    return settled(snapshot) and all(row.status is StepStatus.REVERTED for row in reverting)


def incident_status(playbook: Playbook, snapshot: Snapshot) -> IncidentStatus:
    """The one word for a person: what needs somebody comes before what has been reached."""
    rows = snapshot.steps.values()
    if snapshot.incident.ending is not None:
        return IncidentStatus(snapshot.incident.ending.value)
    if any(_needs_a_person(row) for row in rows):
        return IncidentStatus.NEEDS_ATTENTION
    resting = at_rest(playbook, snapshot)
    if resting and any(row.skip is Skip.CANCELLED for row in rows):
        return IncidentStatus.CANCELLED
    if resting and any(row.status is StepStatus.PLANNED for row in rows):
        return IncidentStatus.PLANNED
    if secured_at(playbook, snapshot):
        return IncidentStatus.SECURED
    if resting:
        return IncidentStatus.NEEDS_ATTENTION
    return IncidentStatus.CONTAINED if contained_at(playbook, snapshot) else IncidentStatus.OPEN


def step_status(playbook: Playbook, snapshot: Snapshot, row: StepRow) -> str:
    """The word for one step: ``queued`` is waiting with nothing left to wait for."""
    if row.status is StepStatus.WAITING and row.name in playbook and may_start(playbook, snapshot, row.name):
        return "queued"
    return row.status.value


def _waits_for(playbook: Playbook, row: StepRow) -> frozenset[str]:
    reverting = row.direction is Direction.REVERT
    return playbook.following(row.name) if reverting else playbook.before(row.name)


def _needs_a_person(row: StepRow) -> bool:
    return row.status in _NEEDS_A_PERSON or row.skip in (Skip.PROTECTED, Skip.NO_RIGHT)


def _all_count(snapshot: Snapshot, declared: list[Declaration]) -> datetime | None:
    rows = [snapshot.steps.get(one.name) for one in declared]
    triage = snapshot.steps[TRIAGE]
    if triage.finished_at is None or not all(row is not None and _counts(row) for row in rows):
        return None
    return max([triage.finished_at, *(row.verified_at for row in rows if row and row.verified_at)])


def _counts(row: StepRow) -> bool:
    return row.verified_at is not None or row.skip is Skip.NOT_APPLICABLE
