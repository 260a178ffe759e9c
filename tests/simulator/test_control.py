"""What only a simulated tenant has: state, call log, passwords, faults, grants."""

import time
from typing import Any

import httpx
import pytest

from tests.simulator.client import EXCHANGE, GRAPH, PASSWORD, SEEDS, TAKEN_OVER, TENANT, Client, code, exception

USER = f"/v1.0/users/{TAKEN_OVER}"
RESET = {"passwordProfile": {"password": PASSWORD, "forceChangePasswordNextSignIn": False}}
BLOCK = {"accountEnabled": False}


async def test_the_state_is_the_seeds_and_can_be_replaced(simulator: Client) -> None:
    state = await simulator.state()
    assert state == SEEDS.model_dump(mode="json", by_alias=True)
    state["accounts"] = [account for account in state["accounts"] if account["user"]["id"] == TAKEN_OVER]
    state["accounts"][0]["user"]["displayName"] = "Somebody"
    await simulator.put_state(state)
    rows = (await simulator.get("/users?$select=displayName")).json()["value"]
    assert rows == [{"displayName": "Somebody"}]
    assert await simulator.state() == state


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"accounts": [{"user": {}, "surprise": 1}]},
        {"accounts": [{"user": {"id": "x", "userPrincipalName": "x"}, "roles": ["Emperor"]}]},
        {"accounts": [{"user": {"id": "x", "userPrincipalName": "x"}, "groups": ["Nobody's"]}]},
    ],
)
async def test_a_state_that_makes_no_sense_is_refused_and_changes_nothing(
    simulator: Client, change: dict[str, Any]
) -> None:
    before = await simulator.state()
    answer = await simulator.http.put("/_simulator/state", json={**before, **change})
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert await simulator.state() == before


async def test_every_call_is_logged_in_its_order(simulator: Client) -> None:
    await simulator.get(f"/users/{TAKEN_OVER}?$select=id")
    await simulator.get("/users/nobody")
    await simulator.cmdlet("Get-Mailbox", {"Identity": TAKEN_OVER})
    calls = await simulator.calls()
    assert [call["n"] for call in calls] == [1, 2, 3, 4, 5]
    assert [(call["service"], call["method"], call["path"], call["status"]) for call in calls] == [
        ("token", "GET", "/msi/token", 200),
        ("graph", "GET", USER, 200),
        ("graph", "GET", "/v1.0/users/nobody", 404),
        ("token", "GET", "/msi/token", 200),
        ("exchange", "POST", f"/adminapi/beta/{TENANT}/InvokeCommand", 200),
    ]
    assert calls[1]["query"] == {"$select": "id"}
    assert (calls[4]["cmdlet"], calls[4]["parameters"]) == ("Get-Mailbox", {"Identity": TAKEN_OVER})
    assert calls[0].keys() == {
        "n", "at", "service", "method", "path", "query", "cmdlet", "parameters", "status",
    }  # fmt: skip


async def test_passwords_are_masked_in_the_log_and_kept_apart(simulator: Client) -> None:
    await simulator.graph("PATCH", USER, RESET)
    await simulator.graph("PATCH", USER, {"passwordProfile": {"password": "weak"}})
    assert (await simulator.http.get("/_simulator/passwords")).json() == [PASSWORD, "weak"]
    calls = await simulator.calls()
    assert PASSWORD not in str(calls)
    assert calls[-2]["parameters"] == {"passwordProfile": {"password": "***", "forceChangePasswordNextSignIn": False}}


async def test_a_fault_strikes_as_often_as_told(simulator: Client) -> None:
    await simulator.fault({"status": 503, "code": "ServiceUnavailable"}, times=2, service="graph")
    statuses = [(await simulator.graph("GET", USER)).status_code for _ in range(4)]
    assert statuses == [503, 503, 200, 200]
    await simulator.fault({"status": 503}, times=None, service="graph")
    assert {(await simulator.graph("GET", USER)).status_code for _ in range(4)} == {503}
    await simulator.http.delete("/_simulator/faults")
    assert (await simulator.graph("GET", USER)).status_code == 200


