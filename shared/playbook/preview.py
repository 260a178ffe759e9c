"""What a release or a restore would do: the tenant is read, nothing is written anywhere."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.state.rows import ChangeRow, Direction, StepRow
from shared.tenant.errors import TenantError

from .decisions import Decision
from .journal import as_change, reversal, standing_changes
from .patience import Later, patiently
from .registry import Playbook
from .step import Context, Standing


class Fate(StrEnum):
    """What would become of a change: put back; left alone, because somebody else has changed it since; nothing, because
    it is back already or cannot come back; or not known, because it cannot be read."""

    RESTORE = "restore"
    CONFLICT = "conflict"
    BACK_ALREADY = "back-already"
    CANNOT_COME_BACK = "cannot-come-back"
    UNREADABLE = "unreadable"


class Foreseen(BaseModel):
    """One resource: what the response left in it, what it was before, and what would become of it."""

    model_config = ConfigDict(frozen=True)

    step: str
    resource: str
    now: dict[str, JsonValue]
    then: dict[str, JsonValue]
    fate: Fate
    why: str = ""


async def preview(playbook: Playbook, context: Context, decision: Decision) -> list[Foreseen]:
    """What ``decision`` would put back, in its order, and what cannot come back. ``context`` is the incident's."""
    reverting = {row.name: row for row in decision.steps if row.direction is Direction.REVERT}
    names = [name for name in reversed(list(playbook)) if name in context.snapshot.steps]
    foreseen = [await _step(playbook, context, reverting[name]) for name in names if name in reverting]
    lasting = [_lasting(change) for name in names for change in standing_changes(context.snapshot, name)]
    return [*(one for some in foreseen for one in some), *(one for one in lasting if one)]


async def _step(playbook: Playbook, context: Context, row: StepRow) -> list[Foreseen]:
    return [await _change(playbook, context, row, change) for change in reversal(context.snapshot, row)]


async def _change(playbook: Playbook, context: Context, row: StepRow, change: ChangeRow) -> Foreseen:
    fate, why = Fate.RESTORE, ""
    try:
        verify = playbook[row.name].verify
        standing = await patiently(lambda: verify(context, as_change(change), None))
    except (TenantError, Later) as error:
        fate, why = Fate.UNREADABLE, str(error)
    else:
        if standing is Standing.BEFORE:
            fate = Fate.BACK_ALREADY
        elif standing is Standing.OTHER and not row.force:
            fate, why = Fate.CONFLICT, "Somebody else has changed it since."
    return Foreseen(step=row.name, resource=change.resource, now=change.before, then=change.after, fate=fate, why=why)


def _lasting(change: ChangeRow) -> Foreseen | None:
    if not change.irreversible:
        return None
    return Foreseen(
        step=change.step,
        resource=change.resource,
        now=change.after,
        then=change.before,
        fate=Fate.CANNOT_COME_BACK,
        why=change.irreversible,
    )
