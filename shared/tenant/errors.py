"""What can go wrong between us and Microsoft 365, in the six words that the engine understands.

TenantError
├── Throttled   wait ``retry_after`` seconds, or back off where the tenant named no time
├── Transient   the same call may work later: 5xx, a time-out, a dropped connection, an unreadable answer
├── NotFound    the object is not there
├── Denied      our identity lacks ``permission``
├── Unlicensed  the tenant's licence does not include it
└── Permanent   the tenant will refuse this call however often it is repeated
"""


class TenantError(Exception):
    """The root of all errors that a call to the tenant can raise. The text is for a person to act on."""


class Throttled(TenantError):
    """Too many calls. ``retry_after`` is in seconds, None where the tenant named no time."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Transient(TenantError):
    """Trouble that passes."""


class NotFound(TenantError):
    """The object that was asked for does not exist."""


class Denied(TenantError):
    """Refused for want of a right. ``permission`` says exactly which, in words a person can grant."""

    def __init__(self, message: str, permission: str) -> None:
        super().__init__(message)
        self.permission = permission


class Unlicensed(TenantError):
    """The tenant has no licence for what was asked."""


class Permanent(TenantError):
    """Refused for good: invalid state, invalid value."""
