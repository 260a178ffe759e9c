"""The whole stack: its parts can fail and come back, and two of them never meet."""

import os
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from azure.core.exceptions import HttpResponseError
from azure.storage.queue.aio import QueueServiceClient

from local.child import NotReady
from local.demo.attack import VICTIM
from local.stack import Stack
from tests.local.processes import descendants


@pytest_asyncio.fixture(scope="module")
async def other(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A second stack beside the one that all tests share; here it can be broken."""
    async with Stack(lag=(0, 0), mode="report-only", folder=tmp_path_factory.mktemp("other")) as running:
        yield running


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client with a time-out that a loaded machine keeps."""
    async with httpx.AsyncClient(timeout=10) as client:
        yield client


async def steps(http: httpx.AsyncClient, stack: Stack, key: str) -> int:
    return (await http.get(f"{stack.host_url}/api/steps", headers={"x-functions-key": key})).status_code


async def test_a_key_opens_its_own_door_of_its_own_stack(http: httpx.AsyncClient, stack: Stack, other: Stack) -> None:
    assert await steps(http, stack, stack.key("steps")) == HTTPStatus.OK
    assert await steps(http, stack, stack.key("incidents")) == HTTPStatus.UNAUTHORIZED
    assert await steps(http, stack, other.key("steps")) == HTTPStatus.UNAUTHORIZED


async def test_storage_of_one_stack_refuses_the_key_of_another(stack: Stack, other: Stack) -> None:
    def key(connection_string: str) -> str:
        return connection_string.split("AccountKey=")[1].split(";")[0]

    crossed = stack.storage.replace(key(stack.storage), key(other.storage))
    async with QueueServiceClient.from_connection_string(crossed, retry_total=0) as queues:
        with pytest.raises(HttpResponseError, match="AuthenticationFailed") as refused:
            await queues.create_queue("crossed")
    assert refused.value.status_code == HTTPStatus.FORBIDDEN


async def test_the_tenant_of_one_stack_knows_nothing_of_another(
    http: httpx.AsyncClient, stack: Stack, other: Stack
) -> None:
    token = await http.get(
        other.environment["IDENTITY_ENDPOINT"],
        params={"resource": "https://graph.microsoft.com", "api-version": "2019-08-01"},
        headers={"X-IDENTITY-HEADER": other.environment["IDENTITY_HEADER"]},
    )
    authorization = {"authorization": f"Bearer {token.raise_for_status().json()['access_token']}"}

    async def status(of: Stack) -> int:
        url = f"{of.environment['REGAIN_GRAPH_URL']}/v1.0/users/{VICTIM}"
        return (await http.get(url, headers=authorization)).status_code

    assert await status(other) == HTTPStatus.OK
    assert await status(stack) == HTTPStatus.UNAUTHORIZED


async def test_a_person_of_the_tenant_is_signed_in_at_the_host_of_the_same_stack(
    http: httpx.AsyncClient, stack: Stack, other: Stack
) -> None:
    async def status(token: str) -> int:
        headers = {"x-functions-key": stack.key("steps"), "authorization": f"Bearer {token}"}
        return (await http.get(f"{stack.host_url}/api/steps", headers=headers)).status_code

    assert await status(await stack.token("responder@contoso.com")) == HTTPStatus.OK
    assert await status(await other.token("responder@contoso.com")) == HTTPStatus.UNAUTHORIZED
    with pytest.raises(httpx.HTTPStatusError):
        await stack.token("nobody@contoso.com")


async def test_a_host_that_was_killed_is_gone_and_comes_back_to_the_same_storage(
    http: httpx.AsyncClient, other: Stack
) -> None:
    storage = other.storage
    await other.kill_host()
    with pytest.raises(httpx.ConnectError):
        await steps(http, other, other.key("steps"))
    await other.start_host()
    assert other.storage == storage
    assert await steps(http, other, other.key("steps")) == HTTPStatus.OK


async def test_hosts_stand_beside_each_other_and_one_that_stands_still_goes_on_where_it_was(
    http: httpx.AsyncClient, other: Stack
) -> None:
    async def answers(url: str) -> int:
        headers = {"x-functions-key": other.key("steps")}
        return (await http.get(f"{url}/api/steps", headers=headers, timeout=2)).status_code

    await other.start_host(name="second")
    first, second = other.host_urls
    other.pause_host("second")
    with pytest.raises(httpx.ReadTimeout):
        await answers(second)
    assert await answers(first) == HTTPStatus.OK
    other.resume_host("second")
    assert await answers(second) == HTTPStatus.OK
    other.pause_host("second")
    await other.stop_host("second")
    with pytest.raises(httpx.ConnectError):
        await answers(second)


async def test_the_tenant_comes_back_as_its_seed_files_describe_it(http: httpx.AsyncClient, other: Stack) -> None:
    async def accounts() -> list[object]:
        """What of them is the same at each start: some of the attack's times are counted from then."""
        state = (await http.get(f"{other.simulator_url}/_simulator/state")).raise_for_status()
        return [(one["user"], one["mailbox"], one["inboxRules"]) for one in state.json()["accounts"]]

    before = await accounts()
    await http.put(f"{other.simulator_url}/_simulator/state", json={"accounts": []})
    await other.stop_simulator()
    with pytest.raises(httpx.ConnectError):
        await accounts()
    await other.start_simulator()
    assert await accounts() == before


async def test_settings_of_the_test_go_over_those_of_the_stack() -> None:
    stack = Stack(mode="report-only", settings={"REGAIN_STEPS": '{"seal": "off"}', "REGAIN_GRAPH_URL": "http://x"})
    chosen = {"REGAIN_MODE": "report-only", "REGAIN_STEPS": '{"seal": "off"}', "REGAIN_GRAPH_URL": "http://x"}
    assert chosen.items() <= stack.environment.items()


async def test_where_a_part_does_not_come_up_nothing_is_left_running(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text("")
    before = descendants(os.getpid())
    with pytest.raises(NotReady, match="host ended with"):
        await Stack(app=tmp_path).__aenter__()
    assert descendants(os.getpid()) <= before


async def test_a_tenant_that_does_not_come_up_is_named(tmp_path: Path) -> None:
    (tmp_path / "tenant.json").write_text("{}")
    with pytest.raises(NotReady, match="simulator ended with"):
        await Stack(accounts=tmp_path).__aenter__()
