"""The journal: a plan is written down before any of it is made."""

import json
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from itertools import batched
from math import ceil

from shared.state.incidents import Delete, Insert, Put, Snapshot, Write, transactions
from shared.state.rows import ChangeRow, ChangeStatus, ContactsRow, Direction, FindingRow, StepRow, TaskRow

from .lease import Owner
from .step import Change, Plan


def stored_plan(snapshot: Snapshot, row: StepRow) -> list[ChangeRow] | None:
    """The changes that an earlier attempt of this round wrote down, None where it did not get to the end of it."""
    if row.plan_size is None:
        return None
    return [change for change in snapshot.changes if (change.step, change.round) == (row.name, row.round)]


async def write_plan(owner: Owner, snapshot: Snapshot, plan: Plan) -> list[ChangeRow]:
    """Writes the changes, findings and tasks, and with the last batch that this is all. The rows of the changes."""
    row = owner.row
    changes = [
        ChangeRow(
            step=row.name,
            round=row.round,
            number=number,
            resource=change.resource,
            action=change.action,
            reason=change.reason,
            before=change.before,
            after=change.after,
            irreversible=change.irreversible,
        )
        for number, change in enumerate(plan.changes, start=1)
    ]
    writes = [*map(Put, changes), *notes(snapshot, row, plan), *leftovers(snapshot, row, plan)]
    await _write_all(owner, writes, len(changes), plan_hash(plan.changes))
    return changes


async def write_reversal(owner: Owner, snapshot: Snapshot) -> list[ChangeRow]:
    """Writes what is to be put back, and that this is all. The rows of it."""
    row, changes = owner.row, reversal(snapshot, owner.row)
    writes: list[Write] = [*map(Put, changes), *map(Delete, _of(snapshot.changes, row, len(changes)))]
    await _write_all(owner, writes, len(changes), plan_hash(map(as_change, changes)))
    return changes


def reversal(snapshot: Snapshot, row: StepRow) -> list[ChangeRow]:
    """What puts a step's changes back in the round of ``row``, or ``only`` some; the last thing that was changed first.

    One change a resource: from what we made of it last, to what it was before we first touched it.
    """
    by_resource = defaultdict[str, list[ChangeRow]](list)
    for change in reversible_changes(snapshot, row.name):
        by_resource[change.resource].append(change)
    asked = [group for group in by_resource.values() if not row.only or {one.key for one in group} & set(row.only)]
    latest_first = sorted(asked, key=lambda group: (group[-1].round, group[-1].number), reverse=True)
    return [
        ChangeRow(
            step=row.name,
            round=row.round,
            number=number,
            resource=group[-1].resource,
            action="restore",
            reason="To be as it was before the response.",
            before=group[-1].after,
            after=group[0].before,
            direction=Direction.REVERT,
            reverts=tuple(change.key for change in group),
        )
        for number, group in enumerate(latest_first, start=1)
    ]


async def _write_all(owner: Owner, writes: list[Write], size: int, digest: str) -> None:
    """The row says only with the last batch that the plan is there."""
    *earlier, last = transactions(writes)
    for batch in earlier:
        await owner.write(*batch)
    await owner.write(*last, plan_size=size, plan_hash=digest)


def notes(snapshot: Snapshot, row: StepRow, plan: Plan) -> list[Write]:
    """The findings, contacts and tasks of a plan. A task that is there is left alone: it may have been ticked."""
    there = {task.key for task in snapshot.tasks}
    findings = [
        FindingRow(
            step=row.name,
            round=row.round,
            number=number,
            text=finding.text,
            source=finding.source,
            at=finding.at,
            gap=finding.gap,
        )
        for number, finding in enumerate(plan.findings, start=1)
    ]
    contacts = [
        ContactsRow(step=row.name, round=row.round, number=number, contacts=some)
        for number, some in enumerate(batched(plan.contacts, ContactsRow.SIZE, strict=False), start=1)
    ]
    tasks = [TaskRow(step=row.name, slug=task.slug, text=task.text, secures=task.secures) for task in plan.tasks]
    return [*map(Put, findings), *map(Put, contacts), *(Insert(task) for task in tasks if task.key not in there)]


def plan_hash(changes: Iterable[Change]) -> str:
    """What tells one plan from another: all that would be changed, from what and to what."""
    lines = [[one.resource, one.action, {} if one.momentary else one.before, one.after] for one in changes]
    return sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def as_change(row: ChangeRow) -> Change:
    """What a step knows of a line of the journal: a line that puts a change back is that change to it."""
    if row.direction is Direction.REVERT:
        return Change(row.resource, row.action, row.reason, before=row.after, after=row.before)
    return Change(row.resource, row.action, row.reason, row.before, row.after, row.irreversible)


def reverted(snapshot: Snapshot) -> frozenset[str]:
    """The keys of the changes that have been put back."""
    back = (change for change in snapshot.changes if change.direction is Direction.REVERT)
    return frozenset(key for change in back if change.status is ChangeStatus.APPLIED for key in change.reverts)


def standing_changes(snapshot: Snapshot, step: str) -> list[ChangeRow]:
    """What a step may have changed in the tenant and what has not been put back since, the oldest first.

    A change that was begun counts, whatever became of it: it may have arrived.
    """
    back = reverted(snapshot)
    return [
        change
        for change in snapshot.changes
        if change.step == step and change.direction is Direction.APPLY and change.applied_at and change.key not in back
    ]


def reversible_changes(snapshot: Snapshot, step: str) -> list[ChangeRow]:
    """Those of the standing changes that can be put back."""
    return [change for change in standing_changes(snapshot, step) if not change.irreversible]


def leftovers(snapshot: Snapshot, row: StepRow, plan: Plan) -> list[Write]:
    """What an attempt that was cut short wrote beyond the end of this plan."""
    rows = [
        *_of(snapshot.changes, row, len(plan.changes)),
        *_of(snapshot.findings, row, len(plan.findings)),
        *_of(snapshot.contacts, row, ceil(len(plan.contacts) / ContactsRow.SIZE)),
    ]
    return [Delete(left) for left in rows]


def _of[T: ChangeRow | FindingRow | ContactsRow](rows: Iterable[T], step: StepRow, beyond: int) -> list[T]:
    return [row for row in rows if (row.step, row.round) == (step.name, step.round) and row.number > beyond]
