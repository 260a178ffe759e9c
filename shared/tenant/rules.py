"""The rules of a mailbox: inbox rules, hidden ones included, and sweep rules; and what it takes to judge them.

A row is kept as Exchange gives it: what a rule does is judged elsewhere, as a row of anybody's export is.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, Field

from shared.tenant.errors import NotFound, Permanent
from shared.tenant.exchange import Exchange, Row
from shared.tenant.exchange_errors import SERVICE
from shared.tenant.identifiers import object_id
from shared.tenant.models import OwnedRow, Strings

# Of a row, what is not the rule itself: where it stands, how it is, and what Exchange makes of it in words.
_STATE = {
    *("Identity", "RuleIdentity", "RuleId", "MailboxOwnerId", "Priority", "Enabled", "ObjectState", "IsValid"),
    *("InError", "ErrorType", "Legacy", "SupportedByTask"),
    *("Description", "DescriptionTimeFormat", "DescriptionTimeZone"),
}


class Kind(StrEnum):
    """What kind of rule, in words."""

    INBOX = "inbox rule"
    SWEEP = "sweep rule"

    @property
    def noun(self) -> str:
        """What its cmdlets are about."""
        return "InboxRule" if self is Kind.INBOX else "SweepRule"


@dataclass(frozen=True)
class Rule:
    """One rule, as its row in Exchange shows it."""

    kind: Kind
    row: Row

    @property
    def identity(self) -> str:
        """What its cmdlets call it: the mailbox, and behind it the id. "" where Exchange tells none."""
        value = self.row.get("Identity")
        return value if isinstance(value, str) else ""

    @property
    def id(self) -> str:
        """Its id within the mailbox, as text: as a number it has 64 bits, more than some readers of JSON keep."""
        return self.identity.rpartition("\\")[2]

    @property
    def name(self) -> str:
        return str(self.row.get("Name") or "")

    @property
    def enabled(self) -> bool:
        return self.row.get("Enabled") is True

    @property
    def readable(self) -> bool:
        """Whether Exchange can tell all that it does: not so where it is corrupt, or made by a client for itself."""
        return self.row.get("InError") is not True and self.row.get("SupportedByTask") is not False

    @property
    def content(self) -> str:
        """The rule itself, as JSON, whoever's mailbox it is in and whether it is enabled or not."""
        kept = {
            name: value
            for name, value in self.row.items()
            if name not in _STATE and "@" not in name and value is not None
        }
        return json.dumps(kept, sort_keys=True)

    @property
    def fingerprint(self) -> str:
        """What tells its content from another's, should Outlook have given it another id."""
        return sha256(self.content.encode()).hexdigest()


class Owner(OwnedRow):
    """The mailbox that the rules are in. https://learn.microsoft.com/powershell/module/exchange/get-mailbox"""

    email_addresses: Strings = ()
    languages: Strings = ()

    @property
    def addresses(self) -> list[str]:
        """Its addresses for mail."""
        parts = (address.partition(":") for address in self.email_addresses)
        return [value for kind, _, value in parts if kind.casefold() == "smtp"]


class _AcceptedDomain(BaseModel):
    name: str = Field(alias="DomainName")


class _Addressed(BaseModel):
    """A recipient: ``external`` is where Exchange sends its mail on to, None where it has a mailbox here."""

    primary: str | None = Field(None, alias="PrimarySmtpAddress")
    external: str | None = Field(None, alias="ExternalEmailAddress")


async def rules(exchange: Exchange, user_id: str, kind: Kind, *, hidden: bool = True) -> list[Rule]:
    """All rules of this kind in the user's mailbox; without the hidden ones on request.

    Raises ``NotFound`` where there is no mailbox. https://learn.microsoft.com/powershell/module/exchange/get-inboxrule
    https://learn.microsoft.com/powershell/module/exchange/get-sweeprule
    """
    parameters: Row = {"Mailbox": object_id(user_id), "ResultSize": "Unlimited"}
    if kind is Kind.INBOX and hidden:
        parameters["IncludeHidden"] = True
    rows = await exchange.invoke(f"Get-{kind.noun}", parameters, about="Mailbox")
    return [Rule(kind, row) for row in rows]


async def set_rule(exchange: Exchange, rule: Rule, enabled: bool) -> datetime:
    """Switches a rule on or off. When it was accepted.

    Changing an inbox rule removes the rules that only Outlook runs, whichever way it is done: no cmdlet keeps them, and
    neither does Exchange's web service. https://learn.microsoft.com/powershell/module/exchange/disable-inboxrule
    https://learn.microsoft.com/powershell/module/exchange/disable-sweeprule
    """
    parameters: Row = {"Identity": rule.identity, "Confirm": False}
    if rule.kind is Kind.INBOX:
        parameters |= {"Force": True, "AlwaysDeleteOutlookRulesBlob": True}
    return await exchange.change(f"{'Enable' if enabled else 'Disable'}-{rule.kind.noun}", parameters)


async def owner(exchange: Exchange, user_id: str) -> Owner:
    """The addresses and languages of the user's mailbox. Raises ``NotFound`` where it is not here."""
    return await exchange.one(Owner, "Get-Mailbox", user_id)


async def accepted_domains(exchange: Exchange) -> list[str]:
    """The domains of the organisation. https://learn.microsoft.com/powershell/module/exchange/get-accepteddomain"""
    rows = await exchange.rows(_AcceptedDomain, "Get-AcceptedDomain", {"ResultSize": "Unlimited"}, about=None)
    return [row.name for row in rows]


async def address_of(exchange: Exchange, legacy_dn: str) -> str:
    """Where mail to an entry of the organisation's address book really goes.

    Raises ``NotFound`` where it is not there any more or has no address, ``Permanent`` where several are named so.
    https://learn.microsoft.com/powershell/module/exchange/get-recipient
    """
    rows = await exchange.rows(_Addressed, "Get-Recipient", {"Identity": legacy_dn})
    if len(rows) > 1:
        raise Permanent(f"{SERVICE}: Get-Recipient finds several.")
    address = next((row.external or row.primary for row in rows), None)
    if not address:
        raise NotFound(f"{SERVICE}: Get-Recipient finds no address.")
    return address.rpartition(":")[2]
