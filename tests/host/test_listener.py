"""The listener's own rules, with a worker that is held by the test."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.storage.queue.aio import QueueServiceClient
from hypothesis import given
from hypothesis import strategies as st

from local.host.protocol import TypedData
from local.host.queues import Backoff, Listener
from local.host.settings import QueueSettings
from local.host.worker import Function, Result, Worker
from tests.host.running import until


class Held(Worker):
    """Runs until it is let go."""

    def __init__(self) -> None:
        super().__init__(())
        self.seen: list[dict[str, str]] = []
        self.go = asyncio.Event()

    async def invoke(self, function: Function, data: TypedData, metadata: dict[str, str] | None = None) -> Result:  # noqa: ARG002 - the shape of a worker
        self.seen.append(metadata or {})
        await self.go.wait()
        return Result(None, {})


@pytest_asyncio.fixture
async def queues(storage: str) -> AsyncIterator[QueueServiceClient]:
    """The storage emulator's queues."""
    async with QueueServiceClient.from_connection_string(storage) as service:
        yield service


def listener(queues: QueueServiceClient, worker: Worker, lock: float) -> Listener:
    function = Function("f", "1", {"name": "message", "queueName": f"q-{uuid4().hex}"}, {})
    settings = QueueSettings(maxPollingInterval="00:00:01")
    return Listener(worker, function, queues, settings, timedelta(minutes=1), lock=lock)


async def test_a_message_stays_locked_for_as_long_as_its_function_runs(queues: QueueServiceClient) -> None:
    """The lock is two seconds here, the function runs for five: without renewal it would be seen twice."""
    worker = Held()
    one = listener(queues, worker, lock=2)
    await one.prepare()
    run = asyncio.create_task(one.run())
    await queues.get_queue_client(one.queue_name).send_message("aGVsbG8=")
    await asyncio.sleep(5)
    assert [seen["DequeueCount"] for seen in worker.seen] == ["1"]

    worker.go.set()
    one.stop()
    await run
    properties = await queues.get_queue_client(one.queue_name).get_queue_properties()
    assert properties.approximate_message_count == 0


async def test_trigger_metadata_is_text(queues: QueueServiceClient) -> None:
    worker = Held()
    worker.go.set()
    one = listener(queues, worker, lock=60)
    await one.prepare()
    run = asyncio.create_task(one.run())
    await queues.get_queue_client(one.queue_name).send_message("aGVsbG8=")
    await until(lambda: bool(worker.seen))
    one.stop()
    await run

    assert set(worker.seen[0]) == {
        "Id",
        "DequeueCount",
        "PopReceipt",
        "InsertionTime",
        "ExpirationTime",
        "NextVisibleTime",
    }
    assert all(isinstance(value, str) for value in worker.seen[0].values())


@given(hits=st.lists(st.booleans(), max_size=60), most=st.floats(0.1, 60))
def test_the_pause_is_100_ms_after_a_hit_and_doubles_with_jitter_up_to_the_most(hits: list[bool], most: float) -> None:
    backoff, last = Backoff(most), 0.1
    for hit in hits:
        pause = backoff.after(hit=hit)
        if hit:
            assert pause == pytest.approx(0.1)
        else:
            assert 0.1 <= pause <= most
            assert pause <= max(last * 2.4, 0.1) + 1e-9
        last = pause


def test_the_pause_reaches_the_most() -> None:
    backoff = Backoff(60)
    assert max(backoff.after(hit=False) for _ in range(30)) == pytest.approx(60)
