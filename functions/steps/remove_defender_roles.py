"""Take the account out of the role groups of the Defender portal: with one the attacker can let threats through."""

from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.role_group import GROUP, Place, last_place, left, places
from shared.playbook.step import Change, Context, Finding, Plan, Standing, Step
from shared.policy import Gate
from shared.tenant.errors import Denied
from shared.tenant.role_groups import role_groups

_SOURCE = "Security & Compliance PowerShell, Get-RoleGroupMember"
_BY_HAND = (
    "Until then, take the account out of its role groups in the Microsoft Defender portal (Permissions, Email & "
    "collaboration roles)."
)


class RemoveDefenderRoles(Step):
    """Sources: Get-RoleGroup, Get-RoleGroupMember at Security & Compliance; the article's step 6.

    The Email & collaboration and the Microsoft Purview role groups, which are the same. Off unless switched on: whoever
    may do this may give these roles to anybody.
    """

    declaration = Declaration(
        name="remove-defender-roles",
        title="Remove roles of the Defender portal",
        article="Step 6 (optional): Remove the account from all administrative roles (Microsoft Defender portal)",
        stage=Stage.EVICT,
        rights=Rights(
            graph=("Domain.Read.All",),
            directory_roles=("Compliance Administrator",),
            compliance_cmdlets=(
                "Get-RoleGroup",
                "Get-RoleGroupMember",
                "Add-RoleGroupMember",
                "Remove-RoleGroupMember",
            ),
        ),
        gate=Gate.OFF,
    )

    async def inspect(self, context: Context) -> Plan:
        compliance = context.tenant.compliance
        try:
            groups = [one.name for one in await role_groups(compliance)]
        except Denied as denied:
            raise Denied(f"{denied} {_BY_HAND}", denied.permission) from denied
        taken = await places(compliance, context.account.id, groups, managed=False)
        told = (Finding(f"The account is in the role group {shown(one.group)}.", _SOURCE) for one in taken)
        return Plan(
            changes=tuple(left(one.group) for one in taken),
            findings=(*told, *await last_place(taken, _SOURCE)),
            summary="The account is in no role group of the Defender portal.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        return await _place(context, change).leave(context.now)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        return await _place(context, change).standing()

    async def revert(self, context: Context, change: Change) -> datetime:
        return await _place(context, change).take(context.now)


def _place(context: Context, change: Change) -> Place:
    return Place(context.tenant.compliance, context.account.id, str(change.before[GROUP]), managed=False)


step = RemoveDefenderRoles()
blueprint = step_function(step)
