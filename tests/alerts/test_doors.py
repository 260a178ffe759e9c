"""What each payload of each source is read as: its kind, its identity, whom it names, and whether it starts and why."""

import json

import pytest

from shared.alerts.__main__ import shown
from shared.alerts.alert import Alert, Ignored, NamedAccount, alert_key
from shared.alerts.kinds import READERS, UNKNOWN, kind_of
from shared.alerts.starting import StartingPolicy

from . import payloads as made
from .cases import BY_ID_AND_NAME, STARTS, Case
from .defender_cases import DEFENDER
from .graph_cases import BY_ID, GRAPH
from .monitor_cases import MONITOR
from .payloads import ADA, ARM_ID
from .records import NOW, TENANT, detection
from .sentinel_cases import SENTINEL

CASES = {
    f"{kind}: {name}": case
    for kind, cases in (("defender", DEFENDER), ("sentinel", SENTINEL), ("azure-monitor", MONITOR), ("graph", GRAPH))
    for name, case in cases.items()
}


def read_case(case: Case) -> Alert | Ignored:
    policy = StartingPolicy.model_validate(case.policy)
    body = json.dumps(case.body).encode()
    (outcome,) = READERS[case.kind](body, tenant_id=TENANT, now=NOW, starting=policy)
    return outcome


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_payload_is_read_as_what_it_is(case: Case) -> None:
    outcome = read_case(case)
    alert = outcome.alert if isinstance(outcome, Ignored) else outcome
    told = shown(outcome)
    assert str(told["reason"]).startswith(case.reason), told["reason"]
    assert told["starts"] is (case.reason == STARTS), told["reason"]
    assert isinstance(outcome, Alert) is (case.reason == STARTS or "waits for approval" in case.reason)
    assert (alert.identity, alert.accounts, alert.severity) == (case.identity, case.accounts, case.severity)
    missing = (outcome.missing, outcome.attention) if isinstance(outcome, Ignored) else (None, False)
    assert missing == (case.missing, case.attention)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_its_kind_is_told_by_its_content(case: Case) -> None:
    assert kind_of(json.dumps(case.body).encode()) == case.kind


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"hello": "world"}', b"[1]", b'{"id": 7}', b"\xff"])
def test_what_no_source_sends_has_no_kind(body: bytes) -> None:
    assert kind_of(body) == UNKNOWN


def test_a_record_of_entra_is_told_from_an_alert_about_it() -> None:
    assert kind_of(json.dumps(detection()).encode()) == "entra"


def test_the_first_activity_is_when_the_attacker_acted() -> None:
    for case in (DEFENDER["an alert"], DEFENDER["an incident"], SENTINEL["an incident"], SENTINEL["an alert"]):
        alert = read_case(case)
        assert isinstance(alert, Alert)
        assert f"{alert.activity_at:%H:%M}" == "10:01"
    for case in (MONITOR["dimensions"], MONITOR["rows"]):
        alert = read_case(case)
        assert isinstance(alert, Alert)
        assert f"{alert.activity_at:%H:%M}" == "10:00"


@pytest.mark.parametrize("case", [DEFENDER["a bad time"], SENTINEL["a bad time"]], ids=["defender", "sentinel"])
def test_an_alert_without_a_time_says_so(case: Case) -> None:
    alert = read_case(case)
    assert isinstance(alert, Alert)
    assert alert.activity_at is None


def test_a_copy_of_defenders_incident_knows_whose_it_is_and_its_own_incident() -> None:
    copy, original = read_case(SENTINEL["a copy of Defender's"]), read_case(DEFENDER["an incident"])
    assert isinstance(copy, Alert)
    assert isinstance(original, Alert)
    assert copy.repeats == original.key == alert_key("defender", "4711")
    assert (copy.sentinel_incident, original.sentinel_incident) == (ARM_ID, "")
    own = read_case(SENTINEL["an incident"])
    assert isinstance(own, Alert)
    assert own.repeats == ""


def test_a_person_who_asks_for_an_entity_starts_at_any_severity_and_again_a_minute_later() -> None:
    def at(minute: int) -> Alert | Ignored:
        body = json.dumps(made.entity_trigger()).encode()
        now = NOW.replace(minute=minute)
        (outcome,) = READERS["sentinel"](body, tenant_id=TENANT, now=now, starting=StartingPolicy())
        return outcome

    first, again, later = at(1), at(1), at(2)
    assert isinstance(first, Alert)
    assert isinstance(later, Alert)
    assert (first.accounts, first.sentinel_incident) == ((BY_ID_AND_NAME,), ARM_ID)
    assert first == again
    assert first.key != later.key


@pytest.mark.parametrize("name", ["IncidentARMId", "incidentArmID", "IncidentARMID"])
def test_the_incident_of_an_entity_is_found_however_it_is_written_and_may_be_missing(name: str) -> None:
    trigger = {"Entity": made.entity(Name="ada", UPNSuffix="contoso.com")}
    for body, arm_id in ((trigger | {name: ARM_ID}, ARM_ID), (trigger, ""), (trigger | {name: "/x"}, "")):
        (outcome,) = READERS["sentinel"](
            json.dumps(body).encode(), tenant_id=TENANT, now=NOW, starting=StartingPolicy()
        )
        assert isinstance(outcome, Alert)
        assert (outcome.sentinel_incident, outcome.accounts) == (arm_id, (NamedAccount(name=ADA),))


def test_a_notification_is_believed_only_with_our_client_state() -> None:
    body = json.dumps({"value": [made.notification(), made.notification(clientState="another")]}).encode()
    reader = READERS["graph"]
    ours, another = reader(body, tenant_id=TENANT, now=NOW, starting=StartingPolicy(), client_state="a secret of ours")
    assert isinstance(ours, Ignored)
    assert isinstance(another, Ignored)
    assert ours.reason.startswith(BY_ID)
    assert another.reason == "Its clientState is not that of our subscriptions."
    assert another.alert.title == "Unknown record"


@pytest.mark.parametrize("state", [None, 7, "", ["a secret of ours"], "a secret of our", "\ud800"])
def test_a_client_state_that_is_no_text_of_ours_is_none(state: object) -> None:
    body = json.dumps(made.notification(clientState=state)).encode()
    (outcome,) = READERS["graph"](
        body, tenant_id=TENANT, now=NOW, starting=StartingPolicy(), client_state="a secret of ours"
    )
    assert isinstance(outcome, Ignored)
    assert outcome.reason.startswith("Its clientState")
