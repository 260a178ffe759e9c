"""The watch: when the last live token has run out, look once more at what an attacker may have brought back.

It looks at the evict steps, and whether the holds are still in force, and takes up what could not be done before. It
blocks, resets and revokes nothing by itself.
"""

from datetime import datetime, timedelta

from shared.state.incidents import Snapshot
from shared.state.rows import Direction, HistoryRow, Skip, StepRow, StepStatus

from .declaration import Stage
from .journal import reversible_changes
from .registry import Playbook
from .rounds import begin

EVENT = "watch"
_TIMES = 2
_VERIFIED = (StepStatus.DONE, StepStatus.NOTHING_TO_DO)


def watch_due_at(playbook: Playbook, snapshot: Snapshot, token_lifetime: timedelta) -> datetime | None:
    """When the watch looks next, None where it does not: nothing is sealed, or it has looked and is through."""
    incident, sealed = snapshot.incident, sealed_at(playbook, snapshot)
    if sealed is None or incident.ending or incident.ends_as or not watched_rows(playbook, snapshot):
        return None
    watches = _watches(snapshot, sealed)
    if not watches:
        return sealed + token_lifetime
    again = len(watches) < _TIMES and _brought_back(playbook, snapshot, watches[-1])
    return watches[-1].at + token_lifetime if again else None


def watched_rows(playbook: Playbook, snapshot: Snapshot) -> list[StepRow]:
    """The rows of the steps that the watch takes, as its round begins with them."""
    number, rows = snapshot.incident.round + 1, []
    for name, step in playbook.items():
        row = snapshot.steps.get(name)
        if row is not None and row.skip is Skip.NOT_YET:
            rows.append(begin(row, number, decided=row.decided, approved=row.approved))
        if row is not None and step.declaration.holds and _verified(row) and reversible_changes(snapshot, name):
            rows.append(begin(row, number, Direction.LOOK))
    return [*rows, *evicting_again(playbook, snapshot)]


def evicting_again(playbook: Playbook, snapshot: Snapshot) -> list[StepRow]:
    """The rows of the steps that look once more at what an attacker may have set up, as their round begins."""
    return [
        begin(row, snapshot.incident.round + 1, keeps_verdict=True)
        for name, step in playbook.items()
        if step.declaration.stage is Stage.EVICT
        and not step.declaration.holds
        and (row := snapshot.steps.get(name)) is not None
        and _verified(row)
    ]


def _verified(row: StepRow) -> bool:
    return row.status in _VERIFIED and row.direction is not Direction.REVERT


def came_back_twice(playbook: Playbook, snapshot: Snapshot) -> str | None:
    """The step that had something of the attacker's to undo in both watches: from here on it takes a person."""
    sealed = sealed_at(playbook, snapshot)
    watches = _watches(snapshot, sealed) if sealed else []
    return _brought_back(playbook, snapshot, watches[-1]) if len(watches) >= _TIMES else None


def sealed_at(playbook: Playbook, snapshot: Snapshot) -> datetime | None:
    """When the last session from before was verified to be worthless, None while that is not so."""
    seals = [name for name, step in playbook.items() if step.declaration.stage is Stage.SEAL]
    times = [row.verified_at for name in seals if (row := snapshot.steps.get(name)) and row.verified_at]
    return max(times, default=None)


def _watches(snapshot: Snapshot, sealed: datetime) -> list[HistoryRow]:
    return sorted(
        (line for line in snapshot.history if line.event == EVENT and line.at >= sealed), key=lambda line: line.at
    )


def _brought_back(playbook: Playbook, snapshot: Snapshot, watch: HistoryRow) -> str | None:
    """An evict step that had something to undo in that watch, None where none had."""
    evict = {name for name, step in playbook.items() if step.declaration.stage is Stage.EVICT}
    undone = (one.step for one in snapshot.changes if one.round == watch.round and one.applied_at)
    return next((name for name in undone if name in evict), None)
