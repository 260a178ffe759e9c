"""Whom the evidence of a Defender alert names: who may have been taken over, and who has only got a mail.

Sources: the Graph resources ``alertEvidence`` and ``userSecurityState``, the entities of the Microsoft 365 Defender
incidents API, the table AlertEvidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import AliasChoices, Field

from .accounts import Surroundings, account_of, merged
from .alert import NamedAccount
from .names import address
from .tolerant import Folded, Object, Text, Word, Words

_NOT_INVOLVED = frozenset(("contextual", "scanned", "destination"))
_INVOLVED = frozenset(("compromised", "attacked", "suspicious"))
_RECIPIENT = "recipient"
_IMPACTED = "impacted"


class Item(Folded):
    """One item of evidence, or entity, or user state."""

    odata_type: Word = Field(None, validation_alias=AliasChoices("@odata.type", "atsignodatatype", "odatatype"))
    entity_type: Word = None
    roles: Words = frozenset()
    evidence_role: Word = None
    email_role: Word = None
    account: Object = Field(default_factory=dict)
    additional_fields: Object = Field(default_factory=dict)
    host: Object = Field(default_factory=dict)
    recipient: Text = Field(None, validation_alias=AliasChoices("recipientemailaddress", "recipient"))
    device_name: Word = Field(None, validation_alias=AliasChoices("devicednsname", "hostname", "devicename"))

    @property
    def kind(self) -> str:
        """``user``, ``mailbox``, ``process`` …, whatever the source calls it."""
        return (self.odata_type or self.entity_type or "").rpartition(".")[2].removesuffix("evidence")

    @property
    def involved(self) -> bool:
        """Whether the source does not say that it only came into view."""
        if self.email_role == _RECIPIENT:
            return False
        if self.evidence_role:
            return self.evidence_role == _IMPACTED and self.kind in ("user", "mailbox")
        return bool(self.roles & _INVOLVED) or not self.roles & _NOT_INVOLVED


@dataclass(frozen=True)
class Evidence:
    """``users`` are named as such, or by what they did to a mailbox's settings; ``mailboxes`` are the culprit's or the
    victim's; ``processes`` ran as these; ``recipients`` got a mail. ``kinds`` are all kinds there are."""

    users: tuple[NamedAccount, ...]
    mailboxes: tuple[NamedAccount, ...]
    processes: tuple[NamedAccount, ...]
    recipients: frozenset[str]
    kinds: frozenset[str]

    def accounts(self, *, abuse: bool) -> tuple[NamedAccount, ...]:
        """Who may have been taken over. ``abuse``: the alert is known to be about what the mailbox or user did.

        Otherwise a mailbox alone says nothing, and whoever has got the mail is its victim.
        """
        found = merged([*self.users, *self.mailboxes]) if abuse else self._not_victims()
        return found or tuple(account for account in merged(self.processes) if account.id or account.name)

    def _not_victims(self) -> tuple[NamedAccount, ...]:
        """A mailbox tells whose address the mail went to, where the user's own evidence calls them otherwise."""
        victims = {*self.recipients, *(mailbox.id for mailbox in self.mailboxes if mailbox.name in self.recipients)}
        return tuple(user for user in self.users if not {user.id, user.name} - {None} & victims)


def evidence_of(records: Iterable[dict[str, object]], tenant_id: str | None) -> Evidence:
    """What ``records``, the evidence of one alert, tell."""
    items = [(record, Item.model_validate(record)) for record in records]
    around = Surroundings(tenant_id, _hosts(record for record, _ in items))
    named: dict[str, list[NamedAccount]] = {"user": [], "mailbox": [], "process": []}
    for record, item in items:
        account = _account(record, item, around)
        if account and item.involved:
            named[_AS[item.kind]].append(account)
    return Evidence(
        users=merged(named["user"]),
        mailboxes=merged(named["mailbox"]),
        processes=merged(named["process"]),
        recipients=frozenset(found for _, item in items if (found := address(item.recipient))),
        kinds=frozenset(item.kind for _, item in items if item.kind),
    )


USER_STATE = "userstate"  # of the older alerts API, which gives it no type

_AS = {
    "user": "user",
    USER_STATE: "user",
    "account": "user",
    "cloudlogonsession": "user",
    "mailboxconfiguration": "user",
    "mailbox": "mailbox",
    "process": "process",
}


def _account(record: dict[str, object], item: Item, around: Surroundings) -> NamedAccount | None:
    """The account of an item that can name one. A streamed one describes it twice, once as JSON in a string."""
    if item.kind not in _AS:
        return None
    described = (record, item.account, item.additional_fields)
    found = [account for part in described if part and (account := account_of(part, around))]
    whole = merged(found)
    return whole[0] if whole else None


def _hosts(records: Iterable[dict[str, object]]) -> frozenset[str]:
    """The devices' names, whole and without their domain."""
    names = [name for record in records for name in _device_names(record)]
    return frozenset(part for name in names for part in (name, name.partition(".")[0]))


def _device_names(record: dict[str, object]) -> Iterator[str]:
    item = Item.model_validate(record)
    if item.device_name:
        yield item.device_name
    for part in (item.host, item.additional_fields):
        if part:
            yield from _device_names(part)
