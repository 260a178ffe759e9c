"""The way today's tools work: the same changes one call after another in one process, containment first, nothing
verified, nothing written down.

The order is that of CIPP's "remediate user" (KelvinTegelaar/CIPP-API, Invoke-ExecBECRemediate): the password, the
sign-in, the sessions, then the mailbox. Like any script it signs in first, and looks the user up by name. It starts
the moment that the alert is there, and its modules are loaded: neither is counted against it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from functions.steps.reset_password import new_password
from shared.settings import Settings
from shared.tenant.models import Forwarding
from shared.tenant.tenant import Tenant

type Call = Callable[[Tenant, str], Awaitable[object]]

CONTAIN: tuple[Call, ...] = (
    lambda tenant, user: tenant.graph.set_password(user, new_password()),
    lambda tenant, user: tenant.graph.set_account_enabled(user, False),
    lambda tenant, user: tenant.graph.revoke_sessions(user),
)
EVICT: tuple[Call, ...] = (lambda tenant, user: tenant.exchange.set_forwarding(user, Forwarding()),)


@dataclass(frozen=True)
class Today:
    """Seconds until the last call of each part was answered."""

    contained: float
    secured: float


async def take_back(settings: Settings, user_principal_name: str) -> Today:
    """Takes one account back. Raises ``TenantError``."""
    tenant = Tenant.from_settings(settings)
    try:
        began = monotonic()
        user = await tenant.graph.user(user_principal_name)
        for call in CONTAIN:
            await call(tenant, user.id)
        contained = monotonic() - began
        for call in EVICT:
            await call(tenant, user.id)
        return Today(contained, monotonic() - began)
    finally:
        await tenant.close()
