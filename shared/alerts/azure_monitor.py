"""Log search alerts of Azure Monitor: the common alert schema, and the shapes before it.

The accounts are in the result's rows, which the newer kind never carries, or in the dimensions that the rule splits by.
Sources: the common alert schema (alerts-common-schema, alerts-payload-samples), alerts-log-webhook, action-groups.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import AliasChoices, Field

from .accounts import Surroundings, account_of, merged
from .alert import Alert, Ignored, Lookup, Missing
from .detections import RISKY_USER, Least
from .judging import Reading, Told, judged, past
from .payload import digest, read_records
from .starting import StartingPolicy
from .tolerant import Folded, Id, Line, Object, Objects, Text, Time, Word, folded

SOURCE = "azure-monitor"

_SEVERITIES = ("critical", "error", "warning", "informational", "verbose")
_TEST_RULE = re.compile(r"test-[a-z]+alertrule(-.*)?", re.IGNORECASE)
_OPEN_RISK = frozenset(("atrisk", "confirmedcompromised"))
_TEST = "It is what the Test button of an action group sends."
_RESOLVED = "Its condition is resolved."
_NO_LOG = "It is no log search alert, and names no account: whoever is in it has only done or reported something."
_NOT_NAMED = (
    "By policy, alerts of this rule start no response: its name is not in monitor_rules, "
    "and it has no custom property regain: start."
)
_NOBODY = (
    "Neither its dimensions nor its rows name an account: split the rule by UserPrincipalName, "
    "UserId or AccountObjectId."
)


class _Essentials(Folded):
    alert_id: Text = None
    alert_rule: Line = None
    severity: Id = None
    signal_type: Word = None
    monitor_condition: Word = None
    monitoring_service: Word = None
    fired: Time = Field(None, validation_alias="fireddatetime")
    resolved: Time = Field(None, validation_alias="resolveddatetime")


class _Context(Folded):
    """The context of an alert, of either version, or a body that is nothing else."""

    alert_rule: Line = Field(None, validation_alias=AliasChoices("alertrulename", "alertname"))
    severity: Id = None
    condition: Object = Field(default_factory=dict)
    properties: Object = Field(default_factory=dict)
    dimensions: Objects = ()
    results: Object = Field(default_factory=dict, validation_alias=AliasChoices("searchresults", "searchresult"))
    link: Text = Field(None, validation_alias=AliasChoices("linktofilteredsearchresultsapi", "linktosearchresultsapi"))
    started: Time = Field(None, validation_alias=AliasChoices("searchintervalstarttimeutc", "windowstarttime"))
    ended: Time = Field(None, validation_alias=AliasChoices("searchintervalendtimeutc", "windowendtime"))
    all_of: Objects = ()


class _Row(Folded):
    """The columns that say how great Entra takes the risk to be, where a rule reads its tables."""

    risk_level: Word = Field(None, validation_alias=AliasChoices("risklevel", "risklevelaggregated"))
    risk_state: Word = None
    risk_event_type: Text = Field(None, validation_alias=AliasChoices("riskeventtype", "risktype"))
    risk_last_updated: Text = Field(None, validation_alias="risklastupdateddatetime")
    id: Text = None


@dataclass(frozen=True)
class _LogAlert:
    """A body, whatever its shape."""

    essentials: _Essentials
    contexts: tuple[_Context, ...]
    rows: tuple[dict[str, object], ...]
    properties: dict[str, object]
    log: bool

    @property
    def rule(self) -> str:
        return self.essentials.alert_rule or next((one.alert_rule for one in self.contexts if one.alert_rule), "")

    @property
    def link(self) -> str:
        return next((one.link for one in self.contexts if one.link), "")

    @property
    def resolved(self) -> bool:
        told = self.essentials.monitor_condition
        return told == "resolved" if told else self.essentials.resolved is not None

    @property
    def asks_to_start(self) -> bool:
        return str(folded(self.properties).get("regain", "")).strip().casefold() == "start"

    @property
    def times(self) -> tuple[datetime | None, ...]:
        return (self.essentials.fired, *(one.ended for one in self.contexts), *(one.started for one in self.contexts))


def read_azure_monitor(
    body: bytes, *, tenant_id: str | None, now: datetime, starting: StartingPolicy
) -> list[Alert | Ignored]:
    """The alerts in ``body``, most often one.

    ``Ignored`` where it starts no response; with ``missing`` where only the rows behind its link can name the accounts.
    ``tenant_id`` is ours, None where anybody's alerts are read; ``now`` is aware. What is resolved has an identity of
    its own. Raises ``BadPayload`` where the body as a whole cannot be read.
    """
    reading = Reading(tenant_id, now, starting)
    return [_outcome(record, reading) for record in read_records(body)]


def with_rows(body: bytes, answer: bytes) -> bytes:
    """``body``, an alert without rows, with the tables that its query was ``answer``-ed with."""
    (record,) = read_records(body)
    assert isinstance(record, dict)  # noqa: S101 - only an alert is asked about
    return json.dumps(record | {"searchResults": json.loads(answer)}).encode()


def _outcome(record: object, reading: Reading) -> Alert | Ignored:
    if not isinstance(record, dict):
        unread = Alert(SOURCE, digest(record), "Unreadable record", "unknown", activity_at=None, accounts=())
        return Ignored(unread, "It is not a JSON object.")
    read = _log_alert(record)
    rows = [*_dimensions(read), *read.rows]
    around = Surroundings(reading.tenant_id)
    found = [(row, account) for row in rows if (account := account_of(_account_columns(row), around))]
    low = [why for row, _ in found if (why := _risk_too_low(row, reading.starting))]
    accounts = merged(account for row, account in found if not _risk_too_low(row, reading.starting))
    named = reading.starting.names_rule(read.rule) or read.asks_to_start
    told = Told(
        alert=replace(_alert(read, record, reading), accounts=accounts),
        told_at=next((time for time in read.times if past(time, reading.now)), None),
        closed=_closed(read, named=named) or (low[0] if low and not accounts else ""),
        nobody=_NOBODY,
        least=Least.ANY,
        missing=Missing(Lookup.ROWS, read.link) if read.link and not read.rows else None,
        attention=True,
    )
    return judged(told, reading)


def _log_alert(record: dict[str, object]) -> _LogAlert:
    outer = folded(record)
    data = folded(_as_object(outer.get("data", record)))
    essentials = _Essentials.model_validate(data.get("essentials"))
    fields = _as_object(data.get("alertcontext", data))
    context = _Context.model_validate(fields)
    condition = _Context.model_validate(context.condition)
    criteria = [_Context.model_validate(one) for one in condition.all_of]
    tables = _Context.model_validate(record).results or context.results
    log = essentials.signal_type == "log" or bool(tables) or (essentials.signal_type is None and bool(criteria))
    return _LogAlert(
        essentials=essentials,
        contexts=(context, condition, *criteria),
        rows=tuple(_rows(tables)),
        properties={**context.properties, **_as_object(data.get("customproperties"))},
        log=log or context.alert_rule is not None,
    )


def _as_object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _alert(read: _LogAlert, record: dict[str, object], reading: Reading) -> Alert:
    known = read.essentials.alert_id
    started = next((one.started for one in read.contexts if one.started), read.essentials.fired)
    return Alert(
        source=SOURCE,
        identity=(f"{known} Resolved" if read.resolved else known) if known else digest(record),
        title=read.rule or "Alert of a rule without a name",
        severity=_severity(read),
        activity_at=past(started, reading.now),
        accounts=(),
    )


def _severity(read: _LogAlert) -> str:
    """Sev0 to Sev4, as the portal calls it; older alerts have the number, or the word."""
    told = read.essentials.severity or next((one.severity for one in read.contexts if one.severity), None) or ""
    word = told.casefold().removeprefix("sev")
    number = _SEVERITIES.index(word) if word in _SEVERITIES else word
    return f"Sev{number}" if str(number) in "01234" and str(number) else "unknown"


def _closed(read: _LogAlert, *, named: bool) -> str:
    if _TEST_RULE.fullmatch(read.rule):
        return _TEST
    if read.resolved:
        return _RESOLVED
    if not read.log:
        return _NO_LOG
    return "" if named else _NOT_NAMED


def _dimensions(read: _LogAlert) -> Iterator[dict[str, object]]:
    """The dimensions of each condition, as a row."""
    for one in read.contexts:
        pairs = [folded(pair) for pair in one.dimensions]
        row = {name: pair.get("value") for pair in pairs if isinstance(name := pair.get("name"), str)}
        if row:
            yield row


def _rows(results: dict[str, object]) -> Iterator[dict[str, object]]:
    """The rows of all tables, by the names of their columns."""
    tables = folded(results).get("tables")
    for table in tables if isinstance(tables, list) else []:
        found = folded(_as_object(table))
        columns = found.get("columns")
        names = [folded(_as_object(one)).get("name") for one in columns] if isinstance(columns, list) else []
        rows = found.get("rows")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, list) and len(row) == len(names):
                yield {name: value for name, value in zip(names, row, strict=True) if isinstance(name, str)}


_ACCOUNT_COLUMNS = {
    "userprincipalname": "userPrincipalName",
    "accountupn": "userPrincipalName",
    "upn": "userPrincipalName",
    "mailboxownerupn": "userPrincipalName",
    "useridentity": "userPrincipalName",
    "userid": "userId",
    "accountobjectid": "userId",
    "aaduserid": "userId",
    "useraadid": "userId",
    "userobjectid": "userId",
    "accountsid": "sid",
    "usersid": "sid",
}
"""What a rule may call the account it is about. Not among them: callers, senders, recipients, initiators."""


def _account_columns(row: dict[str, object]) -> dict[str, object]:
    """The columns that name an account, by the names that other sources have for them."""
    columns = folded(row)
    known = {_ACCOUNT_COLUMNS[name]: value for name, value in columns.items() if name in _ACCOUNT_COLUMNS}
    read = _Row.model_validate(row)
    if read.risk_last_updated and "userId" not in known:  # a risky user's id is the user's
        known["userId"] = read.id
    return known


def _risk_too_low(row: dict[str, object], starting: StartingPolicy) -> str:
    """Why a row of Entra ID Protection's tables starts nothing, "" where it may, or is of another table."""
    read = _Row.model_validate(row)
    if read.risk_state and read.risk_state not in _OPEN_RISK:
        return f"The risk that it tells of is not open: the state is {read.risk_state}."
    if read.risk_level is None or read.risk_state == "confirmedcompromised":
        return ""
    kind = read.risk_event_type or RISKY_USER
    if starting.least(kind).reached_by(read.risk_level):
        return ""
    return f"Its risk level is {read.risk_level}: by policy, {kind} starts a response from {starting.least(kind)} on."
