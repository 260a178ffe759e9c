"""What tests run against: the real parts, started once for all tests."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from local.stack import Stack
from local.storage import azurite
from tests.simulator.client import Client
from tests.simulator.process import started


@pytest_asyncio.fixture(scope="session")
async def storage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The connection string of a storage emulator, without anything that works on it.

    Tables and queues have conflicts, ETags and limits that no stand-in of ours would get right.
    """
    async with azurite(tmp_path_factory.mktemp("storage")) as connection_string:
        yield connection_string


@pytest_asyncio.fixture(scope="session")
async def connection() -> AsyncIterator[httpx.AsyncClient]:
    """One simulated tenant, without lag, for all tests that want nothing besides: starting it is what takes time."""
    async with started("--lag", "0") as (_, url), httpx.AsyncClient(base_url=url, verify=False) as http:  # noqa: S501 - plain HTTP
        yield http


@pytest_asyncio.fixture
async def simulator(connection: httpx.AsyncClient) -> Client:
    """The simulated tenant as it is after its start, whatever the test before did."""
    client = Client(connection)
    await client.reset()
    return client


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Everything, as `make up` runs it: the app in its host, over storage and a tenant that is late to show writes.

    It is shared because it takes seconds to start: a test here uses an account of its own, or a stack of its own.
    The logs stay in pytest's temporary folder, to be read when a test has failed.
    """
    async with Stack(lag=(0.5, 1.5), folder=tmp_path_factory.mktemp("stack")) as running:
        yield running
