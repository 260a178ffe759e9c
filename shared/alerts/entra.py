"""Alerts of Entra ID Protection: risk detections and risky users, from Graph or from a diagnostic setting."""

from dataclasses import replace
from datetime import datetime, timedelta

from .alert import Alert, Ignored
from .detections import CONFIRMED, DETECTIONS, RISKY_USER, Least
from .envelope import Unwrapped, unwrap
from .names import named_account
from .payload import digest, read_records
from .risk import Kind
from .starting import StartingPolicy

SOURCE = "entra"

_CLOCKS = timedelta(days=1)  # a local time without its zone reads up to 14 hours ahead

_NOT_FOR_US = {
    Kind.HISTORY: "It is an entry of a user's risk history, not an alert.",
    Kind.SERVICE_PRINCIPAL: "It is about a service principal, not a user: a person has to look at it.",
    Kind.AGENT: "It is about an agent identity, not a user: a person has to look at it.",
    Kind.OTHER: "It is neither a risk detection nor a risky user.",
}


def read_entra(body: bytes, *, tenant_id: str | None, now: datetime, starting: StartingPolicy) -> list[Alert | Ignored]:
    """The alerts in ``body``, one for each record, in order; ``Ignored`` where a record starts no response.

    ``body`` holds Graph ``riskDetection`` or ``riskyUser`` objects, one or several, or the same as a diagnostic
    setting exports them (categories UserRiskEvents, RiskyUsers). ``tenant_id`` is ours, None where
    anybody's records are read; ``now`` is aware.

    A detection has the identity that Entra gave it, so an update of it has the same one: ``updated_at`` tells which
    is newer. A risky user is one alert for each level and time of change. A record that has no identity of its own
    has that of its content. What is not about a user of ours names no account.

    Raises ``BadPayload`` where the body as a whole cannot be read.
    """
    return [_read(record, tenant_id, now, starting) for record in read_records(body)]


def _read(content: object, tenant_id: str | None, now: datetime, starting: StartingPolicy) -> Alert | Ignored:
    if not isinstance(content, dict):
        unread = Alert(SOURCE, digest(content), "Unreadable record", "unknown", activity_at=None, accounts=())
        return Ignored(unread, "It is not a JSON object.")
    record = unwrap(content)
    alert = _alert(record, now)
    reason = _foreign(record, tenant_id) or _NOT_FOR_US.get(record.kind)
    if reason:
        return Ignored(replace(alert, accounts=(), confirmation=False), reason)
    reason = _closed(record) or _nobody(alert) or _too_low(record, starting) or _too_old(record, alert, now, starting)
    return Ignored(alert, reason) if reason else alert


def _alert(record: Unwrapped, now: datetime) -> Alert:
    risk = record.risk
    user_id = risk.id if record.kind is Kind.USER else risk.user_id
    account = named_account(user_id, risk.user_principal_name)
    updated_at = _first_past(now, risk.last_updated_date_time, risk.risk_last_updated_date_time, record.exported_at)
    alert = Alert(
        source=SOURCE,
        identity=_identity(record, updated_at, now),
        title=_title(record),
        severity=risk.level,
        activity_at=_first_past(now, risk.activity_date_time),
        accounts=(account,) if account else (),
        updated_at=updated_at,
        confirmation=risk.may_be_ours,
    )
    return replace(alert, notes=_notes(record, alert, now))


def _identity(record: Unwrapped, updated_at: datetime | None, now: datetime) -> str:
    risk = record.risk
    if risk.id is None or record.kind in {Kind.HISTORY, Kind.OTHER}:
        return digest(record.content)
    if record.kind is not Kind.USER:
        return risk.id
    # The id is the user's, for ever. Whole seconds: an export has fewer decimals than Graph. Without a time,
    # the day of receipt: next month's attack must not be taken for this one sent again.
    changed = updated_at.isoformat(timespec="seconds") if updated_at else now.date().isoformat()
    return f"{risk.id.casefold()} {risk.level} {changed}"


def _type(record: Unwrapped) -> str:
    if record.kind is not Kind.USER:
        return record.risk.type
    return CONFIRMED if record.risk.confirmed else RISKY_USER


def _title(record: Unwrapped) -> str:
    if record.kind is Kind.OTHER:
        return "Unknown record"
    detection = DETECTIONS.get(_type(record).casefold())
    return detection.label if detection else f"Unknown type of risk: {_type(record)}"


def _notes(record: Unwrapped, alert: Alert, now: datetime) -> tuple[str, ...]:
    detection = DETECTIONS.get(_type(record).casefold())
    notes = []
    if detection and detection.note:
        notes.append(detection.note)
    if _said_at(record, alert, now) is None:
        notes.append("The source told no time that can be right: it is taken as of the time of receipt.")
    return tuple(notes)


def _first_past(now: datetime, *times: datetime | None) -> datetime | None:
    """The first time that there is and that is not yet to come."""
    return next((time for time in times if time and time - now < _CLOCKS), None)


def _said_at(record: Unwrapped, alert: Alert, now: datetime) -> datetime | None:
    """The time by which an alert is old: when the attacker acted, or when a person gave their word."""
    acted = (alert.activity_at, record.risk.detected_date_time)
    times = (alert.updated_at, *acted) if record.risk.confirmed else (*acted, alert.updated_at)
    return _first_past(now, *times)


def _foreign(record: Unwrapped, tenant_id: str | None) -> str | None:
    if tenant_id is None:
        return None
    others = sorted(record.tenants - {tenant_id.casefold()})
    return f"It comes from another tenant: {', '.join(others)}." if others else None


def _closed(record: Unwrapped) -> str | None:
    return None if record.risk.open else f"Its risk is not open: the state is {record.risk.risk_state or 'not told'}."


def _nobody(alert: Alert) -> str | None:
    return None if alert.accounts else "It names no account: neither an object id nor an address can be read."


def _too_low(record: Unwrapped, starting: StartingPolicy) -> str | None:
    kind = CONFIRMED if record.risk.confirmed else _type(record)
    least = starting.least(kind)
    if least.reached_by(record.risk.level):
        return None
    if least is Least.NEVER:
        return f"By policy, {kind} never starts a response."
    level = record.risk.risk_level or "not told"
    return f"Its risk level is {level}: by policy, {kind} starts a response from {least} on."


def _too_old(record: Unwrapped, alert: Alert, now: datetime, starting: StartingPolicy) -> str | None:
    said_at = _said_at(record, alert, now)
    if said_at is None or now - said_at <= starting.max_age:
        return None
    return f"It is of {said_at:%Y-%m-%d %H:%M} UTC: longer ago than the policy allows."
