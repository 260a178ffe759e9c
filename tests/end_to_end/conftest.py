from collections.abc import AsyncIterator

import pytest_asyncio

from local.stack import Stack
from tests.end_to_end.world import World, world


@pytest_asyncio.fixture
async def running(stack: Stack) -> AsyncIterator[World]:
    """The one stack of all tests. Each test brings its own account, so that they don't meet."""
    async with world(stack) as running:
        yield running
