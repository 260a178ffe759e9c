"""Who may change an account that holds directory roles.

https://learn.microsoft.com/graph/api/resources/users#who-can-perform-sensitive-actions
"""

from local.simulator.contract import ADDITIONS, ROLES, Actors
from local.simulator.tenant import Account, Tenant
from local.simulator.tokens import Token

BROAD = {"User.ReadWrite.All", "Directory.ReadWrite.All"}
PASSWORD = "passwordProfile"  # noqa: S105 - the name of a Graph property


def may_change(property_name: str, account: Account, token: Token, tenant: Tenant) -> bool:
    """Whether the token suffices for a sensitive property (accountEnabled, passwordProfile) of an account."""
    ways = ADDITIONS.property_permissions[property_name]
    if not any(token.roles.issuperset(way) for way in ways):
        return False
    return holds_role_for(property_name, account, token, tenant)


def holds_role_for(property_name: str, account: Account, token: Token, tenant: Tenant) -> bool:
    """Whether the app's directory roles are high enough for everything that the account is."""
    held = ROLES.names(token.wids)
    password = property_name == PASSWORD
    return all(
        held & {*ROLES.always, *(needed.password_reset_by if password else needed.sensitive_by)}
        for needed in _hurdles(property_name, account, token, tenant)
    )


def is_privileged(account: Account, tenant: Tenant) -> bool:
    """Whether the account holds a role, or is member or owner of a role-assignable group."""
    groups = [*tenant.groups_of(account), *tenant.groups_owned_by(account)]
    return bool(tenant.roles_of(account)) or any(group.group.get("isAssignableToRole") for group in groups)


def _hurdles(property_name: str, account: Account, token: Token, tenant: Tenant) -> list[Actors]:
    hurdles: list[Actors] = [ROLES.roles[role] for role in tenant.roles_of(account)]
    groups = [*tenant.groups_of(account), *tenant.groups_owned_by(account)]
    if any(group.group.get("isAssignableToRole") for group in groups):
        hurdles.append(ROLES.role_assignable_group)
    narrow = "User-PasswordProfile.ReadWrite.All" in token.roles
    if property_name == PASSWORD and not narrow:
        hurdles.append(ROLES.ordinary)
    return hurdles
