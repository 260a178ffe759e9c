"""What holds for every body that anybody may send to the Entra door."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.alerts.alert import Alert, Ignored
from shared.alerts.errors import BadPayload
from shared.alerts.payload import MAX_RECORDS

from .records import OTHER_TENANT, TENANT, USER, Record, detection, exported, read, read_one, risky_user

# Words that decide something, so that random records reach every rule and not only the first.
WORDS = st.sampled_from(
    [
        "atRisk", "confirmedCompromised", "remediated", "none", "low", "medium", "high", "hidden", "generic",
        "leakedCredentials", "adminConfirmedUserCompromised", "adminConfirmedSigninCompromised", "tokenIssuerAnomaly",
        "signin", "servicePrincipal", "agentIdentity", "UserRiskEvents", "RiskyUsers", "RiskyServicePrincipals",
        "#microsoft.graph.riskyUser", "#microsoft.graph.riskyUserHistoryItem", "ada@contoso.com", USER, TENANT,
        OTHER_TENANT, f"/tenants/{TENANT}/", "2026-07-18T10:00:00Z", "7/18/2026 2:03:03 PM", "0001-01-01T00:00:00",
        "9999-12-31T23:59:59Z",
    ]
)  # fmt: skip
FIELDS = st.sampled_from(
    sorted({*detection(), *risky_user(), *exported({}), "@odata.type", "riskType", "servicePrincipalId", "appId",
            "agentId", "identityType", "initiatedBy", "azureTenantId", "value", "records"})
)  # fmt: skip
VALUES = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(), inner, max_size=6),
    max_leaves=20,
)
CHANGES = st.dictionaries(FIELDS, VALUES, max_size=4)
RECORDS = st.builds(lambda base, changes: base | changes, st.sampled_from([detection(), risky_user()]), CHANGES)
BARE = st.one_of(
    st.builds(lambda changes: detection() | changes, st.dictionaries(st.sampled_from(sorted(detection())), WORDS)),
    st.builds(lambda changes: risky_user() | changes, st.dictionaries(st.sampled_from(sorted(risky_user())), WORDS)),
)


def alert_of(outcome: Alert | Ignored) -> Alert:
    return outcome.alert if isinstance(outcome, Ignored) else outcome


def read_or_refuse(body: object) -> list[Alert | Ignored]:
    try:
        return read(body)
    except BadPayload:
        return []


def check(outcome: Alert | Ignored) -> None:
    """What a door relies on, whatever was sent."""
    alert = alert_of(outcome)
    assert alert.source == "entra"
    assert alert.identity
    assert alert.title
    assert alert.severity in {"none", "low", "medium", "high", "unknown"}
    assert len(f"{alert}".encode()) < 8000
    assert all(account.id or account.name for account in alert.accounts)
    if isinstance(outcome, Ignored):
        assert outcome.reason.endswith(".")
        assert outcome.reason.isprintable()
    else:
        assert len(alert.accounts) == 1


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for outcome in read_or_refuse(body):
        check(outcome)


@given(VALUES)
def test_any_json_is_read_or_refused(value: object) -> None:
    for outcome in read_or_refuse(value):
        check(outcome)


@given(st.lists(VALUES, max_size=5))
def test_any_lines_are_read_or_refused(values: list[object]) -> None:
    for outcome in read_or_refuse("\n".join(json.dumps(value) for value in values).encode()):
        check(outcome)


@settings(max_examples=300)
@given(RECORDS, st.booleans())
def test_no_record_is_lost_and_a_second_reading_is_the_same(record: Record, export: bool) -> None:
    body = {"value": [exported(record) if export else record | {"id": "x"}, detection()]}
    outcomes = read(body)
    assert len(outcomes) == 2
    assert outcomes == read(body)
    for outcome in outcomes:
        check(outcome)


@given(BARE)
def test_the_same_record_in_any_envelope_is_the_same_alert(record: Record) -> None:
    alone = read_one(record)
    line = json.dumps(record)
    for body in (
        [record],
        {"value": [record]},
        {"value": record},
        {"records": [record]},
        [{"records": [record]}],
        f"\n{line}\n\n".encode(),
        json.dumps(record, indent=2).encode(),
    ):
        assert read(body) == [alone]
    assert read(f"{line}\n{line}\n".encode()) == [alone, alone]


@given(st.sampled_from([(detection, "UserRiskEvents"), (risky_user, "RiskyUsers")]), st.data())
def test_the_same_record_from_graph_and_from_an_export_is_the_same_alert(
    made: tuple[Callable[..., Record], str], data: st.DataObject
) -> None:
    make, category = made
    states = st.sampled_from(["atRisk", "confirmedCompromised", "remediated", "dismissed"])
    levels = st.sampled_from(["none", "low", "medium", "high", "hidden"])
    record = make(riskState=data.draw(states), riskLevel=data.draw(levels))
    assert read_one(exported(record, category)) == read_one(record)
    assert read({"records": [exported(record, category)]}) == [read_one(record)]


@given(BARE, st.integers(0, 3))
def test_a_record_of_another_tenant_never_starts(record: Record, where: int) -> None:
    foreign: Record = (
        record | {"tenantId": OTHER_TENANT},
        record | {"azureTenantId": OTHER_TENANT},
        exported(record, tenantId=OTHER_TENANT),
        exported(record, resourceId=f"/tenants/{OTHER_TENANT}/"),
    )[where]
    outcome = read_one(foreign)
    assert isinstance(outcome, Ignored)
    assert outcome.alert.accounts == ()


@given(RECORDS)
def test_only_an_open_risk_of_a_named_user_starts(record: Record) -> None:
    outcome = read_or_refuse([record | {"id": "x"}])
    if outcome and isinstance(outcome[0], Alert):
        inner = record.get("properties")
        told = inner if isinstance(inner, dict) else record
        assert str(told["riskState"]).strip().casefold() in {"atrisk", "confirmedcompromised"}
        assert told.get("activity") != "servicePrincipal"


@settings(max_examples=5)
@given(st.integers(1, 20))
def test_too_many_records_are_refused_in_any_envelope(surplus: int) -> None:
    records = [detection()] * (MAX_RECORDS + surplus)
    lines = "\n".join(json.dumps(record) for record in records).encode()
    for body in (records, {"value": records}, {"records": records}, lines):
        with pytest.raises(BadPayload, match=f"at most {MAX_RECORDS}"):
            read(body)
