"""Who stands behind the name in a permission: somebody of the organisation, or an outsider."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.tenant.delegates import Row
from shared.tenant.errors import NotFound
from shared.tenant.exchange import Exchange

_GUEST = "GuestMailUser"
_NO_ACCOUNT = re.compile(r"(NT( User)?:\s*)?S-1-\d+(-\d+)+", re.IGNORECASE)
_INVITED = "ExchangePublishedUser."


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Recipient(Row):
    name: str
    alias: str | None = None
    display_name: str | None = None
    primary_smtp_address: str | None = None
    recipient_type_details: str
    external_email_address: str | None = None
    external_directory_object_id: str | None = None
    guid: str
    made_at: Annotated[datetime, AfterValidator(_utc)] | None = Field(None, alias="WhenCreatedUTC")

    @property
    def id(self) -> str:
        return self.external_directory_object_id or self.guid

    @property
    def names(self) -> set[str]:
        return {name.casefold() for name in (self.name, self.display_name, self.alias) if name}


@dataclass(frozen=True)
class Trustee:
    """``identity`` is what to call them towards Exchange, ``id`` an id where they have one.

    ``outside`` says why they are no colleague, ``unsure`` why that could not be told, ``gone`` why nothing could be
    given to them again; each "" where it is not so. ``made_at`` is when their account was made, None if not known.
    """

    name: str
    identity: str
    id: str
    outside: str = ""
    unsure: str = ""
    gone: str = ""
    made_at: datetime | None = None


class Trustees:
    """Finds them. ``domains`` are the organisation's, in lower case."""

    def __init__(self, exchange: Exchange, domains: frozenset[str]) -> None:
        self._exchange, self._domains = exchange, domains

    async def find(self, name: str) -> Trustee:
        """Who an entry of this name is about. Raises ``TenantError``."""
        return _without_account(name) or await self._look_up(name)

    async def _look_up(self, name: str) -> Trustee:
        match await self._recipients(name):
            case []:
                return self._unknown(name)
            case [one]:
                return Trustee(
                    name, one.primary_smtp_address or one.guid, one.id, self._outside(one), made_at=one.made_at
                )
            case several:
                return Trustee(name, name, name, unsure=f"{len(several)} have this name")

    async def _recipients(self, name: str) -> list[_Recipient]:
        """An address names one; any other name is compared with all that begin so."""
        if "@" in name:
            try:
                return await self._exchange.rows(_Recipient, "Get-Recipient", {"Identity": name})
            except NotFound:
                return []
        parameters = {"Anr": name, "ResultSize": "Unlimited"}
        rows = await self._exchange.rows(_Recipient, "Get-Recipient", parameters, about="Anr")
        wanted = name.casefold()
        return [
            row for row in rows if wanted in {str(one).casefold() for one in (row.name, row.display_name, row.alias)}
        ]

    def _outside(self, one: _Recipient) -> str:
        if one.recipient_type_details == _GUEST:
            return "a guest"
        target = (one.external_email_address or "").rpartition("@")[2].casefold()
        return f"its mail goes outside, to {target}" if target and target not in self._domains else ""

    def _unknown(self, name: str) -> Trustee:
        """An account without a mailbox is no recipient; its address is still the organisation's."""
        own = "#EXT#" not in name.upper() and name.rpartition("@")[2].casefold() in self._domains
        if own or "\\" in name:
            return Trustee(name, name, name)
        nobody = "the organisation knows nobody of this name"
        return Trustee(name, name, name, outside=nobody, gone=nobody)


def _without_account(name: str) -> Trustee | None:
    if _NO_ACCOUNT.fullmatch(name):
        gone = "the account behind this id no longer exists"
        return Trustee(name, name, name, outside=gone, gone=gone)
    if name.startswith(_INVITED):
        return Trustee(name, name, name, "invited from outside", gone="only the user can invite somebody from outside")
    return None
