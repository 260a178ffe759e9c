"""Alerts and incidents of Microsoft Defender XDR, however they come.

Sources: the Graph resources ``security/alerts_v2`` and ``security/incidents`` (with expanded alerts), the incidents and
alerts of the Microsoft 365 Defender API, the tables AlertInfo and AlertEvidence as the streaming API exports them
(``defender_export``), and the older Graph alerts, which flows may still hand over.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import AliasChoices, Field

from .accounts import merged
from .alert import Alert, Ignored
from .defender_export import Streamed, streamed_alerts
from .detections import Least
from .evidence import USER_STATE, Evidence, evidence_of
from .judging import Reading, Told, judged, past, severity_of
from .payload import digest, read_records
from .signals import service_named
from .starting import StartingPolicy
from .tolerant import Folded, Id, Line, Object, Objects, Time, Word, Words, folded

SOURCE = "defender"

_OVER = {
    "resolved": "It is resolved.",
    "dismissed": "It is dismissed.",
    "closed": "It is closed.",
    "redirected": "It is merged into another incident.",
}
_HARMLESS = {
    "falsepositive": "It is classified as a false positive.",
    "informationalexpectedactivity": "It is classified as expected activity.",
    "benignpositive": "It is classified as benign.",
}
_BUILT_IN = "It names no account of a person: only what a device runs as."
_MAILBOX = "It names only mailboxes, which may be victims': its title does not say which."
_APPLICATION = "It is about an application, not a person: a person has to look at it."
_ELSEWHERE = "These records name no account: others of the same alert may."
_NO_ALERTS = "It comes without its alerts, which would name the accounts: ask for them with $expand=alerts."


class DefenderRecord(Folded):
    """An alert or an incident, by the names of all APIs that show one."""

    id: Id = Field(None, validation_alias=AliasChoices("id", "alertid", "incidentid"))
    incident_id: Id = None
    title: Line = Field(None, validation_alias=AliasChoices("title", "displayname", "incidentname"))
    severity: Word = None
    status: Word = None
    classification: Word = Field(None, validation_alias=AliasChoices("classification", "feedback"))
    service_source: Line = None
    vendor_information: Object = Field(default_factory=dict)
    category: Word = None
    categories: Words = frozenset()
    tenant_id: Word = None
    azure_tenant_id: Word = None
    redirect_incident_id: Id = None
    alerts: Objects = ()
    evidence: Objects = Field((), validation_alias=AliasChoices("evidence", "entities"))
    user_states: Objects = ()
    first_activity: Time = Field(
        None, validation_alias=AliasChoices("firstactivitydatetime", "firstactivity", "firsteventtime", "eventdatetime")
    )
    last_activity: Time = Field(
        None, validation_alias=AliasChoices("lastactivitydatetime", "lastactivity", "lasteventtime", "eventdatetime")
    )
    created: Time = Field(
        None, validation_alias=AliasChoices("createddatetime", "creationtime", "createdtime", "alertcreationtime")
    )
    updated: Time = Field(
        None,
        validation_alias=AliasChoices(
            "lastupdatedatetime", "lastupdatedtime", "lastupdatetime", "lastmodifieddatetime"
        ),
    )

    @property
    def service(self) -> str:
        """As ``alerts_v2`` calls it, "" where it is not told."""
        provider = folded(self.vendor_information).get("provider")
        return service_named(self.service_source or (provider if isinstance(provider, str) else None))

    @property
    def tactics(self) -> frozenset[str]:
        return self.categories | ({self.category} if self.category else set())

    @property
    def closed(self) -> str:
        """Why there is nothing to respond to any more, "" where there is."""
        if self.redirect_incident_id:
            return f"It is merged into the incident {self.redirect_incident_id}."
        return _OVER.get(self.status or "") or _HARMLESS.get(self.classification or "") or ""


@dataclass(frozen=True)
class _Read:
    """A record, and what it came as."""

    record: DefenderRecord
    content: dict[str, object]


def read_defender(
    body: bytes, *, tenant_id: str | None, now: datetime, starting: StartingPolicy
) -> list[Alert | Ignored]:
    """The alerts in ``body``: one for each alert, each incident, each ``AlertId`` of an export; in order.

    ``Ignored`` where it starts no response. ``tenant_id`` is ours, None where anybody's alerts are read; ``now`` is
    aware. An incident names the accounts of those of its alerts that would start a response by themselves.

    Raises ``BadPayload`` where the body as a whole cannot be read.
    """
    reading = Reading(tenant_id, now, starting)
    return [_outcome(one, reading) for one in streamed_alerts(read_records(body))]


def _outcome(one: object, reading: Reading) -> Alert | Ignored:
    if isinstance(one, Streamed):
        return _streamed(one, reading)
    if not isinstance(one, dict):
        return Ignored(_unread(one, "Unreadable record"), "It is not a JSON object.")
    read = _Read(DefenderRecord.model_validate(one), one)
    keys = folded(one).keys()
    if not keys & {"title", "displayname", "incidentname", "evidence", "entities", "alerts", "userstates"}:
        return Ignored(_unread(one, "Unknown record"), "It is neither an alert nor an incident of Defender.")
    incident = "alerts" in keys or "incidentname" in keys or ("displayname" in keys and "title" not in keys)
    return _incident(read, reading) if incident else judged(_alert(read, reading), reading)


def _unread(content: object, title: str) -> Alert:
    return Alert(SOURCE, digest(content), title, "unknown", activity_at=None, accounts=())


def _alert(read: _Read, reading: Reading) -> Told:
    record = read.record
    items = [*record.evidence, *({**state, "entityType": USER_STATE} for state in record.user_states)]
    evidence = evidence_of(items, reading.tenant_id)
    told = _told(read, reading)
    return _with_accounts(told, evidence, reading)


def _with_accounts(told: Told, evidence: Evidence, reading: Reading) -> Told:
    known = reading.starting.least_for(told.alert.title)
    abuse = known is not None and known is not Least.NEVER
    accounts = evidence.accounts(abuse=abuse)
    return replace(told, alert=replace(told.alert, accounts=accounts), nobody=_nobody(evidence, abuse=abuse))


def _nobody(evidence: Evidence, *, abuse: bool) -> str:
    if (evidence.mailboxes or evidence.recipients) and not abuse:
        return _MAILBOX
    if evidence.kinds & {"oauthapplication", "serviceprincipal"}:
        return _APPLICATION
    if evidence.kinds & {"device", "machine", "process", "user", "account"}:
        return _BUILT_IN
    return ""


def _told(read: _Read, reading: Reading) -> Told:
    record = read.record
    updated = past(record.updated, reading.now)
    told_at = next((time for time in _times(record) if past(time, reading.now)), None)
    return Told(
        alert=Alert(
            source=SOURCE,
            identity=record.id or digest(read.content),
            title=record.title or "Untitled alert",
            severity=severity_of(record.severity),
            activity_at=past(record.first_activity, reading.now),
            accounts=(),
            updated_at=updated,
        ),
        told_at=told_at,
        tenants=frozenset(tenant for tenant in (record.tenant_id, record.azure_tenant_id) if tenant),
        closed=record.closed,
        services=frozenset([record.service] if record.service else []),
        otherwise=_otherwise(record.service, record.tactics, reading.starting),
    )


def _times(record: DefenderRecord) -> tuple[datetime | None, ...]:
    return (record.last_activity, record.first_activity, record.created, record.updated)


def _otherwise(service: str, tactics: frozenset[str], starting: StartingPolicy) -> Least:
    """From which severity an alert with a title that tells nothing starts: where it is about an identity, if at all."""
    if service not in starting.services:
        return Least.NEVER
    identity = service == "azureAdIdentityProtection" or tactics & {one.casefold() for one in starting.tactics}
    return starting.default_level if identity else Least.NEVER


def _incident(read: _Read, reading: Reading) -> Alert | Ignored:
    told = _told(read, reading)
    inner = [_Read(DefenderRecord.model_validate(one), one) for one in read.record.alerts]
    if not inner:
        level = reading.starting.default_level
        return judged(replace(told, otherwise=level, nobody=_NO_ALERTS, attention=True), reading)
    outcomes = [judged(_alert(one, reading), reading) for one in inner]
    starting = [one for one in outcomes if isinstance(one, Alert)]
    times = [time for one in inner for time in _times(one.record) if time and past(time, reading.now)]
    alert = replace(
        told.alert,
        accounts=merged(account for one in starting for account in one.accounts),
        activity_at=min((one.activity_at for one in starting if one.activity_at), default=told.alert.activity_at),
        confirmation=bool(starting) and all(one.confirmation for one in starting),
        notes=tuple(dict.fromkeys(note for one in outcomes for note in _notes(one))),
    )
    reasons = dict.fromkeys(one.reason for one in outcomes if isinstance(one, Ignored))
    none = "" if starting else f"None of its alerts starts a response. {' '.join([*reasons][:3])}"
    told_at = max(times) if times else told.told_at
    # What an incident is called is made of the titles of its alerts, which have been judged.
    return judged(replace(told, alert=alert, told_at=told_at, closed=told.closed or none, least=Least.ANY), reading)


def _notes(outcome: Alert | Ignored) -> tuple[str, ...]:
    return outcome.alert.notes if isinstance(outcome, Ignored) else outcome.notes


def _streamed(one: Streamed, reading: Reading) -> Alert | Ignored:
    read = _Read(DefenderRecord.model_validate(one.fields), one.fields)
    told = _told(read, reading)
    told = _with_accounts(told, evidence_of(one.evidence, reading.tenant_id), reading)
    return judged(replace(told, tenants=one.tenants, nobody=told.nobody or _ELSEWHERE), reading)
