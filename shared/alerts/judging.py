"""Whether an alert that a source tells starts a response: one order of reasons for all sources but Entra's own.

Whose it is, whether it is open, what kind it is and how severe, whom it names, how old it is.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .alert import Alert, Ignored, Missing
from .detections import Least
from .signals import NEVER_FROM, signal_of
from .starting import StartingPolicy

NO_TIME = "The source told no time that can be right: it is taken as of the time of receipt."
_CLOCKS = timedelta(days=1)  # a local time without its zone reads up to 14 hours ahead
_SEVERITIES = {"informational": "informational", "low": "low", "medium": "medium", "high": "high"}


@dataclass(frozen=True)
class Reading:
    """What a payload is read with: ``tenant_id`` is ours, None where any is; ``now`` is aware."""

    tenant_id: str | None
    now: datetime
    starting: StartingPolicy


@dataclass(frozen=True)
class Told:
    """What a source tells, normalised. ``alert`` holds the accounts that may be responded to.

    ``tenants`` are all that it says it is from. ``closed`` and ``nobody`` are sentences: why it is over, "" where it is
    not; why it names no account. ``services`` and ``tactics`` are as ``alerts_v2`` calls them, tactics case-folded.
    ``otherwise`` is from which severity it starts where its title tells nothing; ``least`` counts over both, where it
    is not None. ``missing``: what may name accounts; ``attention``: where nothing does, a person has to look.
    """

    alert: Alert
    told_at: datetime | None
    tenants: frozenset[str] = frozenset()
    closed: str = ""
    nobody: str = ""
    services: frozenset[str] = frozenset()
    otherwise: Least = Least.NEVER
    least: Least | None = None
    missing: Missing | None = None
    attention: bool = False


def severity_of(word: str | None) -> str:
    """informational, low, medium, high or unknown."""
    return _SEVERITIES.get((word or "").casefold(), "unknown")


def past(time: datetime | None, now: datetime) -> datetime | None:
    """``time`` where it is not yet to come, as far as clocks agree."""
    return time if time and time - now < _CLOCKS else None


def foreign(tenants: frozenset[str], reading: Reading) -> str:
    """Why an alert that says it is from ``tenants`` is not ours, "" where it is."""
    if reading.tenant_id is None:
        return ""
    others = sorted(tenants - {reading.tenant_id.casefold()})
    return f"It comes from another tenant: {', '.join(others)}." if others else ""


def judged(told: Told, reading: Reading) -> Alert | Ignored:
    """The alert, which starts a response, or why it does not."""
    alert = _noted(told, reading.now)
    reason = foreign(told.tenants, reading)
    if reason:
        return Ignored(replace(alert, accounts=(), confirmation=False), reason)
    if _victims(told, reading.starting):
        return Ignored(replace(alert, accounts=()), told.closed or "Whoever it names has got a mail: that is a victim.")
    reason = told.closed or _too_low(told, reading.starting) or too_old(told.told_at, reading)
    if reason:
        return Ignored(alert, reason)
    if not alert.accounts:
        why = told.nobody or "It names no account that can be responded to."
        return Ignored(alert, why, told.missing, told.attention)
    return asked(alert, reading.starting)


def too_old(told_at: datetime | None, reading: Reading) -> str:
    """Why it is too old to start anything, "" where it is not, or where nobody knows."""
    if told_at is None or reading.now - told_at <= reading.starting.max_age:
        return ""
    return f"It is of {told_at:%Y-%m-%d %H:%M} UTC: longer ago than the policy allows."


def asked(alert: Alert, starting: StartingPolicy) -> Alert:
    """``alert``, which waits for approval where it names more accounts than one attack is likely to have."""
    count = len(alert.accounts)
    if count <= starting.max_accounts:
        return alert
    why = f"It names {count} accounts, more than {starting.max_accounts}: each response waits for approval."
    return replace(alert, ask=why, notes=(*alert.notes, why))


def _noted(told: Told, now: datetime) -> Alert:
    signal = signal_of(told.alert.title)
    notes = [*told.alert.notes]
    if signal and signal.note:
        notes.append(signal.note)
    if past(told.told_at, now) is None:
        notes.append(NO_TIME)
    confirmed = told.alert.confirmation or bool(signal and signal.confirmed)
    return replace(told.alert, notes=tuple(notes), confirmation=confirmed)


def _victims(told: Told, starting: StartingPolicy) -> bool:
    signal = signal_of(told.alert.title)
    never = starting.least_for(told.alert.title) is Least.NEVER
    return told.least is None and never and signal is not None and signal.victim


def _too_low(told: Told, starting: StartingPolicy) -> str:
    title, severity = told.alert.title, told.alert.severity
    if told.least is None and told.services and told.services <= NEVER_FROM and starting.given_for(title) is None:
        return f"It comes from {', '.join(sorted(told.services))}, and is not about an account."
    known = starting.least_for(title)
    least, these = (known, "alerts with this title") if known else (told.otherwise, "alerts of this kind")
    if (told.least or least).reached_by(severity):
        return ""
    if least is Least.NEVER:
        return f"By policy, {these} never start a response."
    return f"Its severity is {severity}: by policy, {these} start a response from {least} on."
