"""Queue triggers: one listener a function, that learns nothing from its neighbours.

Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger; the details
(100 ms, ±20 %, ten minutes) are those of Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Queues.
"""

import binascii
import logging
import random
from asyncio import FIRST_COMPLETED, Event, Task, create_task, sleep, timeout, wait
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from .faults import Fault, strike
from .protocol import TypedData
from .settings import QueueSettings
from .worker import Function, FunctionFailed, Result, Worker

POISON = "-poison"
LOCK = 600.0  # seconds for which a message that was taken is hidden from others
_FIRST_PAUSE = 0.1
_AFTER_TROUBLE = 1.0

log = logging.getLogger("host.queues")


class Backoff:
    """How long to wait before the next poll: 100 ms after a hit, then doubling with ±20 %."""

    def __init__(self, most: float) -> None:
        self._most = max(most, _FIRST_PAUSE)
        self._pause = _FIRST_PAUSE

    def after(self, *, hit: bool) -> float:
        """Seconds."""
        if hit:
            self._pause = _FIRST_PAUSE
            return _FIRST_PAUSE
        pause = self._pause
        self._pause = min(self._pause * 2 * random.uniform(0.8, 1.2), self._most)
        return pause


@dataclass
class Listener:
    """Takes the messages of one function's queue."""

    worker: Worker
    function: Function
    service: QueueServiceClient
    settings: QueueSettings
    time_limit: timedelta
    fault: Fault | None = None
    lock: float = LOCK
    _running: set[Task[None]] = field(default_factory=set)
    _stopping: Event = field(default_factory=Event)

    @property
    def queue_name(self) -> str:
        """The queue that the trigger names."""
        return str(self.function.trigger["queueName"])

    async def prepare(self) -> None:
        """Creates the queue where it is missing."""
        await _create(self.service.get_queue_client(self.queue_name))

    async def run(self) -> None:
        """Polls until ``stop``; then waits for what is running."""
        queue = self.service.get_queue_client(self.queue_name)
        backoff = Backoff(self.settings.max_polling_interval.total_seconds())
        while not self._stopping.is_set():
            try:
                messages = await self._receive(queue)
                pause = backoff.after(hit=bool(messages))
            except ResourceNotFoundError:
                messages, pause = [], backoff.after(hit=False)
            except AzureError as error:
                log.warning("%s: polling failed: %s", self.queue_name, type(error).__name__)
                messages, pause = [], _AFTER_TROUBLE
            for message in messages:
                self._begin(queue, message)
            await self._pause(pause)
            await self._room()
        if self._running:
            await wait(self._running)

    def stop(self) -> None:
        """Takes no more messages."""
        self._stopping.set()

    async def _receive(self, queue: QueueClient) -> list[QueueMessage]:
        """One batch. A message that stays hidden for ten minutes where its worker dies is the real host's way."""
        pages = queue.receive_messages(
            messages_per_page=self.settings.batch_size,
            max_messages=self.settings.batch_size,
            visibility_timeout=int(self.lock),
        )
        return [message async for message in pages]

    def _begin(self, queue: QueueClient, message: QueueMessage) -> None:
        task = create_task(self._process(queue, message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _room(self) -> None:
        while len(self._running) > self.settings.threshold and not self._stopping.is_set():
            await wait(self._running, return_when=FIRST_COMPLETED)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with timeout(seconds):
                await self._stopping.wait()

    async def _process(self, queue: QueueClient, message: QueueMessage) -> None:
        try:
            async with self._locked(queue, message):
                await self._work(queue, message)
        except AzureError as error:  # the message comes back when its lock has run out
            log.error("%s: storage trouble with message %s: %s", self.queue_name, message.id, type(error).__name__)

    async def _work(self, queue: QueueClient, message: QueueMessage) -> None:
        body = self._decoded(message)
        if body is None or (message.dequeue_count or 0) > self.settings.max_dequeue_count:
            await self._poison(queue, message)
            return
        try:
            result = await self._invoke(body, message)
        except (FunctionFailed, TimeoutError) as error:
            log.error("%s failed: %s", self.function.name, str(error) or "time-out")
            await self._failed(queue, message)
            return
        await self._write(result)
        if self.fault and self.fault.reached("after-return", self.function.name):
            strike()
        await queue.delete_message(message)

    async def _invoke(self, body: TypedData, message: QueueMessage) -> Result:
        if self.fault and self.fault.reached("before-return", self.function.name):
            create_task(self.fault.strike_soon())  # noqa: RUF006 - the process does not live to see it end
        async with timeout(self.time_limit.total_seconds()):
            return await self.worker.invoke(self.function, body, _metadata(message))

    async def _failed(self, queue: QueueClient, message: QueueMessage) -> None:
        if (message.dequeue_count or 0) >= self.settings.max_dequeue_count:
            await self._poison(queue, message)
        else:
            seconds = int(self.settings.visibility_timeout.total_seconds())
            await queue.update_message(message, visibility_timeout=seconds)

    async def _poison(self, queue: QueueClient, message: QueueMessage) -> None:
        """A new message in the poison queue, then the old one goes."""
        poison = self.service.get_queue_client(self.queue_name + POISON)
        await _create(poison)
        await poison.send_message(message.content)
        await queue.delete_message(message)
        log.warning("%s: message %s was poisoned", self.queue_name, message.id)

    async def _write(self, result: Result) -> None:
        """Outputs are written after the function has returned and before its message is deleted."""
        for name, data in result.outputs.items():
            queue = self.service.get_queue_client(str(self.function.outputs[name]["queueName"]))
            await _create(queue)
            await queue.send_message(self._encoded(data))

    def _decoded(self, message: QueueMessage) -> TypedData | None:
        """None where the message is not what ``messageEncoding`` says."""
        if self.settings.message_encoding == "none":
            return TypedData(string=message.content)
        try:
            return TypedData(string=b64decode(message.content, validate=True).decode())
        except (binascii.Error, ValueError):
            return None

    def _encoded(self, data: TypedData) -> str:
        content = data.bytes if data.bytes is not None else (data.string or data.json or "").encode()
        return content.decode() if self.settings.message_encoding == "none" else b64encode(content).decode()

    @asynccontextmanager
    async def _locked(self, queue: QueueClient, message: QueueMessage) -> AsyncIterator[None]:
        renewal = create_task(self._renew(queue, message))
        try:
            yield
        finally:
            renewal.cancel()

    async def _renew(self, queue: QueueClient, message: QueueMessage) -> None:
        while True:
            await sleep(self.lock / 2)
            renewed = await queue.update_message(message, visibility_timeout=int(self.lock))
            message.pop_receipt = renewed.pop_receipt


def _metadata(message: QueueMessage) -> dict[str, str]:
    """All of it is text, as the real host sends it."""
    times = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    return {
        "Id": message.id,
        "DequeueCount": str(message.dequeue_count),
        "PopReceipt": message.pop_receipt or "",
        **{name: time.isoformat() for name, time in times.items() if time},
    }


async def _create(queue: QueueClient) -> None:
    with suppress(ResourceExistsError):
        await queue.create_queue()
