"""What a playbook of Microsoft Sentinel hands over: the body of its incident, alert or entity trigger.

Also incidents and entities as the REST API shows them, and as its SDKs print them. Sources: the triggers of the
Sentinel connector, the REST resources ``incidents`` and ``entities``, the table SecurityAlert, the entity reference.
"""

import json
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from pydantic import AliasChoices, Field

from .accounts import Surroundings, account_of, merged
from .alert import Alert, Ignored, Lookup, Missing, NamedAccount, alert_key
from .defender import SOURCE as DEFENDER
from .detections import Least
from .judging import Reading, Told, judged, past, severity_of
from .names import address
from .payload import digest, read_records
from .signals import service_named
from .starting import StartingPolicy
from .tolerant import Folded, Id, Line, Object, Objects, Text, Time, Word, folded

SOURCE = "sentinel"

_INCIDENT = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.OperationalInsights/workspaces/[^/]+"
    r"/providers/Microsoft\.SecurityInsights/incidents/[^/?#]+",
    re.IGNORECASE,
)
_XDR = frozenset(("microsoft xdr", "microsoft 365 defender", "microsoft defender xdr"))
_HARMLESS = {
    "falsepositive": "It is classified as a false positive.",
    "benignpositive": "It is classified as benign.",
}
_NO_ENTITIES = "It came without entities, which would name the accounts."
_NO_ACCOUNT = "None of its entities is an account of a person that can be looked up."
_MAILBOX = "It names only mailboxes or recipients of mail, which may be victims': its title does not say which."
_NO_ALERT = "It lists entities, and is no alert."


class IncidentFields(Folded):
    """The properties of an incident."""

    title: Line = None
    severity: Word = None
    status: Word = None
    classification: Word = None
    provider_name: Word = None
    provider_incident_id: Id = None
    additional_data: Object = Field(default_factory=dict)
    related_entities: Objects = ()
    first_activity: Time = Field(None, validation_alias="firstactivitytimeutc")
    last_activity: Time = Field(None, validation_alias="lastactivitytimeutc")
    created: Time = Field(None, validation_alias="createdtimeutc")
    updated: Time = Field(None, validation_alias="lastmodifiedtimeutc")

    @property
    def closed(self) -> str:
        """Why there is nothing to respond to any more, "" where there is."""
        return "It is closed." if self.status == "closed" else _HARMLESS.get(self.classification or "", "")

    @property
    def services(self) -> frozenset[str]:
        """The products that its alerts come from, as ``alerts_v2`` calls them."""
        products = folded(self.additional_data).get("alertproductnames")
        names = products if isinstance(products, list) else [products]
        return frozenset(service_named(name) for name in names if isinstance(name, str) and name)

    @property
    def tenants(self) -> frozenset[str]:
        """The tenant of the Defender incident that this one is a copy of."""
        link = folded(self.additional_data).get("providerincidenturl")
        try:
            asked = parse_qs(urlsplit(link).query) if isinstance(link, str) else {}
        except ValueError:
            return frozenset()
        return frozenset(tenant.casefold() for tenant in asked.get("tid", []))


class SecurityAlert(Folded):
    """An alert as its trigger hands it over, or as the table SecurityAlert has it. ``TenantId`` is the workspace's."""

    system_alert_id: Id = None
    title: Line = Field(None, validation_alias=AliasChoices("alertdisplayname", "displayname", "alertname"))
    severity: Word = Field(None, validation_alias=AliasChoices("severity", "alertseverity"))
    status: Word = None
    product_name: Line = Field(None, validation_alias=AliasChoices("productname", "providername"))
    entities: Objects = ()
    start: Time = Field(None, validation_alias=AliasChoices("starttimeutc", "starttime"))
    end: Time = Field(None, validation_alias=AliasChoices("endtimeutc", "endtime"))
    generated: Time = Field(None, validation_alias=AliasChoices("timegenerated", "processingendtime"))


