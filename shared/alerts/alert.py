"""An alert: what a source sent, normalised."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True)
class NamedAccount:
    """An account as an alert or a person named it: an object id, or any address of it, or both.

    ``id`` is a lower-case GUID. ``name`` is a UPN, mail or proxy address, in lower case. At least one is set.
    """

    id: str | None = None
    name: str | None = None

    @property
    def key(self) -> str:
        """The stronger of the two names."""
        return self.id or self.name or ""


@dataclass(frozen=True)
class Alert:
    """One thing a source says about the accounts it names.

    ``identity`` tells this alert from every other one of the same source; the same alert sent again has the
    same identity. ``activity_at`` is when the attacker acted, in UTC, None where the source did not say.
    ``updated_at`` is when the source last changed what it says, in UTC, None where it did not say.
    ``confirmation`` is True where the alert says that somebody confirmed the account as compromised: it may be
    the echo of our own confirm-compromised step. ``notes`` are sentences for the person who reads the alert.
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

    @property
    def key(self) -> str:
        """32 hexadecimal characters, safe in a row key: the alert's own identity."""
        return sha256(f"{self.source}\n{self.identity}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Ignored:
    """An alert that starts nothing, and why."""

    alert: Alert
    reason: str
