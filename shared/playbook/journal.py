"""The journal: a plan is written down before any of it is made."""

import json
from collections.abc import Iterable
from hashlib import sha256
from itertools import batched

from shared.state.incidents import BATCH, Delete, Insert, Put, Snapshot, Write
from shared.state.rows import ChangeRow, FindingRow, StepRow, TaskRow

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
        )
        for number, change in enumerate(plan.changes, start=1)
    ]
    writes = [*map(Put, changes), *notes(snapshot, row, plan), *_leftovers(snapshot, row, plan)]
    *earlier, last = list(batched(writes, BATCH - 1, strict=False)) or [()]
    for batch in earlier:
        await owner.write(*batch)
    await owner.write(*last, plan_size=len(changes), plan_hash=plan_hash(changes))
    return changes


def notes(snapshot: Snapshot, row: StepRow, plan: Plan) -> list[Write]:
    """The findings and tasks of a plan. A task that is there already is left alone: it may have been ticked."""
    there = {task.key for task in snapshot.tasks}
    findings = [
        FindingRow(step=row.name, round=row.round, number=number, text=finding.text, source=finding.source)
        for number, finding in enumerate(plan.findings, start=1)
    ]
    tasks = [TaskRow(step=row.name, slug=task.slug, text=task.text, secures=task.secures) for task in plan.tasks]
    return [*map(Put, findings), *(Insert(task) for task in tasks if task.key not in there)]


def plan_hash(changes: Iterable[ChangeRow]) -> str:
    """What tells one plan from another: all that would be changed, from what and to what."""
    lines = [[change.resource, change.action, change.before, change.after] for change in changes]
    return sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def as_change(row: ChangeRow) -> Change:
    """What a step knows of a line of the journal."""
    return Change(row.resource, row.action, row.reason, row.before, row.after)


def _leftovers(snapshot: Snapshot, row: StepRow, plan: Plan) -> list[Write]:
    """What an attempt that was cut short wrote beyond the end of this plan."""
    rows = [*_of(snapshot.changes, row, len(plan.changes)), *_of(snapshot.findings, row, len(plan.findings))]
    return [Delete(left) for left in rows]


def _of[T: ChangeRow | FindingRow](rows: Iterable[T], step: StepRow, beyond: int) -> list[T]:
    return [row for row in rows if (row.step, row.round) == (step.name, step.round) and row.number > beyond]
