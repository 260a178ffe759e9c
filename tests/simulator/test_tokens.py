"""The managed-identity endpoint, and what the services make of its tokens."""

import time

import httpx
import jwt
import pytest

from tests.simulator.client import EXCHANGE, GRAPH, IDENTITY_HEADER, TAKEN_OVER, TENANT, Client, code

PROFILE = f"/v1.0/users/{TAKEN_OVER}"


async def test_a_token_carries_what_was_granted_for_its_resource(simulator: Client) -> None:
    await simulator.grant(
        graph=["User.Read.All"], exchange=["Exchange.ManageAsApp"], directory_roles=[{"name": "x", "id": "y"}]
    )
    for resource, role in ((GRAPH, "User.Read.All"), (EXCHANGE, "Exchange.ManageAsApp")):
        body = (await simulator.ask_for_token(resource=resource)).json()
        claims = jwt.decode(body["access_token"], options={"verify_signature": False})
        assert (claims["aud"], claims["roles"], claims["wids"], claims["tid"]) == (resource, [role], ["y"], TENANT)
        assert body["expires_on"] == str(claims["exp"])
        assert int(body["expires_on"]) > time.time() + 3600
        assert (body["resource"], body["token_type"]) == (resource, "Bearer")


@pytest.mark.parametrize(
    ("header", "query", "status"),
    [
        (None, {}, 400),
        ("wrong", {}, 401),
        (IDENTITY_HEADER, {"api-version": "2017-09-01"}, 400),
        (IDENTITY_HEADER, {"resource": "https://unknown.example"}, 400),
        (IDENTITY_HEADER, {"client_id": "00000000-0000-4000-8000-000000000000"}, 400),
        (IDENTITY_HEADER, {"client_id": "7c4d0a2e-93b1-4f6a-b1d4-2f8f3a5c9e01"}, 200),
    ],
    ids=["no header", "wrong header", "other api version", "unknown resource", "other identity", "our identity"],
)
async def test_the_endpoint_refuses_what_app_service_refuses(
    simulator: Client, header: str | None, query: dict[str, str], status: int
) -> None:
    answer = await simulator.ask_for_token(header, **query)
    assert answer.status_code == status
    assert ("access_token" in answer.json()) == (status == 200)


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "Access token is empty."),
        ("Bearer", "Access token is empty."),
        ("Bearer garbage", "CompactToken parsing failed with error code: 80049217"),
        ("Basic abc", "Access token is empty."),
    ],
)
async def test_graph_answers_401_without_a_valid_token(
    simulator: Client, authorization: str | None, message: str
) -> None:
    answer = await simulator.http.get(PROFILE, headers={"Authorization": authorization} if authorization else {})
    assert code(answer) == (401, "InvalidAuthenticationToken")
    assert answer.json()["error"]["message"] == message
    assert "www-authenticate" in answer.headers


async def test_a_token_signed_by_somebody_else_is_refused(simulator: Client) -> None:
    genuine = jwt.decode(await simulator.token(GRAPH), options={"verify_signature": False})
    forged = jwt.encode(genuine, "k" * 32, algorithm="HS256")
    answer = await simulator.http.get(PROFILE, headers={"Authorization": f"Bearer {forged}"})
    assert code(answer) == (401, "InvalidAuthenticationToken")


async def test_a_token_for_another_service_is_refused(simulator: Client) -> None:
    swapped = {GRAPH: await simulator.token(EXCHANGE), EXCHANGE: await simulator.token(GRAPH)}
    graph = await simulator.http.get(PROFILE, headers={"Authorization": f"Bearer {swapped[GRAPH]}"})
    exchange = await simulator.http.post(
        f"/adminapi/beta/{TENANT}/InvokeCommand", headers={"Authorization": f"Bearer {swapped[EXCHANGE]}"}
    )
    assert code(graph) == (401, "InvalidAuthenticationToken")
    assert _empty_challenge(exchange)


async def test_an_expired_token_is_refused(simulator: Client) -> None:
    await simulator.fault({"expires_in": -5}, times=2, service="token")
    assert code(await simulator.graph("GET", PROFILE)) == (401, "InvalidAuthenticationToken")
    assert _empty_challenge(await simulator.cmdlet("Get-Mailbox", {"Identity": TAKEN_OVER}))


async def test_exchange_without_its_app_role_answers_401_with_an_empty_body(simulator: Client) -> None:
    await simulator.grant(exchange=[])
    assert _empty_challenge(await simulator.cmdlet("Get-Mailbox", {"Identity": TAKEN_OVER}))


async def test_exchange_without_a_directory_role_answers_403_and_says_so(simulator: Client) -> None:
    await simulator.grant(directory_roles=[])
    answer = await simulator.cmdlet("Get-Mailbox", {"Identity": TAKEN_OVER})
    assert answer.status_code == 403
    assert "isn't supported in this scenario" in answer.json()["error"]["message"]


def _empty_challenge(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.content, answer.headers.get("www-authenticate")) == (401, b"", "Bearer")
