from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.host.running import Running, running


@pytest_asyncio.fixture(scope="module")
async def host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One host for all tests of a file: starting it is what takes time."""
    async with running(tmp_path_factory.mktemp("app"), storage) as host:
        yield host
