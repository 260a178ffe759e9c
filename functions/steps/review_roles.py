"""The roles that no step takes away here: each is named, with where a person takes it away."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.held_roles import held_roles
from shared.playbook.role_group import places
from shared.playbook.step import Context, Finding, Plan, Step, Task
from shared.policy import Gate
from shared.tenant.errors import Denied, NotFound
from shared.tenant.role_groups import assignments_to, role_groups
from shared.tenant.unreadable import Unreadable, or_why

_OF_DIRECTORY = (
    "RoleManagement.Read.Directory",
    "GroupMember.Read.All",
    "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
)


class ReviewRoles(Step):
    """Sources: Graph, role management; Get-ManagementRoleAssignment; Get-RoleGroupMember at Security & Compliance.

    Only of the steps that are off: those that are on tell it themselves.
    """

    declaration = Declaration(
        name="review-roles",
        title="Look at the roles that stay",
        article="Step 6 (optional): Remove the account from all administrative roles (by hand, where no step does)",
        stage=Stage.REVIEW,
        after=("triage", "remove-directory-roles"),  # some of its groups carry Exchange roles too
        changes=False,
        rights=Rights(
            graph=(*_OF_DIRECTORY, "Domain.Read.All"),
            directory_roles=("Global Reader",),
            cmdlets=("Get-ManagementRoleAssignment",),
            compliance_cmdlets=("Get-RoleGroup", "Get-RoleGroupMember"),
        ),
    )

    async def inspect(self, context: Context) -> Plan:
        off = [one for one in _KINDS if context.settings.steps.get(one.step, Gate.OFF) is Gate.OFF]
        kept = {one: await or_why(one.reading(context)) for one in off}
        tasks = (_task(one, names) for one, names in kept.items() if isinstance(names, list) and names)
        return Plan(
            findings=tuple(_finding(one, names) for one, names in kept.items()),
            tasks=() if context.account.protected else tuple(tasks),
            looked=True,
        )


async def _directory(context: Context) -> list[str]:
    held, _ = await held_roles(context.tenant.graph, context.account.id)
    return [shown(str(one)) for one in held]


async def _exchange(context: Context) -> list[str]:
    try:
        assignments = await assignments_to(context.tenant.exchange, context.account.id)
    except NotFound:
        return []
    groups = {f"role group {shown(one.assignee)}" for one in assignments if one.by_group}
    by = {f"role {shown(one.role)} by {shown(one.assignee)}" for one in assignments if one.by_security_group}
    return sorted(groups | by | {f"role {shown(one.role)}" for one in assignments if one.to_user and one.enabled})


async def _defender(context: Context) -> list[str]:
    groups = [one.name for one in await role_groups(context.tenant.compliance)]
    taken = await places(context.tenant.compliance, context.account.id, groups, managed=False)
    return [f"role group {shown(one.group)}" for one in taken]


@dataclass(frozen=True)
class _Kind:
    """One kind of roles: the step that takes them away where it is on, how they are read and what that takes, and where
    a person takes them away."""

    step: str
    reading: Callable[[Context], Awaitable[list[str]]]
    source: str
    needs: str
    where: str


_KINDS = (
    _Kind(
        "remove-directory-roles",
        _directory,
        "Microsoft Graph, role management",
        f"the Graph permissions {', '.join(_OF_DIRECTORY)}",
        "in the Microsoft Entra admin center (Roles & admins; eligible ones in Privileged Identity Management)",
    ),
    _Kind(
        "remove-exchange-roles",
        _exchange,
        "Exchange Online, Get-ManagementRoleAssignment",
        "the Exchange permission Exchange.ManageAsApp and the directory role Global Reader",
        "in the Exchange admin center (Roles, Admin roles)",
    ),
    _Kind(
        "remove-defender-roles",
        _defender,
        "Security & Compliance PowerShell, Get-RoleGroupMember",
        "the permission Exchange.ManageAsApp of Microsoft Exchange Online Protection, the Graph permission "
        "Domain.Read.All and the directory role Global Reader",
        "in the Microsoft Defender portal (Permissions, Email & collaboration roles)",
    ),
)


def _finding(kind: _Kind, names: list[str] | Unreadable) -> Finding:
    if isinstance(names, Denied):
        told = f"Could not read what {kind.step} would take away: refused. The app needs {kind.needs}."
        return Finding(told, kind.source, gap=True)
    if not isinstance(names, list):
        return Finding(f"Could not read what {kind.step} would take away: {names}", kind.source, gap=True)
    if not names:
        return Finding(f"Nothing that {kind.step} would take away.", kind.source)
    return Finding(f"The account keeps what {kind.step} would take away: {', '.join(names)}.", kind.source)


def _task(kind: _Kind, names: list[str]) -> Task:
    text = f"Take away until the account is safe: {', '.join(names)}; {kind.where}."
    return Task(kind.step.removeprefix("remove-"), text)


step = ReviewRoles()
blueprint = step_function(step)
