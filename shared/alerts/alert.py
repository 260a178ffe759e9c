"""An alert: what a source sent, normalised."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True)
class NamedAccount:
    """An account as an alert or a person named it, by whatever it was called. At least one is set.

    ``id`` is a lower-case GUID. ``name`` is a UPN, mail or proxy address, in lower case. ``sid`` is the SID that Active
    Directory gave it, ``on_premises`` its ``domain\\name`` there, in lower case.
    """

    id: str | None = None
    name: str | None = None
    sid: str | None = None
    on_premises: str | None = None

    @property
    def key(self) -> str:
        """The strongest of the names."""
        return self.id or self.name or self.sid or self.on_premises or ""


@dataclass(frozen=True)
class Alert:
    """One thing a source says about the accounts it names.

    ``identity`` tells this alert from every other one of the same source; the same alert sent again has the
    same identity. ``activity_at`` is when the attacker acted, in UTC, None where the source did not say.
    ``updated_at`` is when the source last changed what it says, in UTC, None where it did not say.
    ``confirmation`` is True where the alert says that somebody confirmed the account as compromised: it may be
    the echo of our own confirm-compromised step. ``notes`` are sentences for the person who reads the alert.
    ``ask`` says why the response is only planned until a person approves it, "" where it may start by itself.
    ``repeats`` is the key of another source's alert that this one is a copy of, "" where it is none. Where it came with
    an incident of Microsoft Sentinel, ``sentinel_incident`` is that one's ARM resource id.
    """

    source: str
    identity: str
    title: str
    severity: str
    activity_at: datetime | None
    accounts: tuple[NamedAccount, ...]
    updated_at: datetime | None = None
    confirmation: bool = False
    notes: tuple[str, ...] = ()
    ask: str = ""
    repeats: str = ""
    sentinel_incident: str = ""

    @property
    def key(self) -> str:
        """32 hexadecimal characters, safe in a row key: the alert's own identity."""
        return alert_key(self.source, self.identity)


def alert_key(source: str, identity: str) -> str:
    """The key of the alert that ``source`` knows by ``identity``."""
    return sha256(f"{source}\n{identity}".encode()).hexdigest()[:32]


class Lookup(StrEnum):
    """Where the accounts can be asked for that an alert does not name."""

    ENTITIES = "entities"
    ROWS = "rows"


@dataclass(frozen=True)
class Missing:
    """What would name an alert's accounts: the entities of the Sentinel incident ``at``, the rows behind that link."""

    lookup: Lookup
    at: str


@dataclass(frozen=True)
class Ignored:
    """An alert that starts nothing, and why.

    ``missing`` is what may still name its accounts: nothing else keeps it from starting. ``attention``: it should have
    started, a person has to look at it.
    """

    alert: Alert
    reason: str
    missing: Missing | None = None
    attention: bool = False
