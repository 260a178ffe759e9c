"""What holds for every body that anybody may send to any door but Entra's own."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.alerts.alert import Alert, Ignored
from shared.alerts.errors import BadPayload
from shared.alerts.kinds import READERS, kind_of
from shared.alerts.starting import StartingPolicy

from . import payloads as made
from .payloads import ADA, ADA_ID, ADA_SID, ARM_ID, BOB
from .records import NOW, OTHER_TENANT, TENANT, Record

POLICY = StartingPolicy.model_validate({"monitor_rules": ["risky sign-ins"]})
BASES: dict[str, list[Record]] = {
    "defender": [
        made.defender_alert(evidence=[made.user(), made.mailbox(), made.message(), made.device(), made.process()]),
        made.defender_incident(),
        made.native_incident(),
        made.streamed(),
        made.streamed("AlertInfo"),
        made.legacy_alert(),
    ],
    "sentinel": [
        made.sentinel_incident(made.entity(), made.entity("Mailbox", mailboxPrimaryAddress=BOB)),
        made.xdr_incident(),
        made.security_alert(),
        made.entity_trigger(),
    ],
    "azure-monitor": [made.monitor_v2(), made.monitor_v1()],
    "graph": [made.notification(), {"subscriptionId": "1", "lifecycleEvent": "missed"}],
}
SOURCES = sorted(BASES)


def _names(value: object) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(name for inner in value.values() for name in _names(inner))}
    return {name for inner in value for name in _names(inner)} if isinstance(value, list) else set()


# Words that decide something, so that random changes reach every rule and not only the first.
WORDS = st.sampled_from(
    [
        "high", "Low", "unknown", "resolved", "active", "Closed", "Fired", "Resolved", "falsePositive", "Sev0", "Log",
        "Metric", "start", "Leaked credentials", "Email reported by user as malware", "Account", "mailbox", "User",
        "#microsoft.graph.security.userEvidence", "#microsoft.graph.security.mailboxEvidence", "Impacted", "recipient",
        "dataLossPrevention", "Microsoft XDR", "S-1-5-18", "S-1-12-1-1-2-3-4", ADA, ADA_ID, ADA_SID, BOB, ARM_ID,
        TENANT, OTHER_TENANT, "2026-07-18T10:00:00Z", "7/18/2026 2:03:03 PM", "0001-01-01T00:00:00", "[]", '{"a": 1}',
        '[{"Type": "account"', "pc-17$",
    ]
)  # fmt: skip
SCALARS = WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def _values(names: list[str]) -> st.SearchStrategy[Any]:
    fields = st.sampled_from(names) | st.text(max_size=10)
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(fields, inner, max_size=6),
        max_leaves=12,
    )


VALUES = {source: _values(sorted(_names(bases))) for source, bases in BASES.items()}


@st.composite
def changed(draw: st.DrawFn, source: str) -> Record:
    """A payload of the source, with one or more of its values, however deep, replaced by others."""
    record: Record = json.loads(json.dumps(draw(st.sampled_from(BASES[source]))))
    for _ in range(draw(st.integers(0, 4))):
        _change(draw, record, draw(VALUES[source]))
    return record


def _change(draw: st.DrawFn, place: Any, value: object) -> None:
    keys = sorted(place) if isinstance(place, dict) else range(len(place))
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
        _change(draw, place[key], value)
    else:
        place[key] = value


def read(source: str, body: object) -> list[Alert | Ignored]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        return READERS[source](content, tenant_id=TENANT, now=NOW, starting=POLICY)
    except BadPayload:
        return []


def alert_of(outcome: Alert | Ignored) -> Alert:
    return outcome.alert if isinstance(outcome, Ignored) else outcome


def check(source: str, outcome: Alert | Ignored) -> None:
    """What a door relies on, whatever was sent."""
    alert = alert_of(outcome)
    assert alert.source == source
    assert alert.identity
    assert alert.title
    assert alert.title.isprintable()
    assert len(f"{alert.identity}{alert.title}{alert.sentinel_incident}".encode()) < 8000
    assert alert.severity in {"informational", "low", "medium", "high", "unknown", *(f"Sev{n}" for n in range(5))}
    assert all(account.key for account in alert.accounts)
    assert len({account.key for account in alert.accounts}) == len(alert.accounts)
    for time in (alert.activity_at, alert.updated_at):
        assert time is None or (time.tzinfo is not None and (time - NOW).days < 1)
    if isinstance(outcome, Ignored):
        assert outcome.reason.endswith(".")
        assert outcome.reason.isprintable()
        assert not (outcome.missing and alert.accounts)
    else:
        assert alert.accounts


@pytest.mark.parametrize("source", SOURCES)
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_read_or_refused(source: str, body: bytes) -> None:
    kind_of(body)
    for outcome in read(source, body):
        check(source, outcome)


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.data())
def test_any_json_is_read_or_refused(source: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[source])
    kind_of(json.dumps(value).encode())
    for outcome in read(source, value):
        check(source, outcome)


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=300)
@given(data=st.data())
def test_no_record_is_lost_and_a_second_reading_is_the_same(source: str, data: st.DataObject) -> None:
    """Only what an export tells of one alert in several records is one: that is in a test of its own."""
    records = [data.draw(changed(source)) | {"id": "x"}, data.draw(changed(source)) | {"id": "y"}]
    one, other = (read(source, [record]) for record in records)
    both = read(source, {"value": records})
    assert len(one) == len(other) == 1
    assert both == read(source, {"value": records})
    together = all("AlertId" in str(record) for record in records) and len(both) == 1
    assert both == [*one, *other] or together
    for outcome in [*one, *other, *both]:
        check(source, outcome)


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.data())
def test_a_bad_time_never_keeps_an_alert_from_starting(source: str, data: st.DataObject) -> None:
    bad = st.none() | st.sampled_from(["", "NA", "soon", "0001-01-01T00:00:00", "9999-12-31T23:59:59Z"])

    def spoilt(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: spoilt(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoilt(inner) for inner in value]
        timed = any(word in name.casefold() for word in ("time", "activity")) and isinstance(value, str)
        return data.draw(bad) if timed else value

    base = data.draw(st.sampled_from(BASES[source]))
    (before,), (after,) = read(source, base), read(source, spoilt(base))
    assert type(after) is type(before)
    assert alert_of(after).accounts == alert_of(before).accounts


@given(data=st.data())
def test_another_tenants_alert_never_starts(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(["defender", "graph"]))
    for outcome in read(source, [data.draw(changed(source)) | {"tenantId": OTHER_TENANT}]):
        assert isinstance(outcome, Ignored)
        assert outcome.alert.accounts == ()


@given(st.permutations([made.streamed(), made.streamed("AlertInfo"), made.streamed(EntityType="Ip")]))
def test_what_an_export_tells_of_one_alert_is_one_in_any_order(records: list[Record]) -> None:
    (outcome,) = read("defender", {"records": records})
    assert isinstance(outcome, Alert)


@given(data=st.data())
def test_a_change_notification_never_starts(data: st.DataObject) -> None:
    assert all(isinstance(one, Ignored) for one in read("graph", [data.draw(changed("graph"))]))
