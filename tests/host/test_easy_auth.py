"""App Service authentication in front of the host: whose word reaches the app, and which tokens are taken."""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from local.simulator.seeds import read_seeds
from tests.host.running import TENANT, Running, running
from tests.simulator.process import started

AUDIENCE = read_seeds().tenant.application.client_id
KEY = {"x-functions-key": "thing-key"}
RESPONDER = "responder@contoso.com"
READER = "reader@contoso.com"
ALEX = "alex.wilber@contoso.com"
FORGED = b64encode(
    json.dumps(
        {
            "auth_typ": "aad",
            "claims": [
                {"typ": "oid", "val": "b0000000-0000-4000-8000-000000000001"},
                {"typ": "tid", "val": TENANT},
                {"typ": "preferred_username", "val": ALEX},
                {"typ": "roles", "val": "Responder"},
            ],
        }
    ).encode()
).decode()

type Mapping = dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def login() -> AsyncIterator[httpx.AsyncClient]:
    """Where people sign in: the simulated tenant."""
    async with started("--lag", "0") as (_, url), httpx.AsyncClient(base_url=url) as http:
        yield http


@pytest_asyncio.fixture(scope="module")
async def guarded(
    login: httpx.AsyncClient, storage: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """A host with authentication in front."""
    folder = tmp_path_factory.mktemp("guarded")
    async with running(folder, storage, "--easy-auth", issuer(login), AUDIENCE) as host:
        yield host


def issuer(login: httpx.AsyncClient) -> str:
    return f"{str(login.base_url).rstrip('/')}/{TENANT}/v2.0"


async def token(login: httpx.AsyncClient, user: str, host: str | None = None, **more: Any) -> str:
    headers = {"host": host} if host else {}
    answer = await login.post("/_simulator/sign-in", json={"user": user, **more}, headers=headers)
    return answer.raise_for_status().text


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}".strip()}


async def decide(host: Running, **headers: str) -> int:
    return (await host.http.post("/api/decide", headers=headers)).status_code


async def test_who_is_signed_in_is_what_the_token_says(guarded: Running, login: httpx.AsyncClient) -> None:
    sent = await token(login, RESPONDER)
    claims = jwt.decode(sent, options={"verify_signature": False})
    told = (await guarded.http.get("/api/things/1", headers={**KEY, **bearer(sent)})).json()
    headers = told["headers"]
    principal = json.loads(b64decode(headers["x-ms-client-principal"], validate=True))

    assert told["authentication"] == "True"
    assert headers["x-ms-client-principal-id"] == claims["oid"]
    assert headers["x-ms-client-principal-name"] == RESPONDER
    assert headers["x-ms-client-principal-idp"] == "aad"
    assert principal.keys() == {"auth_typ", "claims", "name_typ", "role_typ"}
    assert principal["auth_typ"] == "aad"
    said = {(claim["typ"], claim["val"]) for claim in principal["claims"]}
    assert len(said) == len(claims)
    assert said >= {
        ("http://schemas.microsoft.com/identity/claims/objectidentifier", claims["oid"]),
        ("http://schemas.microsoft.com/identity/claims/tenantid", TENANT),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", claims["sub"]),
        ("preferred_username", RESPONDER),
        ("roles", "Responder"),
        ("exp", str(claims["exp"])),
    }


async def test_several_roles_are_several_claims(guarded: Running, login: httpx.AsyncClient) -> None:
    state = (await login.get("/_simulator/state")).json()
    account = next(one for one in state["accounts"] if one["user"]["userPrincipalName"] == READER)
    account["appRoles"] = ["Reader", "Responder"]
    (await login.put("/_simulator/state", json=state)).raise_for_status()
    sent = await token(login, READER)
    account["appRoles"] = ["Reader"]
    (await login.put("/_simulator/state", json=state)).raise_for_status()

    told = (await guarded.http.get("/api/things/1", headers={**KEY, **bearer(sent)})).json()
    claims = json.loads(b64decode(told["headers"]["x-ms-client-principal"]))["claims"]
    assert [claim["val"] for claim in claims if claim["typ"] == "roles"] == ["Reader", "Responder"]


@pytest.mark.parametrize("signed_in", [False, True])
async def test_who_is_signed_in_is_not_for_the_caller_to_say(
    guarded: Running, login: httpx.AsyncClient, signed_in: bool
) -> None:
    mine = {"X-MS-CLIENT-PRINCIPAL": FORGED, "x-ms-client-principal-id": "me", "X-Ms-Client-Principal-New": "me"}
    sent = bearer(await token(login, READER)) if signed_in else {}
    headers = (await guarded.http.get("/api/things/1", headers={**KEY, **mine, **sent, "x-own": "2"})).json()["headers"]

    assert headers["x-own"] == "2"
    assert not {"me", FORGED} & set(headers.values())
    assert any(name.startswith("x-ms-client-principal") for name in headers) is signed_in