async def test_a_fault_strikes_only_what_matches_it(simulator: Client) -> None:
    await simulator.fault({"status": 429}, times=None, method="PATCH", path=r"/users/[^/]+$")
    await simulator.fault({"status": 429}, times=None, cmdlet="Set-Mailbox")
    assert (await simulator.graph("GET", USER)).status_code == 200
    assert (await simulator.graph("PATCH", USER, BLOCK)).status_code == 429
    assert (await simulator.graph("POST", f"{USER}/revokeSignInSessions")).status_code == 200
    assert (await simulator.cmdlet("Get-Mailbox", {"Identity": TAKEN_OVER})).status_code == 200
    assert (await simulator.cmdlet("Set-Mailbox", {"Identity": TAKEN_OVER})).status_code == 429


async def test_a_fault_answers_in_the_envelope_of_the_service(simulator: Client) -> None:
    throttled = {"status": 429, "code": "TooManyRequests", "headers": {"Retry-After": "7"}}
    await simulator.fault(throttled, service="graph")
    answer = await simulator.graph("PATCH", USER, BLOCK)
    assert code(answer) == (429, "TooManyRequests")
    assert answer.headers["retry-after"] == "7"
    await simulator.fault({"status": 400, "code": "Microsoft.Exchange.ServerBusyException"}, service="exchange")
    assert exception(await simulator.cmdlet("Get-Mailbox")) == (400, "ServerBusyException")
    await simulator.fault({"status": 500, "body": "<html>"}, service="graph")
    assert (await simulator.graph("GET", USER)).text == "<html>"
    assert (await simulator.truth(TAKEN_OVER))["user"]["accountEnabled"] is True


async def test_the_token_endpoint_can_fail_too(simulator: Client) -> None:
    await simulator.fault({"status": 503}, service="token")
    assert (await simulator.ask_for_token()).status_code == 503
    assert (await simulator.ask_for_token()).status_code == 200


async def test_an_answer_can_be_late(simulator: Client) -> None:
    await simulator.token(GRAPH)
    await simulator.fault({"delay": 0.3}, service="graph")
    start = time.monotonic()
    assert (await simulator.graph("GET", USER)).status_code == 200
    assert time.monotonic() - start >= 0.3


async def test_a_connection_can_drop_late(simulator: Client) -> None:
    await simulator.token(GRAPH)
    await simulator.fault({"drop": "before", "delay": 0.3}, service="graph")
    start = time.monotonic()
    with pytest.raises(httpx.TransportError):
        await simulator.graph("GET", USER)
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize(("when", "enabled"), [("before", True), ("after", False)])
async def test_a_connection_can_drop_before_or_after_the_write(simulator: Client, when: str, enabled: bool) -> None:
    await simulator.token(GRAPH)
    await simulator.fault({"drop": when}, method="PATCH")
    with pytest.raises(httpx.TransportError):
        await simulator.graph("PATCH", USER, BLOCK)
    assert (await simulator.truth(TAKEN_OVER))["user"]["accountEnabled"] is enabled
    assert (await simulator.calls())[-1]["status"] is None


async def test_an_error_can_repeat_the_body_it_was_sent(simulator: Client) -> None:
    await simulator.fault({"echo": True}, method="PATCH")
    answer = await simulator.graph("PATCH", USER, RESET)
    assert answer.status_code == 400
    assert PASSWORD in answer.text


@pytest.mark.parametrize(
    "fault",
    [
        {"do": {}},
        {"do": {"drop": "sometimes"}},
        {"match": {"path": "("}, "do": {"status": 500}},
        {"match": {"verb": "GET"}, "do": {"status": 500}},
        {"times": 0, "do": {"status": 500}},
    ],
    ids=str,
)
async def test_a_fault_that_makes_no_sense_is_refused(simulator: Client, fault: dict[str, Any]) -> None:
    answer = await simulator.http.post("/_simulator/faults", json=fault)
    assert (answer.status_code, bool(answer.json()["detail"])) == (400, True)


async def test_grants_take_effect_with_the_next_token(simulator: Client) -> None:
    old = await simulator.token(EXCHANGE)
    await simulator.grant(exchange=[])
    answer = await simulator.http.post(
        f"/adminapi/beta/{TENANT}/InvokeCommand",
        json={"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {}}},
        headers={"Authorization": f"Bearer {old}"},
    )
    assert answer.status_code == 200
    assert (await simulator.cmdlet("Get-Mailbox")).status_code == 401
