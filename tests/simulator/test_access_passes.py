"""Temporary Access Passes: for whom the tenant's policy allows them, and shown only once."""

from typing import Any

import httpx
import pytest

from tests.simulator.client import ADMINISTRATOR, GUEST, TAKEN_OVER, Client, code

POLICY = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass"
FINANCE = "a0000000-0000-4000-8000-000000000001"
ONCE = {"lifetimeInMinutes": 60, "isUsableOnce": True}


async def _issue(simulator: Client, body: Any = ONCE, account: str = TAKEN_OVER) -> httpx.Response:
    path = f"/v1.0/users/{account}/authentication/temporaryAccessPassMethods"
    return await simulator.graph("POST", path, body)


async def _policy(simulator: Client, **values: Any) -> None:
    state = await simulator.state()
    state["tenant"]["passPolicy"] |= values
    await simulator.put_state(state)


async def test_a_pass_is_in_its_own_answer_and_in_no_other(simulator: Client) -> None:
    answer = await _issue(simulator)
    assert answer.status_code == 201, answer.text
    value = answer.json()["temporaryAccessPass"]
    assert len(value) == 8
    listed = await simulator.get(f"/users/{TAKEN_OVER}/authentication/methods")
    (row,) = [one for one in listed.json()["value"] if one["id"] == answer.json()["id"]]
    assert row["temporaryAccessPass"] is None
    assert value not in (await simulator.http.get("/_simulator/state")).text


async def test_a_new_pass_takes_the_place_of_the_old_one(simulator: Client) -> None:
    first, second = (await _issue(simulator)).json(), (await _issue(simulator)).json()
    methods = (await simulator.truth(TAKEN_OVER))["methods"]
    assert [one["id"] for one in methods if "temporaryAccessPass" in one["@odata.type"]] == [second["id"]]
    assert first["temporaryAccessPass"] != second["temporaryAccessPass"]


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ({"state": "disabled"}, "Converged UserCredentialPolicy does not allow"),
        ({"includeTargets": []}, "Converged UserCredentialPolicy does not allow"),
        ({"excludeTargets": [{"targetType": "group", "id": FINANCE}]}, "Converged UserCredentialPolicy does not allow"),
        ({"maximumLifetimeInMinutes": 30, "minimumLifetimeInMinutes": 10}, "lifetime"),
    ],
)
async def test_what_the_policy_is_against_is_refused(simulator: Client, policy: dict[str, Any], text: str) -> None:
    await _policy(simulator, **policy)
    assert (await simulator.get(POLICY)).json().items() >= policy.items()
    refused = await _issue(simulator)
    assert code(refused) == (400, "badRequest")
    assert text in refused.json()["error"]["message"]


async def test_where_all_are_for_one_use_none_is_for_more(simulator: Client) -> None:
    await _policy(simulator, isUsableOnce=True)
    assert (await _issue(simulator, {"isUsableOnce": False})).status_code == 400
    assert (await _issue(simulator, {})).status_code == 201


@pytest.mark.parametrize(
    "body", [{"temporaryAccessPass": "my own"}, {"isUsable": True}, {"lifetimeInMinutes": "60"}, {"more": 1}]
)
async def test_what_is_not_for_the_caller_to_say_is_refused(simulator: Client, body: dict[str, Any]) -> None:
    assert (await _issue(simulator, body)).status_code == 400


async def test_a_guest_gets_none(simulator: Client) -> None:
    refused = await _issue(simulator, account=GUEST)
    assert code(refused) == (400, "badRequest")
    assert "external guest user" in refused.json()["error"]["message"]


async def test_for_an_administrator_it_takes_a_higher_role(simulator: Client) -> None:
    assert code(await _issue(simulator, account=ADMINISTRATOR)) == (403, "accessDenied")


async def test_without_the_permission_none_is_issued(simulator: Client) -> None:
    await simulator.grant(graph=["UserAuthenticationMethod.Read.All"])
    assert (await _issue(simulator)).status_code == 403


async def test_another_policy_than_this_one_is_not_there(simulator: Client) -> None:
    assert (await simulator.get(POLICY.replace("TemporaryAccessPass", "Fido3"))).status_code == 404
