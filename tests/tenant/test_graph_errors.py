"""What each of Graph's refusals becomes, on every method."""

import httpx
import pytest

from shared.tenant.errors import Denied, NotFound, Permanent, TenantError, Throttled, Transient, Unlicensed
from shared.tenant.graph_errors import graph_error
from shared.tenant.tenant import Tenant
from tests.tenant.calls import GRAPH, GRAPH_READS, PASSWORD, USER, Case
from tests.tenant.server import Answer, Received, Server

WORDS = "Words that may repeat the request."


def refusal(status: int, code: str, words: str = WORDS, **headers: str) -> Answer:
    inner = {"date": "2026-03-03T10:00:07", "request-id": "r", "client-request-id": "c"}
    body = {"error": {"code": code, "message": words, "innerError": inner}}
    return Answer(status, body, headers)


REFUSALS: list[tuple[Answer, type[TenantError]]] = [
    (refusal(400, "Request_BadRequest"), Permanent),
    (refusal(400, "AadPremiumLicenseRequired"), Unlicensed),
    (refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"), Unlicensed),
    (refusal(403, "Forbidden", words="Your tenant is not licensed for this feature."), Unlicensed),
    (refusal(500, "UnknownError", words="This feature is licensed."), Transient),
    (refusal(401, "InvalidAuthenticationToken"), Transient),
    (refusal(403, "Authorization_RequestDenied"), Denied),
    (refusal(403, "UnknownError"), Denied),
    (Answer(403, b""), Denied),
    (refusal(404, "Request_ResourceNotFound"), NotFound),
    (Answer(404, b"<html>a gateway</html>"), Transient),
    (Answer(408), Transient),
    (refusal(409, "Request_MultipleObjectsWithSameKeyValue"), Permanent),
    (refusal(429, "TooManyRequests"), Throttled),
    (Answer(429, b""), Throttled),
    (refusal(500, "UnknownError"), Transient),
    (Answer(501), Permanent),
    (Answer(502, b"<html>a gateway</html>"), Transient),
    (refusal(503, "ServiceUnavailable"), Transient),
    (refusal(503, "ServiceUnavailable", **{"Retry-After": "3"}), Throttled),
    (refusal(504, "UnknownError"), Transient),
    (Answer(418, b"\x00" * 8), Permanent),
]


@pytest.mark.parametrize("case", GRAPH, ids=str)
async def test_a_refusal_is_one_of_our_errors(tenant: Tenant, server: Server, case: Case) -> None:
    for number, (answer, error) in enumerate(REFUSALS, start=1):
        server.play(answer)
        with pytest.raises(TenantError) as raised:
            await case.call(tenant)
        assert (answer, type(raised.value)) == (answer, error)
        assert str(answer.status) in str(raised.value)
        assert "Words" not in str(raised.value)
        assert len(server.calls) == number, "nothing is tried again by itself"


@pytest.mark.parametrize("case", GRAPH, ids=str)
async def test_a_denial_names_the_permission_to_grant(tenant: Tenant, server: Server, case: Case) -> None:
    server.play(refusal(403, "Authorization_RequestDenied"))
    with pytest.raises(Denied) as denied:
        await case.call(tenant)
    assert case.permission in denied.value.permission
    assert denied.value.permission in str(denied.value)
    assert ("Privileged Authentication Administrator" in denied.value.permission) is (case not in GRAPH_READS)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\x00", b'{"value": 3}', b'{"id": null}'])
@pytest.mark.parametrize("case", GRAPH_READS, ids=str)
async def test_an_answer_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tenant: Tenant, server: Server, case: Case, body: bytes
) -> None:
    server.play(Answer(200, body))
    with pytest.raises(Transient, match="could not be read"):
        await case.call(tenant)


def echo(received: Received) -> Answer:
    return Answer(400, {"error": {"code": PASSWORD, "message": received.body.decode()}})


def echo_plain(received: Received) -> Answer:
    return Answer(400, {"error": {"code": "Plain1Password", "message": received.body.decode()}})


@pytest.mark.parametrize(("answer", "password"), [(echo, PASSWORD), (echo_plain, "Plain1Password")])
async def test_an_answer_that_repeats_the_password_does_not_get_it_into_the_error(
    tenant: Tenant, server: Server, answer: object, password: str
) -> None:
    server.play(answer)  # type: ignore[arg-type]
    with pytest.raises(Permanent) as raised:
        await tenant.graph.set_password(USER, password)
    assert password not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_the_code_is_told(tenant: Tenant, server: Server) -> None:
    server.play(refusal(400, "Request_BadRequest"))
    with pytest.raises(Permanent, match=r"400 \(Request_BadRequest\)"):
        await tenant.graph.user(USER)


def test_there_is_an_error_for_every_status() -> None:
    request = httpx.Request("GET", "https://graph.microsoft.com")
    errors = {type(graph_error(httpx.Response(status, request=request), "a right")) for status in range(300, 600)}
    assert errors == {Throttled, Transient, Denied, Permanent}
