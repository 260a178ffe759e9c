from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio
from azure.data.tables.aio import TableClient, TableServiceClient
from azure.storage.queue.aio import QueueServiceClient


@pytest_asyncio.fixture
async def table(storage: str) -> AsyncIterator[TableClient]:
    """A table that nothing has been written to."""
    async with TableServiceClient.from_connection_string(storage) as tables:
        yield await tables.create_table(f"t{uuid4().hex}")


@pytest_asyncio.fixture
async def service(storage: str) -> AsyncIterator[QueueServiceClient]:
    """All queues: each test has one of its own name."""
    async with QueueServiceClient.from_connection_string(storage) as service:
        yield service