class _Entity(Folded):
    kind: Word = Field(None, validation_alias=AliasChoices("kind", "type"))
    properties: Object = Field(default_factory=dict)
    host_name: Word = None
    recipient: Text = None

    @property
    def what(self) -> str:
        return (self.kind or "").rpartition("/")[2]


class _Outer(Folded):
    """Whatever is handed over, by what tells its shape."""

    id: Text = None
    name: Id = None
    type: Word = None
    body: Object = Field(default_factory=dict)
    object_schema_type: Word = None
    object: Object = Field(default_factory=dict)
    properties: Object = Field(default_factory=dict)
    entity: Object = Field(default_factory=dict)
    incident_arm_id: Text = None
    system_alert_id: Id = None
    incident_number: Id = None

    @property
    def is_incident(self) -> bool:
        return (self.type or "").endswith("/incidents") or self.incident_number is not None or self._holds_one

    @property
    def _holds_one(self) -> bool:
        return "incidentnumber" in folded(self.properties)


def read_sentinel(
    body: bytes, *, tenant_id: str | None, now: datetime, starting: StartingPolicy
) -> list[Alert | Ignored]:
    """The alerts in ``body``, one for each incident, alert or entity that was handed over.

    ``Ignored`` where it starts no response; with ``missing`` where the incident has come before its entities.
    ``tenant_id`` is ours, None where anybody's alerts are read; ``now`` is aware. An incident that is a copy of one of
    Defender's ``repeats`` it. Which of its alerts names which account, an incident does not tell.

    Raises ``BadPayload`` where the body as a whole cannot be read.
    """
    reading = Reading(tenant_id, now, starting)
    return [_outcome(record, reading) for record in read_records(body)]


def with_entities(body: bytes, answer: bytes) -> bytes:
    """``body``, an incident that came without entities, with those that Sentinel has since ``answer``-ed with."""
    (record,) = read_records(body)
    assert isinstance(record, dict)  # noqa: S101 - only an incident is asked about
    found = folded(json.loads(answer)).get("entities")
    holder = record
    while "properties" not in holder:
        inner = next((holder[name] for name in ("body", "object") if isinstance(holder.get(name), dict)), None)
        if not isinstance(inner, dict):
            break
        holder = inner
    holder.setdefault("properties", {})["relatedEntities"] = found
    return json.dumps(record).encode()


def _outcome(record: object, reading: Reading) -> Alert | Ignored:
    if not isinstance(record, dict):
        return Ignored(_unread(record, "Unreadable record"), "It is not a JSON object.")
    outer = _Outer.model_validate(record)
    if outer.body and not outer.object:
        return _outcome(outer.body, reading)
    if outer.object:
        inner = _Outer.model_validate(outer.object)
        return _incident(inner, outer.object, reading)
    if outer.entity:
        return _entity(outer, record, reading)
    if outer.system_alert_id:
        return _alert(record, record, reading)
    if outer.is_incident:
        return _incident(outer, record, reading)
    if "systemalertid" in folded(outer.properties):
        return _alert(outer.properties, record, reading)
    listing = folded(record).keys() & {"entities", "accounts", "kind"}
    why = _NO_ALERT if listing else "It is no incident, alert or entity of Sentinel."
    return Ignored(_unread(record, "Entities" if listing else "Unknown record"), why)


def _unread(content: object, title: str) -> Alert:
    return Alert(SOURCE, digest(content), title, "unknown", activity_at=None, accounts=())


