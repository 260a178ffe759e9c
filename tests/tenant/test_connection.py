"""What happens where there is no answer, or only a piece of one."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from shared.settings import Settings
from shared.tenant import connection
from shared.tenant.connection import NO_ANSWER, answering, new_client
from shared.tenant.errors import Permanent, TenantError, Transient
from shared.tenant.tenant import Tenant
from tests.tenant.calls import ALL, USER, Case
from tests.tenant.conftest import TENANT_ID
from tests.tenant.server import Answer, Server


@pytest.mark.parametrize("only", [0, 5, 80, -1], ids=["nothing", "half a status", "half the headers", "half a body"])
@pytest.mark.parametrize("case", ALL, ids=str)
async def test_a_connection_that_drops_is_trouble_that_passes(
    tenant: Tenant, server: Server, case: Case, only: int
) -> None:
    server.play(Answer(200, {"value": "x" * 100}, only=only))
    with pytest.raises(Transient, match="did not answer"):
        await case.call(tenant)
    assert len(server.calls) == 1, "nothing is tried again by itself"


@pytest.mark.parametrize("case", ALL, ids=str)
async def test_bytes_that_are_no_http_are_trouble_that_passes(tenant: Tenant, server: Server, case: Case) -> None:
    server.play(Answer(headers={"Content-Encoding": "gzip"}, body=b"no gzip"))
    with pytest.raises(Transient, match="DecodingError"):
        await case.call(tenant)


@pytest.mark.parametrize("case", ALL, ids=str)
async def test_a_service_that_is_not_there_is_trouble_that_passes(server: Server, case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    tenant = Tenant.from_settings(Settings(tenant_id=TENANT_ID, graph_url=closed, exchange_url=closed))
    with pytest.raises(Transient, match="ConnectError") as raised:
        await case.call(tenant)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__, "the client's error holds the request"
    await tenant.close()


async def test_a_service_that_says_nothing_is_not_waited_for_long(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_TIMEOUT", httpx.Timeout(0.05))
    server.silent = True
    server.play(Answer())
    async with new_client() as http:
        with pytest.raises(Transient, match="ReadTimeout"):
            async with answering("It"):
                await http.get(server.url)


async def test_the_whole_call_has_its_time_too(server: Server) -> None:
    server.silent = True
    server.play(Answer())
    async with new_client() as http:
        with pytest.raises(Transient, match="within"):
            async with answering("It", within=0.05):
                await http.get(server.url)


async def test_time_outs_fit_well_within_a_lease(tenant: Tenant) -> None:
    for http in (tenant.graph._http, tenant.exchange._http):
        assert http.timeout == httpx.Timeout(connect=5.0, read=15.0, write=15.0, pool=15.0)
    assert connection.WHOLE_CALL == 20.0


async def test_our_own_errors_pass_through() -> None:
    with pytest.raises(Permanent, match="ours"):
        async with answering("It"):
            raise Permanent("ours")


def leaves(kinds: Iterator[type[Exception]]) -> set[type[Exception]]:
    return {kind for kind in kinds if not kind.__subclasses__()}


def test_every_error_of_the_http_client_is_known() -> None:
    exported = (getattr(httpx, name) for name in httpx.__all__)
    kinds = (kind for kind in exported if isinstance(kind, type) and issubclass(kind, Exception))
    assert leaves(kinds) == NO_ANSWER.keys()


@pytest.mark.parametrize("kind", NO_ANSWER)
async def test_every_error_of_the_http_client_becomes_ours(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    with pytest.raises(TenantError) as raised:
        async with answering("It"):
            raise error
    assert type(raised.value) is NO_ANSWER[kind]
    assert kind.__name__ in str(raised.value)


async def test_a_secret_in_the_clients_error_does_not_get_into_ours(tenant: Tenant) -> None:
    with pytest.raises(Permanent) as raised:
        async with answering("It"):
            raise httpx.LocalProtocolError("Illegal header value b'Bearer secret'")
    assert "secret" not in str(raised.value)
    assert USER not in str(raised.value)
