"""Whatever comes in: a clear problem or a recorded reason, never a 500, never two incidents at work on one account."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.end_to_end.world import World, risk_detection

NOBODY = "5b3c1d0e-9f4a-4c57-8d21-6a0e7f93b4c8"
BAD_ALERTS = {
    "nothing": b"",
    "malformed JSON": b'{"value": [',
    "a scalar": b"42",
    "not UTF-8": b"\xff\xfe\x00",
    "an empty list": b'{"value": "none"}',
    "2 MB": json.dumps({"id": "x" * 2_000_000}).encode(),
}

BAD_REQUESTS: dict[str, Any] = {
    "no account": {"reason": "why"},
    "no reason": {"account": "someone@contoso.com"},
    "a blank account": {"account": "   ", "reason": "why"},
    "an account that is no name": {"account": "' or 1 eq 1", "reason": "why"},
    "a number for an account": {"account": 7, "reason": "why"},
    "an unknown mode": {"account": "someone@contoso.com", "reason": "why", "mode": "destroy"},
    "an unknown step": {"account": "someone@contoso.com", "reason": "why", "steps": ["delete-tenant"]},
    "an unknown property": {"account": "someone@contoso.com", "reason": "why", "force": True},
    "a list": [1, 2, 3],
}


def _is_problem(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]


@pytest.mark.parametrize("body", BAD_ALERTS.values(), ids=BAD_ALERTS.keys())
async def test_an_alert_that_cannot_be_read_is_a_problem(running: World, body: bytes) -> None:
    answer = await running.call("alerts_entra", "POST", "alerts/entra", content=body)
    _is_problem(answer, 400, 413)


@pytest.mark.parametrize("body", BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys())
async def test_a_request_by_hand_that_cannot_be_read_is_a_problem(running: World, body: object) -> None:
    _is_problem(await running.call("open_incident", "POST", "incidents", json=body), 400)


@pytest.mark.parametrize(
    ("function", "path"),
    [
        ("incident", f"incidents/{'0' * 32}"),
        ("incident", "incidents/..%2f..%2fincidents"),
        ("incident", "incidents/%27%20or%201%20eq%201"),
        ("incident_report", f"incidents/{'0' * 32}/report"),
    ],
)
async def test_an_incident_that_does_not_exist_is_a_problem(running: World, function: str, path: str) -> None:
    answer = await running.call(function, "GET", path)
    assert answer.status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "status=great"])
async def test_a_filter_that_makes_no_sense_is_a_problem(running: World, query: str) -> None:
    _is_problem(await running.call("incidents", "GET", f"incidents?{query}"), 400)


@pytest.mark.parametrize(
    "account",
    [NOBODY, "nobody@contoso.com", "o'brien@contoso.com", "a'or'1'eq'1@contoso.com", "x#y%2f@contoso.com"],
)
async def test_an_unknown_account_is_a_recorded_reason(running: World, account: str) -> None:
    incident = await running.ended(await running.by_hand(account))

    assert incident.status == "needs-attention"
    assert incident.account is None
    assert [(step.name, step.status) for step in incident.steps] == [("triage", "failed")]
    assert incident.steps[0].reason


async def test_an_alert_about_a_deleted_user_is_a_recorded_reason(running: World) -> None:
    deleted = {"id": str(uuid4()), "userPrincipalName": "gone@contoso.com"}
    understood = await running.alert(risk_detection(deleted))
    incident = await running.ended(understood["incidents"][0]["id"])

    assert incident.status == "needs-attention"


async def test_an_alert_that_starts_nothing_says_why(running: World) -> None:
    user = await running.victim()
    understood = await running.alert(risk_detection(user, riskState="remediated"))

    assert understood["incidents"] == []
    assert understood["ignored"][0]["reason"]
    assert await running.writes(user["id"]) == []


async def test_the_same_alert_twice_is_one_incident(running: World) -> None:
    alert = risk_detection(await running.victim())
    first = await running.alert(alert)
    await running.ended(first["incidents"][0]["id"])
    again = await running.alert(alert)

    assert again["incidents"][0]["id"] == first["incidents"][0]["id"]


async def test_the_same_alert_two_hundred_times_at_once_is_one_incident(running: World) -> None:
    user = await running.victim()
    alert = risk_detection(user)

    answers = await asyncio.gather(*(running.alert(alert) for _ in range(200)))
    ids = {answer["incidents"][0]["id"] for answer in answers}
    assert len(ids) == 1
    incident = await running.ended(ids.pop())

    assert incident.status == "secured"
    assert len(incident.alerts) == 1
    listed = await running.call("incidents", "GET", "incidents", params={"account": user["id"]})
    assert len(listed.json()["incidents"]) == 1
    assert (
        sum(call["method"] == "PATCH" for call in await running.writes(user["id"])) == 3
    )  # block, password, second factor


async def test_one_account_named_in_two_ways_in_the_same_moment_is_worked_on_once(running: World) -> None:
    user = await running.victim()
    by_id, by_name, by_alias, (entra, *_) = await asyncio.gather(
        running.by_hand(user["id"]),
        running.by_hand(user["userPrincipalName"].upper()),
        running.by_hand(user["proxyAddresses"][1].removeprefix("smtp:")),
        _opened(running, risk_detection(user)),
    )
    incidents = await asyncio.gather(*(running.ended(one) for one in (by_id, by_name, by_alias, entra)))

    assert sorted(one.status for one in incidents) == ["joined", "joined", "joined", "secured"]
    worked = next(one for one in incidents if one.status == "secured")
    assert {one.joined_to for one in incidents if one.status == "joined"} == {worked.id}
    assert len(worked.alerts) == 4
    assert sum(call["method"] == "PATCH" for call in await running.writes(user["id"])) == 3


async def test_a_door_opens_to_its_own_key_only(running: World) -> None:
    url = f"{running.stack.host_url}/api/alerts/entra"
    other = running.stack.key("open_incident")

    assert (await running.http.post(url, json={})).status_code == httpx.codes.UNAUTHORIZED
    assert (
        await running.http.post(url, json={}, headers={"x-functions-key": other})
    ).status_code == httpx.codes.UNAUTHORIZED


async def _opened(running: World, alert: dict[str, Any]) -> list[str]:
    return [incident["id"] for incident in (await running.alert(alert))["incidents"]]
