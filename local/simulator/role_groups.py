"""Role groups of Exchange Online and of Security & Compliance, and roles that Exchange assigns to a user directly."""

from collections.abc import Iterator

from local.simulator.answer import ExchangeError
from local.simulator.exchange import ONLINE, CmdletRequest, Output, cmdlet
from local.simulator.recipients import missing
from local.simulator.records import Json, Record
from local.simulator.seeds import RoleGroupSeed, stable_id
from local.simulator.tenant import Account

ALREADY = "Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException"
NO_MEMBER = "Microsoft.Exchange.Management.Tasks.MemberNotFoundException"
TAKEN = "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"
NOT_THE_MANAGER = "Microsoft.Exchange.Configuration.Tasks.OperationRequiresGroupManagerException"
NO_ROLE = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
POLICY = "Default Role Assignment Policy"
OWN_ROLES = ("MyBaseOptions", "MyContactInformation")
RELATIVE_SCOPES = ("None", "Organization", "MyGAL", "Self", "MyDistributionGroups")
SCOPES = (
    "CustomRecipientWriteScope",
    "ExclusiveRecipientWriteScope",
    "RecipientAdministrativeUnitScope",
    "RecipientGroupScope",
    "RecipientOrganizationalUnitScope",
    "RecipientRelativeWriteScope",
)


