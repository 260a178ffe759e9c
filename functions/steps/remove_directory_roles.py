"""Take every directory role away: with one of them the attacker has more than this account."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.done_anyway import done_anyway
from shared.playbook.held_roles import Held, give_back, held_roles, take_away
from shared.playbook.step import Change, Context, Finding, Plan, Standing, Step
from shared.policy import Gate
from shared.tenant.errors import Denied

_RIGHTS = (
    "RoleManagement.ReadWrite.Directory",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
)
_NEEDS = f"the Graph permissions {', '.join(_RIGHTS[:-1])} and {_RIGHTS[-1]}"
_SOURCE = "Microsoft Graph, role management"
_RAISES_AGAIN = "The user has raised it for a time, and raises it again when it is needed."


class RemoveDirectoryRoles(Step):
    """Sources: Graph, roleAssignments, roleAssignmentScheduleInstances, roleEligibilitySchedules, group members,
    privilegedAccess/group.

    All of them, with where they are for and for how long: for good, for a time, raised, only eligible, and the same
    through groups that carry roles. Off unless switched on: the permissions that it takes could make the app itself a
    Global Administrator.
    """

    declaration = Declaration(
        name="remove-directory-roles",
        title="Remove directory roles",
        article="Step 6 (optional): Remove the account from all administrative roles (Microsoft Entra ID)",
        stage=Stage.EVICT,
        locks_out=True,
        rights=Rights(graph=_RIGHTS),
        reversible=Reversible.PARTLY,
        irreversible=_RAISES_AGAIN,
        gate=Gate.OFF,
    )

    async def inspect(self, context: Context) -> Plan:
        async with _naming_the_set():
            held, why = await held_roles(context.tenant.graph, context.account.id)
        gaps = [Finding(f"No role can be eligible or for a time only: {why}", _SOURCE)] if why else []
        return Plan(
            changes=tuple(map(_remove, held)),
            findings=(*gaps, *_findings(held)),
            summary="The account has no directory role, and may not raise one.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        async def is_gone() -> bool:
            return await self.verify(context, change, None) is Standing.AFTER

        held = Held.from_values(change.before)
        async with _naming_the_set():
            return await done_anyway(take_away(context.tenant.graph, context.account.id, held), is_gone, context.now)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        held, _ = await held_roles(context.tenant.graph, context.account.id)
        was = Held.from_values(change.before)
        return Standing.BEFORE if any(was.is_same(one) for one in held) else Standing.AFTER

    async def revert(self, context: Context, change: Change) -> datetime:
        return await give_back(context.tenant.graph, context.account.id, Held.from_values(change.before))


@asynccontextmanager
async def _naming_the_set() -> AsyncIterator[None]:
    """Raises what the body raises; ``Denied`` with all that it takes: a part of that takes a part of the roles away."""
    try:
        yield
    except Denied as denied:
        raise Denied(f"Refused by the tenant. The app needs {_NEEDS}.", _NEEDS) from denied


def _remove(held: Held) -> Change:
    return Change(
        resource=str(held),
        action="remove",
        reason=f"{held.name} ({held.way}): whoever has the account has it too.",
        before=held.values,
        after=dict.fromkeys(held.values),
        irreversible=_RAISES_AGAIN if held.way.raised else "",
    )


def _findings(held: list[Held]) -> Iterable[Finding]:
    for one in held:
        yield Finding(f"The account has {one}.", _SOURCE)


step = RemoveDirectoryRoles()
blueprint = step_function(step)
