"""By which protocols a mailbox is read and sent from.

https://learn.microsoft.com/powershell/module/exchange/set-casmailbox
"""

from datetime import datetime
from typing import Any

from pydantic import Field, StrictBool, model_validator

from shared.tenant.exchange import Exchange
from shared.tenant.identifiers import object_id
from shared.tenant.models import OwnedRow

type Flags = dict[str, bool | None]

OFF = {
    "MAPIEnabled": False,
    "EwsEnabled": False,
    "ActiveSyncEnabled": False,
    "ImapEnabled": False,
    "PopEnabled": False,
    "OWAEnabled": False,
    "OWAforDevicesEnabled": False,
    "OutlookMobileEnabled": False,
    "UniversalOutlookEnabled": False,
    "MacOutlookEnabled": False,
    "OneWinNativeOutlookEnabled": False,
    "SmtpClientAuthenticationDisabled": True,
}
"""Each flag of a mailbox that lets a client in, and its value when it lets none in."""


class _ClientAccess(OwnedRow):
    """``flags`` holds those that the row shows; None where one follows the organisation."""

    flags: dict[str, StrictBool | None] = Field(alias="flags")

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"flags": {name: row[name] for name in OFF if name in row}}


async def protocols(exchange: Exchange, user_id: str) -> Flags:
    """The flags of the user's mailbox as they are. Raises ``NotFound`` where it is not here.

    https://learn.microsoft.com/powershell/module/exchange/get-casmailbox
    """
    return (await exchange.one(_ClientAccess, "Get-CASMailbox", user_id)).flags


async def set_protocols(exchange: Exchange, user_id: str, flags: Flags) -> datetime:
    """Sets these flags, None to follow the organisation; all go in one call. When it was accepted."""
    return await exchange.change("Set-CASMailbox", {"Identity": object_id(user_id), **flags})
