"""Who else may use a mailbox: Full Access, Send As, Send on Behalf. Folders have a file of their own.

Each kind of right can tell its entries by the name of who has them, and turn the entries of one into others.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue
from pydantic.alias_generators import to_pascal

from shared.tenant.exchange import Exchange
from shared.tenant.identifiers import object_id
from shared.tenant.models import Flag, Strings

type Entry = dict[str, JsonValue]
type Entries = dict[str, list[Entry]]

RIGHTS = "AccessRights"
_SELF = ("S-1-5-10", "NT AUTHORITY\\SELF")
_MICROSOFTS = "Discovery Management"


def _apart(value: object) -> object:
    """An element of the list may itself be a list: ``["FullAccess, ReadPermission"]``."""
    if not isinstance(value, list):
        return value
    return tuple(sorted({right.strip() for one in value for right in str(one).split(",")}))


type AccessRights = Annotated[tuple[str, ...], BeforeValidator(_apart)]


class Right(ABC):
    """One kind of right on one mailbox, or on one folder of it. Its methods raise ``TenantError``."""

    kind: str

    def __init__(self, exchange: Exchange, user_id: str, folder: str = "") -> None:
        self._exchange, self._mailbox, self.folder = exchange, object_id(user_id), folder

    @abstractmethod
    async def entries(self) -> Entries:
        """What was given to others, by the name under which Exchange shows them."""

    @abstractmethod
    async def make(self, identity: str, was: list[Entry], wanted: list[Entry]) -> datetime | None:
        """Turns the entries of one into others; safe to repeat. When it was accepted, None where there was nothing to
        send. Raises ``NotFound`` where Exchange does not know who that is."""


class Row(BaseModel):
    """A row that a cmdlet returned, with properties in PascalCase."""

    model_config = ConfigDict(frozen=True, alias_generator=to_pascal, validate_by_name=True, validate_by_alias=True)


class _MailboxPermission(Row):
    user: str
    user_sid: str | None = None
    access_rights: AccessRights
    inheritance_type: str | None = None
    is_inherited: Flag = False
    deny: Flag = False

    @property
    def given(self) -> bool:
        """Whether it lets somebody else in: what is inherited is Microsoft's, what denies lets nobody in."""
        own = self.user in _SELF or self.user_sid in _SELF
        return not (own or self.is_inherited or self.deny or self.user == _MICROSOFTS)


class _RecipientPermission(Row):
    trustee: str
    access_rights: AccessRights
    access_control_type: str = "Allow"

    @property
    def given(self) -> bool:
        return self.trustee not in _SELF and self.access_control_type == "Allow"


class _OnBehalf(Row):
    grant_send_on_behalf_to: Strings = ()


class FullAccess(Right):
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxpermission

    Whether the mailbox shows up by itself in the other's Outlook (AutoMapping) cannot be read.
    """

    kind = "Full Access"

    async def entries(self) -> Entries:
        parameters = {"Identity": self._mailbox, "ResultSize": "Unlimited"}
        rows = await self._exchange.rows(_MailboxPermission, "Get-MailboxPermission", parameters)
        return grouped(
            (row.user, {RIGHTS: list(row.access_rights), "InheritanceType": row.inheritance_type or "All"})
            for row in rows
            if row.given
        )

    async def make(self, identity: str, was: list[Entry], wanted: list[Entry]) -> datetime | None:
        accepted = None
        for entry in (one for one in was if one not in wanted):
            parameters = {"Identity": self._mailbox, "User": identity, **entry, "Confirm": False}
            accepted = await self._exchange.change("Remove-MailboxPermission", parameters)
        for entry in (one for one in wanted if one not in was):
            parameters = {"Identity": self._mailbox, "User": identity, **entry, "AutoMapping": True, "Confirm": False}
            accepted = await self._exchange.change("Add-MailboxPermission", parameters)
        return accepted


class SendAs(Right):
    """https://learn.microsoft.com/powershell/module/exchange/get-recipientpermission"""

    kind = "Send As"

    async def entries(self) -> Entries:
        parameters = {"Identity": self._mailbox, "ResultSize": "Unlimited"}
        rows = await self._exchange.rows(_RecipientPermission, "Get-RecipientPermission", parameters)
        return grouped((row.trustee, {RIGHTS: list(row.access_rights)}) for row in rows if row.given)

    async def make(self, identity: str, was: list[Entry], wanted: list[Entry]) -> datetime | None:
        del was
        cmdlet = "Add-RecipientPermission" if wanted else "Remove-RecipientPermission"
        parameters = {"Identity": self._mailbox, "Trustee": identity, RIGHTS: ["SendAs"], "Confirm": False}
        return await self._exchange.change(cmdlet, parameters)


class SendOnBehalf(Right):
    """https://learn.microsoft.com/powershell/module/exchange/set-mailbox, ``GrantSendOnBehalfTo``"""

    kind = "Send on Behalf"

    async def entries(self) -> Entries:
        rows = await self._exchange.rows(_OnBehalf, "Get-Mailbox", {"Identity": self._mailbox})
        return grouped((name, {RIGHTS: ["SendOnBehalf"]}) for row in rows for name in row.grant_send_on_behalf_to)

    async def make(self, identity: str, was: list[Entry], wanted: list[Entry]) -> datetime | None:
        del was
        change = {"@odata.type": "#Exchange.GenericHashTable", "Add" if wanted else "Remove": [identity]}
        return await self._exchange.change("Set-Mailbox", {"Identity": self._mailbox, "GrantSendOnBehalfTo": change})


def grouped(rows: Iterable[tuple[str, Entry]]) -> Entries:
    """The entries by the name of who has them, in an order that is the same each time."""
    entries: Entries = defaultdict(list)
    for name, entry in rows:
        if entry not in entries[name]:
            entries[name].append(entry)
    return {name: sorted(own, key=str) for name, own in entries.items()}
