"""Role groups of Exchange Online and of Security & Compliance, and roles that Exchange assigns to a user directly.

https://learn.microsoft.com/exchange/permissions-exo/permissions-exo
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.tenant.exchange import Exchange, Row
from shared.tenant.identifiers import object_id
from shared.tenant.models import Word

_USER, _GROUP, _POLICY = "User", "RoleGroup", "RoleAssignmentPolicy"
_SCOPES = {
    "CustomRecipientScope": "CustomRecipientWriteScope",
    "ExclusiveRecipientScope": "ExclusiveRecipientWriteScope",
    "AdministrativeUnit": "RecipientAdministrativeUnitScope",
    "Group": "RecipientGroupScope",
    "OU": "RecipientOrganizationalUnitScope",
}
_RELATIVE = ("Self", "MyDistributionGroups", "MyGAL")
_OF_THE_ROLE = ("", "Organization", "None", "NotApplicable")


class RoleGroup(BaseModel):
    """https://learn.microsoft.com/powershell/module/exchange/get-rolegroup"""

    model_config = ConfigDict(frozen=True)

    name: str = Field(alias="Name")


class Member(BaseModel):
    """https://learn.microsoft.com/powershell/module/exchange/get-rolegroupmember"""

    model_config = ConfigDict(frozen=True)

    user_id: Word = Field("", alias="ExternalDirectoryObjectId")


class Assignment(BaseModel):
    """One role that somebody has, directly (``to_user``), through a role group (``by_group``), through a security group
    that it is assigned to (``by_security_group``), or by a policy. One that is not ``enabled`` gives nothing.

    https://learn.microsoft.com/powershell/module/exchange/get-managementroleassignment
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(alias="Name")
    role: str = Field(alias="Role")
    assignee: Word = Field("", alias="RoleAssigneeName")
    kind: Word = Field("", alias="RoleAssigneeType")
    enabled: bool = Field(True, alias="Enabled")
    delegation: Word = Field("", alias="RoleAssignmentDelegationType")
    scope: Word = Field("", alias="RecipientWriteScope")
    custom: Word = Field("", alias="CustomRecipientWriteScope")
    unit: Word = Field("", alias="RecipientAdministrativeUnitScope")
    group: Word = Field("", alias="RecipientGroupScope")
    organizational_unit: Word = Field("", alias="RecipientOrganizationalUnitScope")

    @property
    def to_user(self) -> bool:
        return self.kind == _USER

    @property
    def by_group(self) -> bool:
        return self.kind == _GROUP

    @property
    def by_security_group(self) -> bool:
        return self.kind not in (_USER, _GROUP, _POLICY)

    @property
    def values(self) -> Row:
        """What makes it again, as ``New-ManagementRoleAssignment`` takes it, but for whom it is."""
        delegating: Row = {"Delegating": True} if self.delegation.startswith("Delegating") else {}
        return {"Name": self.name, "Role": self.role, **delegating, **self._scope}

    @property
    def comes_back(self) -> bool:
        """Whether ``values`` say what it may be used on: without that, it would come back with more than it was."""
        return self.scope in _OF_THE_ROLE or bool(self._scope)

    @property
    def _scope(self) -> Row:
        """What it may be used on; a role's own scope is not named."""
        if self.scope in _RELATIVE:
            return {"RecipientRelativeWriteScope": self.scope}
        named = self.custom or self.unit or self.group or self.organizational_unit
        return {_SCOPES[self.scope]: named} if self.scope in _SCOPES and named else {}


async def role_groups(exchange: Exchange) -> list[RoleGroup]:
    """All of them. https://learn.microsoft.com/powershell/module/exchange/get-rolegroup"""
    return await exchange.rows(RoleGroup, "Get-RoleGroup", {"ResultSize": "Unlimited"}, about=None)


async def is_member(exchange: Exchange, group: str, user_id: str) -> bool:
    """Whether the user is in the group itself, not in a group that is in it. Raises ``NotFound`` without such a group.

    https://learn.microsoft.com/powershell/module/exchange/get-rolegroupmember
    """
    return any(one.user_id.casefold() == user_id.casefold() for one in await _members(exchange, group))


async def has_others(exchange: Exchange, group: str, user_id: str) -> bool:
    """Whether anybody but the user is in the group, other groups too. As ``is_member``."""
    return any(one.user_id.casefold() != user_id.casefold() for one in await _members(exchange, group))


async def leave_role_group(exchange: Exchange, group: str, user_id: str, *, managed: bool) -> datetime:
    """Takes the user out. ``managed``: groups have managers here, and we need not be one.

    https://learn.microsoft.com/powershell/module/exchange/remove-rolegroupmember
    """
    return await exchange.change("Remove-RoleGroupMember", _membership(group, user_id, managed=managed))


async def join_role_group(exchange: Exchange, group: str, user_id: str, *, managed: bool) -> datetime:
    """Puts the user in. As ``leave_role_group``.

    https://learn.microsoft.com/powershell/module/exchange/add-rolegroupmember
    """
    return await exchange.change("Add-RoleGroupMember", _membership(group, user_id, managed=managed))


async def assignments_to(exchange: Exchange, user_id: str) -> list[Assignment]:
    """All roles that a user has at Exchange, in every way. Raises ``NotFound`` where Exchange does not know the user.

    https://learn.microsoft.com/powershell/module/exchange/get-managementroleassignment
    """
    asked = {"RoleAssignee": object_id(user_id)}
    return await exchange.rows(Assignment, "Get-ManagementRoleAssignment", asked, about="RoleAssignee")


async def unassign(exchange: Exchange, name: str) -> datetime:
    """Takes one away that was assigned directly.

    https://learn.microsoft.com/powershell/module/exchange/remove-managementroleassignment
    """
    return await exchange.change("Remove-ManagementRoleAssignment", {"Identity": name, "Confirm": False})


async def assign_directly(exchange: Exchange, user_id: str, values: Row) -> datetime:
    """Makes one as ``Assignment.values`` has it.

    https://learn.microsoft.com/powershell/module/exchange/new-managementroleassignment
    """
    asked = {**values, "User": object_id(user_id), "Confirm": False}
    return await exchange.change("New-ManagementRoleAssignment", asked, about="User")


async def _members(exchange: Exchange, group: str) -> list[Member]:
    return await exchange.rows(Member, "Get-RoleGroupMember", {"Identity": group, "ResultSize": "Unlimited"})


def _membership(group: str, user_id: str, *, managed: bool) -> Row:
    passing_by: Row = {"BypassSecurityGroupManagerCheck": True} if managed else {}
    return {"Identity": group, "Member": object_id(user_id), "Confirm": False, **passing_by}
