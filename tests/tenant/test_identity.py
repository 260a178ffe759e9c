"""Getting a token, and not getting one."""

from base64 import b64encode
from datetime import UTC, datetime

import azure.core.exceptions
import azure.identity
import pytest
from azure.core.exceptions import AzureError

from shared.settings import Settings
from shared.tenant.errors import Denied, TenantError, Transient
from shared.tenant.identity import NO_TOKEN
from shared.tenant.tenant import Tenant, _scope
from tests.tenant.calls import ALL, USER, Case
from tests.tenant.conftest import TENANT_ID
from tests.tenant.server import TOKEN, Answer, Server

LATER = str(int(datetime.now(UTC).timestamp()) + 3600)
NO_ANSWERS: list[tuple[str, Answer, type[TenantError]]] = [
    ("refused", Answer(400, {"statusCode": 400, "message": "No identity found"}), Denied),
    ("forbidden", Answer(403, {"message": "no"}), Denied),
    ("page", Answer(400, b"<html>", {"Content-Type": "text/html"}), Denied),
    ("starting", Answer(404, {"message": "not yet"}), Transient),
    ("throttled", Answer(429, {"message": "slowly"}), Transient),
    ("broken", Answer(500, {"message": "oh"}), Transient),
    ("gateway", Answer(502, b"<html>", {"Content-Type": "text/html"}), Transient),
    ("cut", Answer(200, {"access_token": TOKEN}, only=-3), Transient),
    ("no resource", Answer(200, {"access_token": TOKEN, "expires_on": LATER}), Transient),
    ("no number", Answer(200, {"access_token": TOKEN, "expires_on": "soon", "resource": "r"}), Transient),
    ("no token", Answer(200, {"expires_on": LATER}), Denied),
]


@pytest.mark.parametrize(("name", "answer", "error"), NO_ANSWERS, ids=[name for name, *_ in NO_ANSWERS])
@pytest.mark.parametrize("case", [ALL[0], ALL[-1]], ids=str)
async def test_without_a_token_nothing_is_sent(
    tenant: Tenant, server: Server, case: Case, name: str, answer: Answer, error: type[TenantError]
) -> None:
    server.token_answers.append(answer)
    with pytest.raises(TenantError) as raised:
        await case.call(tenant)
    assert type(raised.value) is error
    assert TOKEN not in str(raised.value)
    assert server.calls == []
    assert len(server.token_calls) == 1, "nothing is tried again by itself"


async def test_an_identity_endpoint_that_hangs_up_is_trouble_that_passes(tenant: Tenant, server: Server) -> None:
    server.token_answers.extend([Answer(only=0)] * 2)  # aiohttp itself asks again where a connection was dropped
    with pytest.raises(Transient, match="gave no token"):
        await ALL[0].call(tenant)
    assert server.calls == []


async def test_a_token_that_could_not_be_had_is_had_the_next_time(tenant: Tenant, server: Server) -> None:
    server.token_answers.append(Answer(500))
    with pytest.raises(Transient):
        await ALL[0].call(tenant)
    server.play(ALL[0].good)
    await ALL[0].call(tenant)


async def test_a_token_that_was_revoked_is_replaced_once(tenant: Tenant, server: Server) -> None:
    claims = b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"1"}}}').decode()
    challenge = Answer(401, headers={"WWW-Authenticate": f'Bearer realm="", claims="{claims}"'})
    server.play(challenge, ALL[0].good, challenge, challenge)
    await ALL[0].call(tenant)
    assert len(server.token_calls) == 2
    with pytest.raises(Transient, match="401"):
        await ALL[0].call(tenant)


async def test_a_challenge_that_cannot_be_read_is_trouble_that_passes(tenant: Tenant, server: Server) -> None:
    server.play(*[Answer(401, headers={"WWW-Authenticate": f'Bearer claims="{c}"'}) for c in ("abcde", "/w==")])
    for _ in range(2):
        with pytest.raises(Transient, match="could not be read"):
            await ALL[0].call(tenant)


async def test_without_a_managed_identity_we_say_so(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.delenv("IDENTITY_HEADER")
    monkeypatch.setenv("MSI_ENDPOINT", f"{server.url}/msi/token")
    server.token_answers.append(Answer(400, {"message": "no"}))
    tenant = Tenant.from_settings(Settings(tenant_id=TENANT_ID, graph_url=server.url, exchange_url=server.url))
    with pytest.raises(Denied) as denied:
        await tenant.graph.user(USER)
    assert "managed identity" in denied.value.permission
    await tenant.close()


async def test_a_user_assigned_identity_is_asked_for_by_its_client_id(server: Server) -> None:
    settings = Settings(
        tenant_id=TENANT_ID, identity_client_id="7c4d", graph_url=server.url, exchange_url=server.url + "/"
    )
    tenant = Tenant.from_settings(settings)
    server.play(ALL[0].good, ALL[-1].good)
    await ALL[0].call(tenant)
    await ALL[-1].call(tenant)
    assert all("client_id=7c4d" in call.target for call in server.token_calls)
    assert server.calls[1].target.startswith("/adminapi/beta/")
    await tenant.close()


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("http://127.0.0.1:8080", "https://graph.microsoft.com/.default"),
        ("https://graph.microsoft.com", "https://graph.microsoft.com/.default"),
        ("https://graph.microsoft.us/", "https://graph.microsoft.us/.default"),
    ],
)
def test_a_token_is_for_the_service_that_is_called(url: str, scope: str) -> None:
    assert _scope(url, "https://graph.microsoft.com") == scope


@pytest.mark.parametrize("url", ["http://graph.microsoft.com", "graph.microsoft.com", "ftp://x", ""])
def test_a_token_is_never_sent_unencrypted(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Tenant.from_settings(Settings(tenant_id=TENANT_ID, graph_url=url))


def kinds_of(error: type[Exception]) -> set[type[Exception]]:
    """The class and all below it that the identity library can raise."""
    known = {error} | {kind for child in error.__subclasses__() for kind in kinds_of(child)}
    return {kind for kind in known if kind.__module__.startswith(("azure.core", "azure.identity"))}


def test_every_error_of_the_identity_library_is_known() -> None:
    assert azure.core.exceptions
    assert azure.identity
    assert kinds_of(AzureError) - {AzureError} == NO_TOKEN.keys()