def _incident(outer: _Outer, record: dict[str, object], reading: Reading) -> Alert | Ignored:
    fields = IncidentFields.model_validate(outer.properties or record)
    arm_id = outer.id if outer.id and _INCIDENT.fullmatch(outer.id) else ""
    copied = fields.provider_incident_id if fields.provider_name in _XDR else None
    alert = Alert(
        source=SOURCE,
        identity=outer.name or (outer.id or "").rpartition("/")[2] or digest(record),
        title=fields.title or "Untitled incident",
        severity=severity_of(fields.severity),
        activity_at=past(fields.first_activity, reading.now),
        accounts=(),
        updated_at=past(fields.updated, reading.now),
        repeats=alert_key(DEFENDER, copied) if copied else "",
        sentinel_incident=arm_id,
    )
    times = (fields.last_activity, fields.first_activity, fields.created, fields.updated)
    told = Told(
        alert=alert,
        told_at=next((time for time in times if past(time, reading.now)), None),
        tenants=fields.tenants,
        closed=fields.closed,
        services=fields.services,
        otherwise=reading.starting.sentinel,
        missing=Missing(Lookup.ENTITIES, arm_id) if arm_id and not fields.related_entities else None,
        attention=True,
    )
    return judged(_with_entities(told, fields.related_entities, reading), reading)


def _alert(fields: dict[str, object], record: dict[str, object], reading: Reading) -> Alert | Ignored:
    row = SecurityAlert.model_validate(fields)
    alert = Alert(
        source=SOURCE,
        identity=row.system_alert_id or digest(record),
        title=row.title or "Untitled alert",
        severity=severity_of(row.severity),
        activity_at=past(row.start, reading.now),
        accounts=(),
    )
    told = Told(
        alert=alert,
        told_at=next((time for time in (row.end, row.start, row.generated) if past(time, reading.now)), None),
        closed={"resolved": "It is resolved.", "dismissed": "It is dismissed."}.get(row.status or "", ""),
        services=frozenset([service_named(row.product_name)] if row.product_name else []),
        otherwise=reading.starting.sentinel,
        attention=True,
    )
    return judged(_with_entities(told, row.entities, reading), reading)


def _entity(outer: _Outer, record: dict[str, object], reading: Reading) -> Alert | Ignored:
    """A person has asked for it, at that minute: asking again later is another alert."""
    arm_id = outer.incident_arm_id or ""
    alert = Alert(
        source=SOURCE,
        identity=f"{digest(record)} {reading.now:%Y-%m-%dT%H:%M}",
        title="Asked for by a person, for one entity",
        severity="unknown",
        activity_at=None,
        accounts=(),
        sentinel_incident=arm_id if _INCIDENT.fullmatch(arm_id) else "",
    )
    told = Told(alert=alert, told_at=reading.now, least=Least.ANY, attention=True)
    return judged(_with_entities(told, (outer.entity,), reading), reading)


def _with_entities(told: Told, entities: tuple[dict[str, object], ...], reading: Reading) -> Told:
    """``told`` with the accounts that ``entities`` name: mailboxes only where it is known what the alert is about."""
    read = [(_Entity.model_validate(one), one) for one in entities]
    around = Surroundings(reading.tenant_id, frozenset(_hosts(read)))
    of_kind: dict[str, list[NamedAccount]] = {"account": [], "mailbox": []}
    for entity, record in read:
        if entity.what in of_kind and (account := account_of(entity.properties or record, around)):
            of_kind[entity.what].append(account)
    recipients = {found for entity, _ in read if (found := address(_inner(entity).recipient or entity.recipient))}
    known = told.least or reading.starting.least_for(told.alert.title)
    abuse = known is not None and known is not Least.NEVER
    accounts = merged([*of_kind["account"], *of_kind["mailbox"]]) if abuse else merged(of_kind["account"])
    victims = set() if abuse else recipients
    left = tuple(account for account in accounts if account.name not in victims)
    mail = bool(of_kind["mailbox"] or recipients) and not abuse
    nobody = _MAILBOX if mail else _NO_ACCOUNT if entities else _NO_ENTITIES
    return replace(told, alert=replace(told.alert, accounts=left), nobody=nobody)


def _inner(entity: _Entity) -> _Entity:
    return _Entity.model_validate(entity.properties)


def _hosts(read: list[tuple[_Entity, dict[str, object]]]) -> set[str]:
    names = {_inner(entity).host_name or entity.host_name for entity, _ in read}
    return {name for name in names if name}
