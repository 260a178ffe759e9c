"""People of the tenant sign in to the app: their tokens, and what anybody can verify them with."""

from typing import Any

import httpx
import jwt
import pytest

from tests.simulator.client import GUEST, SEEDS, TAKEN_OVER, TENANT, Client

OPENID = f"/{TENANT}/v2.0/.well-known/openid-configuration"
AUDIENCE = SEEDS.tenant.application.client_id
RESPONDER = "responder@contoso.com"
OTHER_APP = "00000003-0000-0000-c000-000000000000"


async def sign_in(simulator: Client, user: str, **more: Any) -> httpx.Response:
    return await simulator.http.post("/_simulator/sign-in", json={"user": user, **more})


async def verified(simulator: Client, token: str, audience: str = AUDIENCE) -> dict[str, Any]:
    """The claims, verified with nothing but what the tenant publishes."""
    configuration = (await simulator.http.get(OPENID)).json()
    keys = jwt.PyJWKSet.from_dict((await simulator.http.get(configuration["jwks_uri"])).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=["RS256"], audience=audience, issuer=configuration["issuer"]
    )
    return claims


async def test_a_token_is_a_v2_token_that_the_published_keys_verify(simulator: Client) -> None:
    claims = await verified(simulator, (await sign_in(simulator, RESPONDER)).text)
    assert claims["iss"] == f"{str(simulator.http.base_url).rstrip('/')}/{TENANT}/v2.0"
    assert {name: claims[name] for name in ("aud", "tid", "ver", "name", "preferred_username")} == {
        "aud": AUDIENCE,
        "tid": TENANT,
        "ver": "2.0",
        "name": "Megan Bowen",
        "preferred_username": RESPONDER,
    }
    assert claims["oid"] == (await simulator.get(f"/users/{RESPONDER}?$select=id")).json()["id"]
    assert 3600 <= claims["exp"] - claims["iat"] <= 90 * 60


@pytest.mark.parametrize(
    ("user", "roles"), [(RESPONDER, ["Responder"]), ("reader@contoso.com", ["Reader"]), (TAKEN_OVER, None)]
)
async def test_a_token_holds_the_app_roles_that_are_assigned(
    simulator: Client, user: str, roles: list[str] | None
) -> None:
    assert (await verified(simulator, (await sign_in(simulator, user)).text)).get("roles") == roles


async def test_a_guest_signs_in_to_this_tenant(simulator: Client) -> None:
    claims = await verified(simulator, (await sign_in(simulator, GUEST)).text)
    assert (claims["tid"], claims["oid"]) == (TENANT, GUEST)


async def test_a_person_is_another_subject_for_each_app_and_never_the_object_id(simulator: Client) -> None:
    ours = await verified(simulator, (await sign_in(simulator, RESPONDER)).text)
    again = await verified(simulator, (await sign_in(simulator, ours["oid"])).text)
    other = await verified(simulator, (await sign_in(simulator, RESPONDER, audience=OTHER_APP)).text, OTHER_APP)
    assert ours["sub"] == again["sub"]
    assert len({ours["sub"], other["sub"], ours["oid"]}) == 3


async def test_who_is_blocked_or_unknown_gets_no_token(simulator: Client) -> None:
    assert (await sign_in(simulator, TAKEN_OVER)).status_code == 200
    await simulator.graph("PATCH", f"/v1.0/users/{TAKEN_OVER}", {"accountEnabled": False})
    blocked, unknown = await sign_in(simulator, TAKEN_OVER), await sign_in(simulator, "nobody@contoso.com")
    assert (blocked.status_code, blocked.json()["detail"]) == (400, "AADSTS50057: The user account is disabled.")
    assert unknown.status_code == 400
    assert unknown.json()["detail"].startswith("AADSTS50034: ")


@pytest.mark.parametrize("body", ["", "{}", '{"user": "x", "roles": ["Responder"]}'])
async def test_nobody_signs_in_with_roles_of_their_own_choice(simulator: Client, body: str) -> None:
    assert (await simulator.http.post("/_simulator/sign-in", content=body)).status_code == 400


async def test_an_app_role_that_the_app_does_not_define_is_refused(simulator: Client) -> None:
    state = await simulator.state()
    state["accounts"][0]["appRoles"] = ["Emperor"]
    answer = await simulator.http.put("/_simulator/state", json=state)
    assert (answer.status_code, "Emperor" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize("document", ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"])
async def test_the_documents_are_published_for_this_tenant_alone(simulator: Client, document: str) -> None:
    assert (await simulator.http.get(f"/{TENANT}/{document}")).status_code == 200
    assert (await simulator.http.post(f"/{TENANT}/{document}")).status_code == 405
    other = await simulator.http.get(f"/{TAKEN_OVER}/{document}")
    assert (other.status_code, other.json()["error"]) == (400, "invalid_tenant")


async def test_the_documents_are_logged_and_can_fail_like_any_call(simulator: Client) -> None:
    await simulator.fault({"status": 503}, service="login")
    assert [(await simulator.http.get(OPENID)).status_code for _ in range(2)] == [503, 200]
    logged = [(call["service"], call["path"], call["status"]) for call in await simulator.calls()]
    assert logged == [("login", OPENID, 503), ("login", OPENID, 200)]


async def test_a_token_of_a_person_opens_neither_graph_nor_exchange(simulator: Client) -> None:
    token = (await sign_in(simulator, RESPONDER, audience="https://graph.microsoft.com")).text
    answer = await simulator.http.get(f"/v1.0/users/{TAKEN_OVER}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
