"""A round: some steps, run once more, in one direction. What a step's row is at its beginning."""

from collections.abc import Iterable

from shared.state.incidents import Snapshot
from shared.state.rows import Direction, Skip, StepRow, StepStatus

from .declaration import Stage
from .registry import Playbook

_NEVER_TAKEN_ALONG = (Skip.NOT_APPLICABLE, Skip.OFF, Skip.PROTECTED)


def begin(
    row: StepRow,
    number: int,
    direction: Direction = Direction.APPLY,
    *,
    decided: bool = False,
    approved: str | None = None,
    force: bool = False,
    only: tuple[str, ...] = (),
    keeps_verdict: bool = False,
) -> StepRow:
    """The row of a step at the start of round ``number``, whatever it has been through.

    A worker that owns the step keeps its lease, so that nobody begins before it has stopped; its next write fails.
    ``keeps_verdict``: what was verified counts on until this round finds otherwise.
    """
    return StepRow(
        etag=row.etag,
        name=row.name,
        round=number,
        direction=direction,
        gate=row.gate,
        gate_reason=row.gate_reason,
        decided=decided,
        approved=approved,
        force=force,
        only=only,
        version=row.version,
        lease_until=row.lease_until,
        verified_at=row.verified_at if keeps_verdict or direction is not Direction.APPLY else None,
        attack_began_at=row.attack_began_at,
        first_started_at=row.first_started_at or row.started_at,
        first_finished_at=row.first_finished_at or row.finished_at,
    )


def stopped(row: StepRow, reason: str) -> StepRow:
    """The row of a step that is not to go on: its owner's next write fails."""
    return row.model_copy(update={"status": StepStatus.SKIPPED, "skip": Skip.CANCELLED, "reason": reason})


def with_seal(playbook: Playbook, snapshot: Snapshot, names: Iterable[str]) -> list[str]:
    """``names``, and where one of them secures the account, the seal and all that follows it."""
    chosen = list(dict.fromkeys(names))
    if not any(playbook[name].declaration.secures for name in chosen):
        return chosen
    return chosen + [name for name in seal_and_following(playbook, snapshot) if name not in chosen]


def seal_and_following(playbook: Playbook, snapshot: Snapshot) -> list[str]:
    """What comes after anything that secures the account: no session from before may outlive it."""
    seals = {name for name, step in playbook.items() if step.declaration.stage is Stage.SEAL}
    return [
        name
        for name in playbook
        if (name in seals or playbook.before(name) & seals) and _takes_part(snapshot.steps.get(name))
    ]


def _takes_part(row: StepRow | None) -> bool:
    return row is not None and row.skip not in _NEVER_TAKEN_ALONG