@cmdlet("Get-RoleGroup", "ResultSize")
def get_role_group(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-rolegroup"""
    return Output(
        {"Name": group.name, "Guid": _guid(group), "Roles": group.roles, "ManagedBy": ["Organization Management"]}
        for group in _groups(request)
    )


@cmdlet("Get-RoleGroupMember", "Identity", "ResultSize")
def get_role_group_member(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-rolegroupmember"""
    group = _group(request)
    users = [one for one in request.tenant.accounts if group.name in _held(request, one).seen["rows"]]
    return Output([*({"Name": name, "RecipientType": "Group"} for name in group.groups), *map(_member, users)])


@cmdlet("Add-RoleGroupMember", "Identity", "Member", "BypassSecurityGroupManagerCheck", "Confirm")
def add_role_group_member(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/add-rolegroupmember"""
    group, record = _to_change(request)
    if group.name in record.truth["rows"]:
        raise ExchangeError(ALREADY, f"The member is already a member of the group '{group.name}'.")
    request.tenant.write(record, {"rows": [*record.truth["rows"], group.name]})
    return Output()


@cmdlet("Remove-RoleGroupMember", "Identity", "Member", "BypassSecurityGroupManagerCheck", "Confirm")
def remove_role_group_member(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/remove-rolegroupmember"""
    group, record = _to_change(request)
    if group.name not in record.truth["rows"]:
        raise ExchangeError(NO_MEMBER, f"The member isn't a member of the group '{group.name}'.")
    request.tenant.write(record, {"rows": [one for one in record.truth["rows"] if one != group.name]})
    return Output()


@cmdlet("Get-ManagementRoleAssignment", "RoleAssignee")
def get_management_role_assignment(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-managementroleassignment

    Direct ones, those through role groups (also where a security group that the user is in is their member), and those
    that everybody has by a policy.
    """
    account = _assignee(request, "RoleAssignee")
    return Output([*account.role_assignments.seen["rows"], *_by_groups(request, account), *_own(account)])


@cmdlet("New-ManagementRoleAssignment", "Name", "Role", "User", "Delegating", "Confirm", *SCOPES)
def new_management_role_assignment(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/new-managementroleassignment"""
    account, given = _assignee(request, "User"), request.parameters
    known = {role for group in request.tenant.role_groups for role in group.roles}
    if given["Role"] not in known:
        raise ExchangeError(NO_ROLE, f"The role '{given['Role']}' couldn't be found.")
    if len(given.keys() & set(SCOPES)) > 1:
        raise ExchangeError(NO_ROLE, "Only one write scope can be specified.")
    if given.get("RecipientRelativeWriteScope", "None") not in RELATIVE_SCOPES:
        raise ExchangeError(NO_ROLE, f"The scope '{given['RecipientRelativeWriteScope']}' can't be used.")
    name = str(given.get("Name") or f"{given['Role']}-{account.name.partition('@')[0]}")
    if any(name == row["Name"] for one in request.tenant.accounts for row in one.role_assignments.truth["rows"]):
        raise ExchangeError(TAKEN, f"The management role assignment '{name}' already exists.")
    rows = [*account.role_assignments.truth["rows"], _assignment(account, name, given)]
    request.tenant.write(account.role_assignments, {"rows": rows})
    return Output([rows[-1]])


@cmdlet("Remove-ManagementRoleAssignment", "Identity", "Confirm")
def remove_management_role_assignment(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/remove-managementroleassignment"""
    wanted = request.parameters["Identity"]
    for account in request.tenant.accounts:
        rows = account.role_assignments.truth["rows"]
        if any(row["Name"] == wanted for row in rows):
            left = [row for row in rows if row["Name"] != wanted]
            request.tenant.write(account.role_assignments, {"rows": left})
            return Output()
    raise missing(str(wanted), request.tenant)


def _assignment(account: Account, name: str, given: Json) -> Json:
    scope = next((one for one in SCOPES if one in given), "")
    kinds = {
        "": "Organization",
        "CustomRecipientWriteScope": "CustomRecipientScope",
        "ExclusiveRecipientWriteScope": "ExclusiveRecipientScope",
        "RecipientAdministrativeUnitScope": "AdministrativeUnit",
        "RecipientGroupScope": "Group",
        "RecipientOrganizationalUnitScope": "OU",
        "RecipientRelativeWriteScope": given.get(scope),
    }
    shown = "CustomRecipientWriteScope" if scope == "ExclusiveRecipientWriteScope" else scope
    return {
        "Name": name,
        "Role": given["Role"],
        "RoleAssigneeName": account.name.partition("@")[0],
        "RoleAssigneeType": "User",
        "AssignmentMethod": "Direct",
        "RoleAssignmentDelegationType": "DelegatingOrgWide" if given.get("Delegating") else "Regular",
        "RecipientWriteScope": kinds[scope],
        "Enabled": True,
        **({shown: given[scope]} if scope and scope != "RecipientRelativeWriteScope" else {}),
    }


def _by_groups(request: CmdletRequest, account: Account) -> Iterator[Json]:
    for group in request.tenant.role_groups:
        if group.name in account.role_groups.seen["rows"] or set(group.groups) & set(account.groups_shown):
            for role in group.roles:
                yield _through(f"{role}-{group.name}", role, group.name, "RoleGroup")


def _own(account: Account) -> list[Json]:
    """What a user may do with the own mailbox."""
    if account.mailbox is None:
        return []
    return [_through(f"{role}-{POLICY}", role, POLICY, "RoleAssignmentPolicy") for role in OWN_ROLES]


def _through(name: str, role: str, assignee: str, kind: str) -> Json:
    return {
        "Name": name,
        "Role": role,
        "RoleAssigneeName": assignee,
        "RoleAssigneeType": kind,
        "AssignmentMethod": kind,
        "RoleAssignmentDelegationType": "Regular",
        "RecipientWriteScope": "Organization",
        "Enabled": True,
    }


def _to_change(request: CmdletRequest) -> tuple[RoleGroupSeed, Record]:
    """The group, and what its member holds. Who is no manager of it may change it at Exchange by passing that by."""
    group = _group(request)
    if request.endpoint is ONLINE and not request.parameters.get("BypassSecurityGroupManagerCheck"):
        message = "You don't have sufficient permissions. Only a manager of the group can perform this operation."
        raise ExchangeError(NOT_THE_MANAGER, message)
    return group, _held(request, _assignee(request, "Member"))


def _groups(request: CmdletRequest) -> list[RoleGroupSeed]:
    online = request.endpoint is ONLINE
    return request.tenant.role_groups if online else request.tenant.defender_role_groups


def _group(request: CmdletRequest) -> RoleGroupSeed:
    wanted = str(request.parameters["Identity"])
    found = next((one for one in _groups(request) if wanted.casefold() in (one.name.casefold(), _guid(one))), None)
    if found is None:
        raise missing(wanted, request.tenant)
    return found


def _held(request: CmdletRequest, account: Account) -> Record:
    return account.role_groups if request.endpoint is ONLINE else account.defender_role_groups


def _assignee(request: CmdletRequest, parameter: str) -> Account:
    wanted = str(request.parameters.get(parameter))
    account = request.tenant.account(wanted)
    if account is None:
        raise missing(wanted, request.tenant)
    return account


def _member(account: Account) -> Json:
    return {
        "Name": account.name.partition("@")[0],
        "ExternalDirectoryObjectId": account.id,
        "PrimarySmtpAddress": account.user.seen.get("mail"),
        "RecipientType": "UserMailbox" if account.mailbox else "User",
        "Guid": stable_id(account.id, "recipient"),
    }


def _guid(group: RoleGroupSeed) -> str:
    return stable_id("role group", group.name)
