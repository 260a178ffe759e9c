"""HTTP triggers: routes, methods, keys, and what crosses over in both directions."""

import httpx
import pytest

from tests.host.running import Running

KEY = {"x-functions-key": "thing-key"}


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({"x-functions-key": "wrong"}, "", 401),
        ({"x-functions-key": "other-key"}, "", 401),
        ({"x-functions-key": ""}, "?code=", 401),
        ({"x-functions-key": "thing-key"}, "", 201),
        ({}, "?code=thing-key", 201),
        ({"x-functions-key": "master-key"}, "", 201),
        ({"x-functions-key": "wrong"}, "?code=thing-key", 401),
    ],
)
async def test_a_function_opens_to_its_own_key_and_the_master_key(
    host: Running, headers: dict[str, str], query: str, status: int
) -> None:
    answer = await host.http.get(f"/api/things/1{query}", headers=headers)
    assert answer.status_code == status
    assert answer.content == b"" or status == httpx.codes.CREATED


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/things/1", 404),
        ("GET", "/api/things/1/2", 404),
        ("GET", "/api/things", 404),
        ("DELETE", "/api/things/1", 404),
        ("GET", "/api/things/special", 200),
        ("GET", "/API/Things/Special", 200),
        ("GET", "/api/broken", 500),
    ],
)
async def test_a_route_is_found_or_not(host: Running, method: str, path: str, status: int) -> None:
    assert (await host.http.request(method, path)).status_code == status


async def test_what_a_function_raises_stays_in_the_log(host: Running) -> None:
    answer = await host.http.get("/api/broken")
    assert answer.content == b""
    assert "not for the caller's eyes" in (host.folder / "host.log").read_text()


async def test_the_function_sees_the_request_and_the_caller_its_answer(host: Running) -> None:
    answer = await host.http.post("/api/things/a%20b%2Fc?x=1&y=%C3%A9", headers=KEY, content=b"\x00\xff")
    told = answer.json()

    assert answer.status_code == httpx.codes.CREATED
    assert answer.headers["x-mine"] == "1"
    assert answer.headers["content-type"].startswith("application/json")
    assert told["method"] == "POST"
    assert told["id"] == "a b%2Fc"
    assert told["query"] == {"x": "1", "y": "é"}
    assert told["body"] == "\x00\xff"


async def test_without_easy_auth_nothing_takes_out_what_a_caller_says_of_itself(host: Running) -> None:
    """The worst that the platform may do where it does not authenticate; so the app must not believe the header."""
    answer = await host.http.get("/api/things/1", headers={**KEY, "X-MS-CLIENT-PRINCIPAL": "me"})
    assert answer.json()["headers"]["x-ms-client-principal"] == "me"
    assert answer.json()["authentication"] is None
