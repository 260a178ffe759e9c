"""Addresses that Exchange Online Protection lets send no mail, for what was sent from them."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from shared.tenant.errors import Denied
from shared.tenant.exchange import Exchange
from shared.tenant.exchange_errors import SERVICE

NEEDS = "the Exchange permission Exchange.ManageAsApp and the directory role Security Administrator"

_REASON = "The account was compromised, and has been secured."


class BlockedSender(BaseModel):
    """https://learn.microsoft.com/powershell/module/exchange/get-blockedsenderaddress

    ``reason`` is Exchange's own text, ``created_datetime`` its own writing of the time.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_pascal, validate_by_name=True, validate_by_alias=True)

    sender_address: str
    reason: str | None = None
    created_datetime: str | None = None


async def blocked_senders(exchange: Exchange, addresses: Iterable[str]) -> list[BlockedSender]:
    """Which of these addresses are blocked. All that the tenant has are asked for, because each may be an alias."""
    wanted = {address.casefold() for address in addresses}
    async with _naming_the_role():
        rows = await exchange.rows(BlockedSender, "Get-BlockedSenderAddress", {}, about=None)
    return [row for row in rows if row.sender_address.casefold() in wanted]


async def unblock_sender(exchange: Exchange, address: str) -> datetime:
    """Lets the address send again. When it was accepted. Raises ``NotFound`` where it is not blocked.

    https://learn.microsoft.com/powershell/module/exchange/remove-blockedsenderaddress
    """
    parameters = {"SenderAddress": address, "Reason": _REASON}
    async with _naming_the_role():
        return await exchange.change("Remove-BlockedSenderAddress", parameters, about="SenderAddress")


@asynccontextmanager
async def _naming_the_role() -> AsyncIterator[None]:
    """Who may change mailboxes may not read or change this list.

    https://learn.microsoft.com/defender-office-365/outbound-spam-restore-restricted-users
    """
    try:
        yield
    except Denied as denied:
        raise Denied(f"{SERVICE} does not show us its blocked senders. The app needs {NEEDS}.", NEEDS) from denied
