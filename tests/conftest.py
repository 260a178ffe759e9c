"""What tests run against: the real parts, started once for all tests."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from local.stack import Stack
from local.storage import azurite


@pytest_asyncio.fixture(scope="session")
async def storage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The connection string of a storage emulator, without anything that works on it.

    Tables and queues have conflicts, ETags and limits that no stand-in of ours would get right.
    """
    async with azurite(tmp_path_factory.mktemp("storage")) as connection_string:
        yield connection_string


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Everything, as `make up` runs it: the app in its host, over storage and a tenant that is late to show writes.

    It is shared because it takes seconds to start: a test here uses an account of its own, or a stack of its own.
    The logs stay in pytest's temporary folder, to be read when a test has failed.
    """
    async with Stack(lag=(0.5, 1.5), folder=tmp_path_factory.mktemp("stack")) as running:
        yield running
