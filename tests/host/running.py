"""One host process over the sample app, seen from outside."""

import asyncio
import json
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue.aio import QueueServiceClient

from local.child import Child
from local.simulator.seeds import read_seeds
from tests.host.app import FUNCTION_APP, HOST_JSON

TENANT = read_seeds().tenant.id
KEYS = {"master": "master-key", "functions": {"thing": "thing-key", "other": "other-key"}}


@dataclass
class Running:
    """``notes`` is what the app has written down."""

    http: httpx.AsyncClient
    queues: QueueServiceClient
    child: Child
    folder: Path

    @property
    def notes(self) -> list[dict[str, Any]]:
        path = self.folder / "notes"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def noted(self, function: str) -> list[dict[str, Any]]:
        return [note for note in self.notes if note["function"] == function]

    async def send(self, queue: str, body: str, *, encoded: bool = True) -> None:
        content = b64encode(body.encode()).decode() if encoded else body
        await self.queues.get_queue_client(queue).send_message(content)

    async def waiting(self, queue: str) -> list[str]:
        """What lies in a queue and can be seen."""
        try:
            peeked = await self.queues.get_queue_client(queue).peek_messages(max_messages=32)
        except ResourceNotFoundError:
            return []
        return [str(message.content) for message in peeked]

    async def holds(self, queue: str, body: str) -> bool:
        """Whether a message with this body, as it lies there, can be seen in a queue."""
        return body in await self.waiting(queue)

    async def empty(self, queue: str) -> bool:
        return await self.length(queue) == 0

    async def length(self, queue: str) -> int:
        """How many messages a queue holds, those that are hidden too."""
        properties = await self.queues.get_queue_client(queue).get_queue_properties()
        return int(properties.approximate_message_count or 0)


@asynccontextmanager
async def running(folder: Path, storage: str, *arguments: str) -> AsyncIterator[Running]:
    _write_app(folder)
    child = await Child.start(
        *(sys.executable, "-m", "local.host", "--root", str(folder), "--keys", str(folder / "keys.json"), *arguments),
        ready=r"host ready (http://\S+)\n",
        log=folder / "host.log",
        environment={"STORAGE": storage, "NOTES": str(folder / "notes"), "REGAIN_TENANT_ID": TENANT},
    )
    try:
        async with (
            httpx.AsyncClient(base_url=child.ready[0]) as http,
            QueueServiceClient.from_connection_string(storage) as queues,
        ):
            yield Running(http, queues, child, folder)
    finally:
        await child.stop()


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 15) -> None:
    """Waits for a condition. Raises ``TimeoutError``."""
    end = monotonic() + seconds
    while monotonic() < end:
        answer = condition()
        if await answer if isawaitable(answer) else answer:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"not within {seconds} s")


def _write_app(folder: Path) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "function_app.py").write_text(FUNCTION_APP)
    (folder / "host.json").write_text(HOST_JSON)
    (folder / "keys.json").write_text(json.dumps(KEYS))
