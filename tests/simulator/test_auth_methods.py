"""The second factors of a user: each type has its own path, and the default one goes last."""

from typing import Any

import httpx
import pytest

from tests.simulator.client import ADMINISTRATOR, TAKEN_OVER, Client, code

OF = f"/users/{TAKEN_OVER}/authentication"
MOBILE, ALTERNATE = "3179e48a-750b-4051-897c-87b9720928f7", "b6332ec1-7057-4abe-9331-3d72feddfe41"
KEY = "ae000000-0000-4000-8000-0000000000aa"
PROVIDER = {"configurationId": "ac000000-0000-4000-8000-000000000001", "displayName": "Northwind keys"}


def _method(kind: str, **values: Any) -> dict[str, Any]:
    return {"@odata.type": f"#microsoft.graph.{kind}AuthenticationMethod", "id": KEY, **values}


async def _registered(simulator: Client, *methods: dict[str, Any], account: str = TAKEN_OVER) -> None:
    state = await simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == account)["methods"] = list(methods)
    await simulator.put_state(state)


async def _there(simulator: Client) -> list[str]:
    return [one["id"] for one in (await simulator.truth(TAKEN_OVER))["methods"]]


async def _delete(simulator: Client, segment: str, identifier: str, of: str = OF) -> httpx.Response:
    return await simulator.graph("DELETE", f"/v1.0{of}/{segment}/{identifier}")


async def test_the_list_has_the_password_and_every_factor_with_what_its_type_tells(simulator: Client) -> None:
    await _registered(simulator, _method("phone", phoneType="mobile", phoneNumber="+1 5555550123", secret="x"))
    rows = (await simulator.get(f"{OF}/methods")).json()["value"]
    assert [row["@odata.type"].rpartition(".")[2] for row in rows] == [
        "passwordAuthenticationMethod",
        "phoneAuthenticationMethod",
    ]
    assert rows[1]["phoneNumber"] == "+1 5555550123"
    assert "secret" not in rows[1]


async def test_a_factor_is_deleted_by_its_type_and_no_other_way(simulator: Client) -> None:
    await _registered(simulator, _method("fido2"))
    assert (await simulator.graph("DELETE", f"/v1.0{OF}/methods/{KEY}")).status_code in (400, 404, 405)
    assert code(await _delete(simulator, "softwareOathMethods", KEY)) == (404, "resourceNotFound")
    assert await _there(simulator) == [KEY]
    assert (await _delete(simulator, "fido2Methods", KEY)).status_code == 204
    assert await _there(simulator) == []
    assert code(await _delete(simulator, "fido2Methods", KEY)) == (404, "resourceNotFound")


async def test_the_default_factor_goes_last(simulator: Client) -> None:
    await _registered(simulator, _method("softwareOath", default=True), _method("fido2", id="another"))
    refused = await _delete(simulator, "softwareOathMethods", KEY)
    assert code(refused) == (400, "badRequest")
    assert "default method" in refused.json()["error"]["message"]
    assert (await _delete(simulator, "fido2Methods", "another")).status_code == 204
    assert (await _delete(simulator, "softwareOathMethods", KEY)).status_code == 204


async def test_a_first_telephone_stays_while_there_is_an_alternate_one(simulator: Client) -> None:
    await _registered(simulator, _method("phone", id=MOBILE), _method("phone", id=ALTERNATE))
    assert code(await _delete(simulator, "phoneMethods", MOBILE)) == (400, "badRequest")
    assert (await _delete(simulator, "phoneMethods", ALTERNATE)).status_code == 204
    assert (await _delete(simulator, "phoneMethods", MOBILE)).status_code == 204


@pytest.mark.parametrize(
    ("segment", "body"),
    [
        ("phoneMethods", {"phoneType": "mobile", "phoneNumber": "+1 5555550123"}),
        ("emailMethods", {"emailAddress": "alex@northwind.example"}),
        ("externalAuthenticationMethods", PROVIDER),
    ],
)
async def test_what_can_be_registered_for_a_user_is_there_once(
    simulator: Client, segment: str, body: dict[str, str]
) -> None:
    await _registered(simulator)
    first = await simulator.graph("POST", f"/v1.0{OF}/{segment}", body)
    again = await simulator.graph("POST", f"/v1.0{OF}/{segment}", body)
    assert first.status_code == 201
    assert first.json().items() >= body.items()
    assert code(again) == (400, "badRequest")
    assert len(await _there(simulator)) == 1


@pytest.mark.parametrize(
    ("segment", "body"),
    [
        ("phoneMethods", {"phoneType": "satellite", "phoneNumber": "+1 5555550123"}),
        ("phoneMethods", {"phoneType": "mobile", "phoneNumber": "5555550123"}),
        ("emailMethods", {}),
        ("externalAuthenticationMethods", {"displayName": "Northwind keys"}),
        ("emailMethods", {"emailAddress": "alex@northwind.example", "secret": "x"}),
    ],
)
async def test_what_makes_no_method_is_refused(simulator: Client, segment: str, body: dict[str, str]) -> None:
    await _registered(simulator)
    assert (await simulator.graph("POST", f"/v1.0{OF}/{segment}", body)).status_code == 400
    assert await _there(simulator) == []


async def test_an_administrators_factors_are_shown_and_not_taken_away(simulator: Client) -> None:
    await _registered(simulator, _method("fido2"), account=ADMINISTRATOR)
    of = f"/users/{ADMINISTRATOR}/authentication"
    assert len((await simulator.get(f"{of}/methods")).json()["value"]) == 2
    assert code(await _delete(simulator, "fido2Methods", KEY, of)) == (403, "accessDenied")
