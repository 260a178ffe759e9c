"""The counter in front of storage: what goes through it arrives unchanged, and is counted as what it is."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueClient

from benchmarks.cost import billed
from benchmarks.traffic import Traffic, counting


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest_asyncio.fixture
async def counted(storage: str, traffic: Traffic) -> AsyncIterator[str]:
    async with counting(storage, traffic) as through:
        yield through


async def test_a_poll_that_finds_nothing_is_told_apart_from_work(counted: str, traffic: Traffic) -> None:
    async with QueueClient.from_connection_string(counted, f"q-{uuid4().hex}") as queue:
        await queue.create_queue()
        assert await queue.receive_message() is None
        await queue.send_message("a nudge")
        message = await queue.receive_message()
        assert message is not None
        assert message.content == "a nudge"
        await queue.delete_message(message)

    assert traffic.idle == 1
    assert traffic.worked == {
        "create a queue": 1,
        "send a message": 1,
        "poll that finds something": 1,
        "delete a message": 1,
    }


async def test_a_transaction_counts_once_and_its_entities_each(counted: str, traffic: Traffic) -> None:
    rows = [{"PartitionKey": "a b:é", "RowKey": f"step:{n}"} for n in range(3)]
    async with TableServiceClient.from_connection_string(counted) as tables:
        table = await tables.create_table(f"t{uuid4().hex}")
        traffic.clear()
        await table.submit_transaction([("create", row) for row in rows])
        await table.get_entity("a b:é", "step:1")

    assert (traffic.tables, traffic.entities) == ({"transaction": 1, "read": 1}, 3)


@pytest.mark.parametrize(("seconds", "paid"), [(0.02, 1.0), (1.0, 1.0), (1.01, 1.1), (1.4, 1.4)])
def test_an_execution_is_billed_for_a_second_at_least_and_then_in_tenths(seconds: float, paid: float) -> None:
    assert billed(seconds) == pytest.approx(paid)
