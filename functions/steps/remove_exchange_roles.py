"""Take every Exchange role away: with one the attacker can read, forward and delete the mail of others."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.done_anyway import done_anyway
from shared.playbook.foreign import shown
from shared.playbook.role_group import GROUP, Place, last_place, left, places
from shared.playbook.step import Change, Context, Finding, Plan, Standing, Step, Task
from shared.policy import Gate
from shared.tenant.errors import NotFound
from shared.tenant.role_groups import Assignment, assign_directly, assignments_to, unassign

_SOURCE = "Exchange Online, Get-ManagementRoleAssignment and Get-RoleGroupMember"
_NO_SCOPE = "Nobody can assign a role for the scope {}, which it had: without that, it would come back with more."


class RemoveExchangeRoles(Step):
    """Sources: Get-ManagementRoleAssignment, Get-RoleGroupMember; the article's step 6.

    Role groups that the account is in, and roles that are assigned to it directly. What everybody has by a policy is
    left, and so is what is switched off: it gives nothing, and would come back switched on. Off unless switched on:
    whoever may do this may give any Exchange role to anybody.
    """

    declaration = Declaration(
        name="remove-exchange-roles",
        title="Remove Exchange roles",
        article="Step 6 (optional): Remove the account from all administrative roles (Exchange)",
        stage=Stage.EVICT,
        after=("triage", "remove-directory-roles"),  # some of its groups carry Exchange roles too
        rights=Rights(
            directory_roles=("Exchange Administrator",),
            cmdlets=(
                "Get-ManagementRoleAssignment",
                "New-ManagementRoleAssignment",
                "Remove-ManagementRoleAssignment",
                "Get-RoleGroupMember",
                "Add-RoleGroupMember",
                "Remove-RoleGroupMember",
            ),
        ),
        reversible=Reversible.PARTLY,
        irreversible="A role for a scope that nobody can assign one for would come back with more than it was.",
        gate=Gate.OFF,
    )

    async def inspect(self, context: Context) -> Plan:
        exchange, user = context.tenant.exchange, context.account.id
        assignments = await _assignments(context)
        groups = sorted({one.assignee for one in assignments if one.by_group})
        taken = await places(exchange, user, groups, managed=True)
        mine = [one.group for one in taken]
        return Plan(
            changes=(*map(left, mine), *(_unassign(one) for one in assignments if one.to_user and one.enabled)),
            findings=(*_findings(assignments), *await last_place(taken, _SOURCE)),
            tasks=tuple(_tasks(assignments, mine)),
            summary="The account has no role at Exchange but those that everybody has.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        if GROUP in change.before:
            return await _place(context, change).leave(context.now)

        async def is_gone() -> bool:
            return not await _is_assigned(context, change)

        return await done_anyway(unassign(context.tenant.exchange, str(change.before["Name"])), is_gone, context.now)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        if GROUP in change.before:
            return await _place(context, change).standing()
        return Standing.BEFORE if await _is_assigned(context, change) else Standing.AFTER

    async def revert(self, context: Context, change: Change) -> datetime:
        if GROUP in change.before:
            return await _place(context, change).take(context.now)

        async def is_there() -> bool:
            return await _is_assigned(context, change)

        assigning = assign_directly(context.tenant.exchange, context.account.id, dict(change.before))
        return await done_anyway(assigning, is_there, context.now)


def _place(context: Context, change: Change) -> Place:
    return Place(context.tenant.exchange, context.account.id, str(change.before[GROUP]), managed=True)


async def _is_assigned(context: Context, change: Change) -> bool:
    return any(one.to_user and one.name == change.before["Name"] for one in await _assignments(context))


async def _assignments(context: Context) -> list[Assignment]:
    """None where Exchange does not know the account."""
    try:
        return await assignments_to(context.tenant.exchange, context.account.id)
    except NotFound:
        return []


def _unassign(one: Assignment) -> Change:
    return Change(
        resource=f"role assignment {shown(one.name)}",
        action="remove",
        reason=f"Whoever has the account has the role {shown(one.role)} too.",
        before=one.values,
        after=dict.fromkeys(one.values),
        irreversible="" if one.comes_back else _NO_SCOPE.format(shown(one.scope)),
    )


def _findings(assignments: list[Assignment]) -> Iterator[Finding]:
    for one in assignments:
        if one.to_user:
            left_so = "" if one.enabled else ", but switched off: it was left so"
            yield Finding(f"The account has the role {shown(one.role)} directly{left_so}.", _SOURCE)
    through = [one for one in assignments if one.by_group or one.by_security_group]
    for group in sorted({one.assignee for one in through}):
        roles = sorted({one.role for one in through if one.assignee == group})
        yield Finding(f"The account has, by {shown(group)}: {shown(', '.join(roles), 300)}.", _SOURCE)


def _tasks(assignments: list[Assignment], mine: list[str]) -> Iterator[Task]:
    if names := _named(one for one in assignments if one.by_group and one.assignee not in mine):
        text = f"The account has the roles of {names} by a security group or an Entra role in there: take that away."
        yield Task("roles-by-other-groups", text)
    if names := _named(one for one in assignments if one.by_security_group):
        text = f"Roles at Exchange are assigned to {names}, which the account is in: take it out of there."
        yield Task("roles-by-security-groups", text)


def _named(assignments: Iterable[Assignment]) -> str:
    return ", ".join(map(shown, sorted({one.assignee for one in assignments})))


step = RemoveExchangeRoles()
blueprint = step_function(step)
