"""Which directory role a refused change was missing: the tenant only says that it refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.account import Account
from shared.tenant.errors import Denied

FOR_ADMINISTRATORS = "Privileged Authentication Administrator"


@asynccontextmanager
async def naming_the_role(account: Account) -> AsyncIterator[None]:
    """Raises what the body raises; ``Denied`` about a privileged account with the role that changing it takes.

    Source: Graph, resource ``user``, "Who can perform sensitive actions".
    """
    try:
        yield
    except Denied as denied:
        if not account.privileged:
            raise
        role = f"the directory role {FOR_ADMINISTRATORS}"
        raise Denied(
            f"Refused by the tenant: the account is privileged ({account.privileged}), and changing it takes {role}, "
            "which our identity does not hold. Grant it, or let an administrator do this step.",
            role,
        ) from denied
