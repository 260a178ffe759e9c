"""docs/permissions.md: what the app may do in Microsoft 365, and which step needs it for what."""

from collections.abc import Callable, Iterable

from local.deployment.official import OFFICIAL
from local.deployment.permissions import declared_steps
from local.simulator.contract import ROLES
from shared.playbook.declaration import Declaration, Rights
from shared.playbook.permissions import PermissionSet, is_privileged, set_of, set_of_cmdlets
from shared.playbook.rights import FOR_ADMINISTRATORS

_HEAD = """# Permissions

What Regain may do in your tenant. It acts as one managed identity, which has no password; everything here is granted to
that. The list is made from what the steps declare, and tests hold each step to it: it gets along with what it
declares, and with nothing less.

| set | is for | granted by |
|---|---|---|
| `base` | finding and containing an account, devices, second factors, logs | `infra/permissions.bicep` |
| `mailbox` | forwarding, rules, delegates, protocols, what was sent | `infra/permissions.bicep`, `infra/exchange.ps1` |
| `privileged` | roles and consents: it makes the app as powerful as an administrator | the same, where you ask for it |

Leave a step off (`REGAIN_STEPS`, `steps` of the template, `-Off` of the script), and what only it needs is left out.
Without a set, the steps that need it fail, change nothing, and say which permission they lack; a person has to look.
**The one to decide about is `remove-oauth-grants`**: it runs by default, and needs `AppRoleAssignment.ReadWrite.All`,
with which an application can grant itself every other permission. Grant the privileged set, or set the step to `off`
and take consents back by hand.

## Microsoft Graph

| permission | in Microsoft's words | set | steps |
|---|---|---|---|
"""

_EXCHANGE_HEAD = """
## Exchange Online

`Exchange.ManageAsApp` (of Office 365 Exchange Online) lets the identity in and opens nothing by itself. What it may run
there is in a role group of its own with these cmdlets and no others, which `infra/exchange.ps1` makes. Mail headers are
read by [RBAC for Applications](https://learn.microsoft.com/exchange/permissions-exo/application-rbac), for chosen
mailboxes or for all: {through}. Grant that in Entra as well, and the choice is void: the two add up.

| cmdlet | set | steps |
|---|---|---|
"""

_COMPLIANCE_HEAD = """
## Security & Compliance PowerShell

The role groups of the Defender portal are there. `Exchange.ManageAsApp` of *Microsoft Exchange Online Protection* lets
the identity in; it is another permission than Exchange's of that name. What it may do there an Entra role decides
(below), or a role group there. To change role groups, after `Connect-IPPSSession` (less is not documented):

```powershell
New-ServicePrincipal -AppId $appId -ObjectId $objectId -DisplayName Regain
Add-RoleGroupMember -Identity 'Organization Management' -Member $objectId
```

| cmdlet | set | steps |
|---|---|---|
"""

_ROLES_HEAD = """
## Directory roles

None is needed at Exchange: the role group is narrower. Where you would rather have Entra roles than a role group, these
open the same cmdlets, and many more.

| role | template id | steps |
|---|---|---|
"""

_TAIL = """
An account that holds a directory role can only be changed by who holds a higher one. With none, Regain ends its
sessions, says which role it lacks, and leaves the rest to a person. `{administrators}`
(`{id}`) changes that, and makes the identity able to take over a Global Administrator.

```sh
az rest --method post --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments \\
  --body "{{'principalId': '$IDENTITY_OBJECT_ID', 'roleDefinitionId': 'TEMPLATE ID', 'directoryScopeId': '/'}}"
```

## To take a permission away

The template only adds. List what is granted, and delete by id; a token that is out already keeps it for up to a day.

```sh
grants=https://graph.microsoft.com/v1.0/servicePrincipals/$IDENTITY_OBJECT_ID/appRoleAssignments
az rest --url $grants --query "value[].[id, appRoleId, resourceDisplayName]" -o table
az rest --method delete --url $grants/ID
```
"""


def permissions_page() -> str:
    """The page, from the declarations of all steps and from Microsoft's names."""
    declared = declared_steps()
    role = ROLES.roles[FOR_ADMINISTRATORS]
    through = ", ".join(f"`{name}` becomes `{instead}`" for name, instead in OFFICIAL.application_roles.items())
    return (
        _HEAD
        + _graph(declared)
        + _EXCHANGE_HEAD.format(through=through)
        + _cmdlets(declared, lambda rights: rights.cmdlets)
        + _COMPLIANCE_HEAD
        + _cmdlets(declared, lambda rights: rights.compliance_cmdlets)
        + _ROLES_HEAD
        + _roles(declared)
        + _TAIL.format(administrators=FOR_ADMINISTRATORS, id=role.id)
    )


def _graph(declared: list[Declaration]) -> str:
    rows = []
    for name in sorted({name for one in declared for name in one.rights.graph}):
        needing = [one for one in declared if name in one.rights.graph]
        least = _least({set_of(one, name) for one in needing})
        rows.append(f"| `{name}` | {OFFICIAL.graph[name].title.strip()} | {least} | {_named(needing)} |\n")
    return "".join(rows)


def _cmdlets(declared: list[Declaration], of: Callable[[Rights], tuple[str, ...]]) -> str:
    rows = []
    for name in sorted({name for one in declared for name in of(one.rights)}):
        needing = [one for one in declared if name in of(one.rights)]
        rows.append(f"| `{name}` | {_least({set_of_cmdlets(one) for one in needing})} | {_named(needing)} |\n")
    return "".join(rows)


def _roles(declared: list[Declaration]) -> str:
    rows = []
    for name in sorted({name for one in declared for name in one.rights.directory_roles}):
        needing = [one for one in declared if name in one.rights.directory_roles]
        rows.append(f"| {name} | `{ROLES.roles[name].id}` | {_named(needing)} |\n")
    return "".join(rows)


def _least(sets: set[PermissionSet]) -> PermissionSet:
    """The set that has it first, where several have it."""
    return next(one for one in PermissionSet if one in sets)


def _named(steps: Iterable[Declaration]) -> str:
    return ", ".join(f"`{one.name}`" + (" (privileged)" if is_privileged(one) else "") for one in steps)