async def test_a_token_opens_no_door_that_has_a_key(guarded: Running, login: httpx.AsyncClient) -> None:
    answer = await guarded.http.get("/api/things/1", headers=bearer(await token(login, RESPONDER)))
    assert answer.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "BearerX y"}], ids=str)
async def test_whoever_sends_no_bearer_token_is_let_through_as_nobody(
    guarded: Running, headers: dict[str, str]
) -> None:
    told = (await guarded.http.get("/api/things/1", headers={**KEY, **headers})).json()["headers"]
    assert not [name for name in told if name.startswith("x-ms-client-principal")]


def forged(good: str, claims: Mapping | None = None, **header: Any) -> str:
    """Signed by somebody else, with all else as in a good token."""
    held = jwt.decode(good, options={"verify_signature": False}) | (claims or {})
    return jwt.encode(
        held, generate_private_key(65537, 2048), "RS256", headers=jwt.get_unverified_header(good) | header
    )


def unsigned(good: str) -> str:
    held = jwt.decode(good, options={"verify_signature": False})
    return jwt.encode(held, "", "none", headers={"kid": jwt.get_unverified_header(good)["kid"]})


def symmetric(good: str) -> str:
    held = jwt.decode(good, options={"verify_signature": False})
    return jwt.encode(held, "k" * 32, "HS256", headers={"kid": jwt.get_unverified_header(good)["kid"]})


def tampered(good: str) -> str:
    head, body, signature = good.split(".")
    held = json.loads(b64decode(body + "=="))
    return (
        f"{head}.{jwt.utils.base64url_encode(json.dumps(held | {'roles': ['Emperor']}).encode()).decode()}.{signature}"
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "garbage",
        lambda good: good.rpartition(".")[0],
        forged,
        lambda good: forged(good, kid="another"),
        unsigned,
        symmetric,
        tampered,
    ],
    ids=["empty", "garbage", "cut", "other key", "unknown key", "unsigned", "symmetric", "tampered"],
)
async def test_a_token_that_the_tenant_has_not_signed_is_401(
    guarded: Running, login: httpx.AsyncClient, spoil: Callable[[str], str]
) -> None:
    await _assert_refused(guarded, spoil(await token(login, RESPONDER)))


@pytest.mark.parametrize(
    "asked",
    [{"expires_in": -5}, {"audience": "00000003-0000-0000-c000-000000000000"}, {"host": "login.example"}],
    ids=["expired", "for another app", "of another issuer"],
)
async def test_a_signed_token_that_is_not_for_us_now_is_401(
    guarded: Running, login: httpx.AsyncClient, asked: Mapping
) -> None:
    await _assert_refused(guarded, await token(login, RESPONDER, **asked))


async def _assert_refused(host: Running, sent: str) -> None:
    """By what stands in front of the host: there, no door matters, nor whether there is one."""
    for path in ("things/special", "nothing"):
        answer = await host.http.get(f"/api/{path}", headers=bearer(sent))
        assert (answer.status_code, answer.content) == (httpx.codes.UNAUTHORIZED, b"")
        assert "www-authenticate" in answer.headers
    assert not sent or sent not in (host.folder / "host.log").read_text()


async def test_a_key_that_is_published_later_is_found(storage: str, tmp_path: Path) -> None:
    """Another process at the same address has another key."""
    async with (
        started() as (process, url),
        httpx.AsyncClient(base_url=url) as login,
        running(tmp_path, storage, "--easy-auth", issuer(login), AUDIENCE) as host,
    ):
        assert await decide(host, **bearer(await token(login, RESPONDER))) == httpx.codes.OK
        process.terminate()
        await process.wait()
        async with started("--port", str(login.base_url.port)):
            assert await decide(host, **bearer(await token(login, RESPONDER))) == httpx.codes.OK


@pytest.mark.parametrize(
    ("user", "status"), [(RESPONDER, 200), (READER, 403), (ALEX, 403)], ids=["responder", "reader", "no role"]
)
async def test_only_a_responder_decides(guarded: Running, login: httpx.AsyncClient, user: str, status: int) -> None:
    assert await decide(guarded, **bearer(await token(login, user))) == status


async def test_neither_nobody_nor_a_key_nor_a_forged_header_decides(guarded: Running) -> None:
    assert await decide(guarded) == httpx.codes.UNAUTHORIZED
    assert await decide(guarded, **{"x-functions-key": "master-key"}) == httpx.codes.UNAUTHORIZED
    assert await decide(guarded, **{"X-MS-CLIENT-PRINCIPAL": FORGED}) == httpx.codes.UNAUTHORIZED


async def test_without_authentication_in_front_a_forged_header_decides_nothing(host: Running) -> None:
    answer = await host.http.post("/api/decide", headers={"X-MS-CLIENT-PRINCIPAL": FORGED})
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "App Service authentication is off" in answer.json()["detail"]
