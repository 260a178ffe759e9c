"""The three sets that permissions are granted in, and which of them a right of a step belongs to.

``base`` finds and contains an account and reads the logs, ``mailbox`` reaches Exchange and mail, ``privileged`` makes
whoever holds it as powerful as any administrator, so it is only granted by those who ask for it.
"""

from enum import StrEnum

from shared.policy import Gate

from .declaration import Declaration

# With one of these an application can give itself whatever it lacks.
# https://learn.microsoft.com/graph/permissions-reference
RAISING = (
    "AppRoleAssignment.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
)


class PermissionSet(StrEnum):
    """What is granted together."""

    BASE = "base"
    MAILBOX = "mailbox"
    PRIVILEGED = "privileged"


def is_privileged(declared: Declaration) -> bool:
    """Whether all that a step needs is in the privileged set: it is off by default, or needs what raises itself."""
    return declared.gate is Gate.OFF or not set(RAISING).isdisjoint(declared.rights.graph)


def set_of(declared: Declaration, permission: str) -> PermissionSet:
    """The set that a Graph permission of a step is in."""
    if is_privileged(declared):
        return PermissionSet.PRIVILEGED
    of_mail = permission.startswith("Mail") or "Exchange" in permission
    return PermissionSet.MAILBOX if of_mail else PermissionSet.BASE


def set_of_cmdlets(declared: Declaration) -> PermissionSet:
    """The set that the cmdlets of a step are in."""
    return PermissionSet.PRIVILEGED if is_privileged(declared) else PermissionSet.MAILBOX
