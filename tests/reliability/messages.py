"""The queues as the functions host sees them: messages are taken, hidden while they are worked on, deleted.

Azurite hides a message by the machine's clock. By the world's clock it comes out again when its time has come: whoever
holds its receipt, the answer to its sending or its taking, can show it at once.
"""

from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.state.queues import POISON

from .taps import Call

LOCK = timedelta(minutes=10)
MOST_TRIES = 5
_A_DAY = 24 * 3600


@dataclass(frozen=True)
class Hidden:
    """A message that nobody may see before ``until``."""

    queue: str
    id: str
    receipt: str
    content: str
    until: datetime


@dataclass(frozen=True)
class Taken:
    """A message that the host has taken."""

    queue: str
    message: QueueMessage

    @property
    def body(self) -> bytes:
        """What the function gets."""
        return b64decode(self.message.content)


@dataclass(frozen=True)
class Saved:
    """A message, put aside."""

    queue: str
    content: str
    until: datetime | None


@dataclass
class Messages:
    """All queues. ``note`` must be told of every call of a worker, so that no queue is asked in vain."""

    service: QueueServiceClient
    _busy: dict[str, None] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    hidden: list[Hidden] = field(default_factory=list)

    async def prepare(self, queues: Iterable[str]) -> None:
        """Creates them, with their poison queues, as a deployment does."""
        for queue in queues:
            for name in (queue, queue + POISON):
                with suppress(ResourceExistsError):
                    await self._client(name).create_queue()

    def note(self, call: Call, now: datetime) -> None:
        """Learns from a worker's call where a message was sent to, and until when it is hidden."""
        parts = urlsplit(call.url)
        _, *rest = parts.path.strip("/").split("/")
        if call.method != "POST" or len(rest) != 2 or rest[1] != "messages" or call.status != 201:
            return
        queue, delay = rest[0], int(parse_qs(parts.query).get("visibilitytimeout", ["0"])[0])
        self._used.add(queue)
        if not delay:
            self._busy[queue] = None
            return
        sent, asked = ElementTree.fromstring(call.answer), ElementTree.fromstring(call.body)  # noqa: S314 - Azurite's
        self.hidden.append(
            Hidden(
                queue,
                sent.findtext(".//MessageId", ""),
                sent.findtext(".//PopReceipt", ""),
                asked.findtext(".//MessageText", ""),
                now + timedelta(seconds=delay),
            )
        )

    async def take(self, now: datetime, most: int) -> list[Taken]:
        """The next messages that may be seen."""
        for hidden in [one for one in self.hidden if one.until <= now]:
            self.hidden.remove(hidden)
            await self._client(hidden.queue).update_message(hidden.id, hidden.receipt, visibility_timeout=0)
            self._busy[hidden.queue] = None
        taken: list[Taken] = []
        for queue in list(self._busy):
            pages = self._client(queue).receive_messages(max_messages=most - len(taken), visibility_timeout=_A_DAY)
            taken += [Taken(queue, message) async for message in pages]
            if len(taken) == most:
                return taken
            del self._busy[queue]
        return taken

    async def delete(self, taken: Taken) -> None:
        """The function has returned."""
        await self._client(taken.queue).delete_message(taken.message)

    def hide(self, taken: Taken, until: datetime) -> None:
        """Whoever took it does not come back: it stays hidden until its lock has run out."""
        message = taken.message
        receipt = message.pop_receipt or ""
        self.hidden.append(Hidden(taken.queue, message.id, receipt, str(message.content), until))

    async def failed(self, taken: Taken, now: datetime) -> None:
        """The function has raised: again at once, or into the poison queue as a new message."""
        if (taken.message.dequeue_count or 0) < MOST_TRIES:
            self.hide(taken, now)
            return
        await self.send(taken.queue + POISON, str(taken.message.content))
        await self.delete(taken)

    async def send(self, queue: str, content: str, until: datetime | None = None) -> None:
        """Puts a message there, encoded as it is to lie there."""
        sent = await self._client(queue).send_message(content, visibility_timeout=_A_DAY if until else 0)
        self._used.add(queue)
        if until:
            self.hidden.append(Hidden(queue, sent.id, sent.pop_receipt or "", content, until))
        elif not queue.endswith(POISON):
            self._busy[queue] = None

    async def count(self) -> int:
        """How many messages lie in the queues that were used, hidden ones and poisoned ones too."""
        counts = [(await self._client(queue).get_queue_properties()).approximate_message_count for queue in self._used]
        return sum(count or 0 for count in counts)

    async def save(self) -> list[Saved]:
        """All messages, without taking them; none may be at work."""
        saved = [Saved(one.queue, one.content, one.until) for one in self.hidden]
        for queue in self._busy:
            peeked = await self._client(queue).peek_messages(max_messages=32)
            saved += [Saved(queue, str(message.content), None) for message in peeked]
        return saved

    async def put_back(self, saved: Iterable[Saved]) -> None:
        """Makes the queues hold what was saved, and nothing else."""
        for queue in self._used:
            await self._client(queue).clear_messages()
        self._busy, self._used, self.hidden = {}, set(), []
        for one in saved:
            await self.send(one.queue, one.content, one.until)

    def _client(self, queue: str) -> QueueClient:
        return self.service.get_queue_client(queue)
