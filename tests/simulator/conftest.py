from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.simulator.client import Client
from tests.simulator.process import started


@pytest_asyncio.fixture(scope="session")
async def connection() -> AsyncIterator[httpx.AsyncClient]:
    """One simulator for all tests of this folder, without lag: starting it is what takes time."""
    async with started("--lag", "0") as (_, url), httpx.AsyncClient(base_url=url, verify=False) as http:  # noqa: S501 - plain HTTP
        yield http


@pytest_asyncio.fixture
async def simulator(connection: httpx.AsyncClient) -> Client:
    """The simulator as it is after its start, whatever the test before did."""
    client = Client(connection)
    await client.reset()
    return client
