"""Every door opens an incident; one attack that comes by all of them is one; what starts nothing is accepted too."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.principal import ACTION_GROUP_ROLE, ACTION_GROUPS
from tests.alerts import payloads as made
from tests.end_to_end.world import World, eventually, risk_detection

DOORS = {
    "alerts_azure_monitor": "alerts/azure-monitor",
    "alerts_defender": "alerts/defender",
    "alerts_entra": "alerts/entra",
    "alerts_graph": "alerts/graph",
    "alerts_sentinel": "alerts/sentinel",
}
OTHER_TENANT = "0b7d0e53-3d7e-4a0f-8e52-9a4b1c2d3e4f"
RECENT = dict.fromkeys(("createdDateTime", "firstActivityDateTime", "lastActivityDateTime", "lastUpdateDateTime"))
UNDATED = {"firstActivityTimeUtc": None, "lastActivityTimeUtc": None, "createdTimeUtc": None}


async def _knock(running: World, function: str, body: object, **more: Any) -> httpx.Response:
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    return await running.call(function, "POST", DOORS[function], **content, **more)


async def _opened(running: World, function: str, body: object) -> str:
    answer = await _knock(running, function, body)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    (incident,) = answer.json()["incidents"]
    return str(incident["id"])


async def _tenant(running: World) -> str:
    return str((await running.state())["tenant"]["id"])


def _defender(user: dict[str, Any], tenant: str, **changes: object) -> dict[str, Any]:
    evidence = made.person(user["id"], user["userPrincipalName"])
    told = {"id": uuid4().hex, "tenantId": tenant, "evidence": [evidence]}
    return made.defender_alert(**told | RECENT | changes)


def _sentinel(user: dict[str, Any], **changes: object) -> dict[str, Any]:
    name = str(uuid4())
    incident = made.sentinel_incident(made.entity(aadUserId=user["id"]), **UNDATED | changes)
    incident["object"] |= {"id": made.ARM_ID.rpartition("/")[0] + f"/{name}", "name": name}  # type: ignore[operator]
    return incident


def _monitor(user: dict[str, Any], **changes: object) -> dict[str, Any]:
    alert: Any = made.monitor_v2(("UserPrincipalName", user["userPrincipalName"]))
    named = {"alertId": f"/subscriptions/x/providers/y/alerts/{uuid4()}", "firedDateTime": None}
    alert["data"]["essentials"] |= named | changes
    alert["data"]["alertContext"]["condition"] |= {"windowStartTime": None, "windowEndTime": None}
    return dict(alert)


async def test_one_attack_that_comes_by_every_way_is_one_incident_with_every_id(running: World) -> None:
    user, tenant = await running.victim(), await _tenant(running)
    detection, alert = risk_detection(user), _defender(user, tenant)
    undated = {"createdDateTime": None, "lastUpdateDateTime": None}
    incident = made.defender_incident(alert, id=uuid4().hex, tenantId=tenant, **undated)
    copy = _sentinel(user, providerName="Microsoft XDR", providerIncidentId=incident["id"])
    log_alert = _monitor(user)

    ids = [
        await _opened(running, "alerts_entra", {"value": [detection]}),
        await _opened(running, "alerts_defender", alert),
        await _opened(running, "alerts_defender", incident),
        await _opened(running, "alerts_sentinel", copy),
        await _opened(running, "alerts_azure_monitor", log_alert),
    ]
    ended = [await running.ended(one) for one in dict.fromkeys(ids)]

    (worked,) = [one for one in ended if one.status == "secured"]
    assert {one.joined_to for one in ended if one.status == "joined"} == {worked.id}
    assert len(ended) == 4, "the copy of Defender's incident has found it"

    async def all_ids() -> bool | None:
        kept = {one.identity for one in (await running.incident(worked.id)).alerts}
        told = {detection["id"], alert["id"], incident["id"], copy["object"]["name"]}
        return kept == told | {log_alert["data"]["essentials"]["alertId"]} or None

    assert await eventually(all_ids, 10)
    assert sum(call["method"] == "PATCH" for call in await running.writes(user["id"])) == 3


@pytest.mark.parametrize("function", ["alerts_defender", "alerts_sentinel"])
async def test_another_tenants_alert_starts_nothing_and_says_so(running: World, function: str) -> None:
    user = await running.victim()
    link = f"https://security.microsoft.com/incident2/1/overview?tid={OTHER_TENANT}"
    foreign = {
        "alerts_defender": _defender(user, OTHER_TENANT),
        "alerts_sentinel": _sentinel(user, additionalData={"providerIncidentUrl": link}),
    }
    answer = await _knock(running, function, foreign[function])
    assert (answer.status_code, answer.json()["incidents"]) == (httpx.codes.ACCEPTED, [])
    assert answer.json()["ignored"][0]["reason"] == f"It comes from another tenant: {OTHER_TENANT}."
    assert await running.writes(user["id"]) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"42", b'{"value": "none"}', b"[" * 100_000])
async def test_azure_monitor_is_never_refused_for_what_it_sends(running: World, body: bytes) -> None:
    answer = await _knock(running, "alerts_azure_monitor", body)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    assert answer.json()["alerts"] == len(answer.json()["ignored"])


@pytest.mark.parametrize("function", ["alerts_defender", "alerts_sentinel", "alerts_graph"])
async def test_any_other_door_says_what_it_cannot_read(running: World, function: str) -> None:
    answer = await _knock(running, function, b"{")
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "JSON" in answer.json()["detail"]


@pytest.mark.parametrize("function", DOORS)
async def test_no_door_opens_without_its_own_key(running: World, function: str) -> None:
    url = f"{running.stack.host_url}/api/{DOORS[function]}"
    for headers in ({}, {"x-functions-key": running.stack.key("open_incident")}):
        assert (await running.http.post(url, json={}, headers=headers)).status_code == httpx.codes.UNAUTHORIZED


async def _webhook(running: World, **asked: Any) -> dict[str, str]:
    answer = await running.http.post(f"{running.stack.simulator_url}/_simulator/sign-in", json=asked)
    return {"authorization": f"Bearer {answer.raise_for_status().text}"}


async def test_the_token_of_a_secure_webhook_is_checked_where_one_is_sent(running: World) -> None:
    user = await running.victim()
    roles = [ACTION_GROUP_ROLE]
    for asked, status in (
        ({"application": ACTION_GROUPS, "roles": roles}, httpx.codes.ACCEPTED),
        ({"application": ACTION_GROUPS}, httpx.codes.FORBIDDEN),
        ({"application": str(uuid4()), "roles": roles}, httpx.codes.FORBIDDEN),
        ({"application": ACTION_GROUPS, "roles": roles, "audience": str(uuid4())}, httpx.codes.UNAUTHORIZED),
        ({"user": "responder@contoso.com"}, httpx.codes.FORBIDDEN),
    ):
        headers = await _webhook(running, **asked)
        resolved = _monitor(user, monitorCondition="Resolved")
        answer = await _knock(running, "alerts_azure_monitor", resolved, headers=headers)
        assert answer.status_code == status, asked


async def test_graphs_handshake_is_answered_with_its_token_as_text(running: World) -> None:
    token = "Validation: Testing client application <b>é</b> & more"
    answer = await running.call("alerts_graph", "POST", "alerts/graph", params={"validationToken": token})
    assert (answer.status_code, answer.text) == (httpx.codes.OK, token)
    assert answer.headers["content-type"].replace(" ", "") == "text/plain;charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("token", ["x" * 5000, "a\nb", "\x1b[31m"])
async def test_what_is_no_token_of_graph_is_not_given_back(running: World, token: str) -> None:
    answer = await running.call("alerts_graph", "POST", "alerts/graph", params={"validationToken": token})
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert token not in answer.text


async def test_a_notification_is_ours_by_its_client_state_one_by_one(running: World) -> None:
    tenant = await _tenant(running)
    ours = made.notification(clientState=running.stack.client_state, tenantId=tenant)
    answer = await _knock(running, "alerts_graph", {"value": [ours, made.notification(tenantId=tenant)]})
    assert answer.status_code == httpx.codes.ACCEPTED
    first, second = answer.json()["ignored"]
    assert first["reason"].startswith("It names an alert by its id alone")
    assert second["reason"] == "Its clientState is not that of our subscriptions."
    assert running.stack.client_state not in answer.text


async def test_a_batch_is_accepted_as_one_and_every_record_of_it_is_worked_through(running: World) -> None:
    user = await running.victim()
    nobody = {"id": str(uuid4()), "userPrincipalName": "x@contoso.com"}
    closed = [risk_detection(nobody, riskState="dismissed") for _ in range(499)]
    answer = await running.alert(*closed, risk_detection(user))
    assert (answer["alerts"], answer["incidents"], len(answer["ignored"])) == (500, [], 499)
    assert answer["delivery"]

    async def opened() -> str | None:
        listed = await running.call("incidents", "GET", "incidents", params={"account": user["id"]})
        found = listed.json()["incidents"]
        return found[0]["id"] if found else None

    incident = await running.ended(await eventually(opened, 60))
    assert incident.status == "secured"


async def test_an_alert_about_many_is_planned_for_each_and_changes_nothing(running: World) -> None:
    users = [await running.victim() for _ in range(6)]
    evidence = [made.person(user["id"], user["userPrincipalName"]) for user in users]
    alert = _defender(users[0], await _tenant(running), evidence=evidence)
    answer = await _knock(running, "alerts_defender", alert)
    incidents = [await running.ended(one["id"]) for one in answer.json()["incidents"]]
    assert len(incidents) == 6
    assert {one.mode for one in incidents} == {"report-only"}
    for user in users:
        assert [call for call in await running.writes(user["id"]) if call["method"] == "PATCH"] == []
