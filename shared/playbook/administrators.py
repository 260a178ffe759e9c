"""The last Global Administrator is never locked out, and neither are the last two at the same moment."""

from shared.account import Account
from shared.state.claims import Claims
from shared.state.rows import Skip, StepStatus
from shared.tenant.graph import Graph

from .patience import patiently
from .work import Outcome, Refused

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
_LAST = (
    "The account is the last Global Administrator who can sign in and has no open incident: locking it out could lock "
    "everybody out. Give the role to somebody else first, then retry."
)


async def spare_the_last_administrator(graph: Graph, claims: Claims, account: Account) -> None:
    """Raises ``Refused`` where the account is a Global Administrator and no other one is left to help it.

    One with an open incident does not count: it may be locked out at this very moment. Each incident claims its account
    before it asks, so that of two that ask at once at least one sees the other. Raises ``TenantError``, ``Later``.
    """
    if not account.privileged:
        return
    holders = await patiently(lambda: graph.role_holders(GLOBAL_ADMINISTRATOR))
    if account.id not in {holder.id for holder in holders}:
        return
    for other in holders:
        if other.id != account.id and other.account_enabled and await claims.holder(other.id) is None:
            return
    raise Refused(Outcome(StepStatus.SKIPPED, _LAST, Skip.PROTECTED))
