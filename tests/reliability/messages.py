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

from local.child import ROOT
from local.host.queues import LOCK
from local.host.settings import host_settings
from shared.state.queues import POISON

from .taps import Call

LOCKED = timedelta(seconds=LOCK)
_SETTINGS = host_settings(ROOT).extensions.queues
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
        """What the function gets. Raises ``ValueError`` where the message is not encoded as it should be."""
        return b64decode(str(self.message.content), validate=True)


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
        """Learns from a worker's call where a message was sent to or taken from, and until when it is hidden."""
        parts = urlsplit(call.url)
        _, queue, *rest = [*parts.path.strip("/").split("/"), ""]
        if rest[:1] != ["messages"] or not 200 <= call.status < 300:
            return
        delay = int(parse_qs(parts.query).get("visibilitytimeout", ["0" if call.method == "POST" else "30"])[0])
        match call.method:
            case "POST" if not delay:
                self._used.add(queue)
                self._busy[queue] = None
            case "POST":
                self._used.add(queue)
                asked = ElementTree.fromstring(call.body)  # noqa: S314 - our own client's
                self._hide(queue, call.answer, asked.findtext(".//MessageText", ""), now + timedelta(seconds=delay))
            case "GET":
                self._hide(queue, call.answer, "", now + timedelta(seconds=delay))
            case "DELETE":
                self.hidden = [one for one in self.hidden if one.id != rest[1]]

    def _hide(self, queue: str, answer: bytes, content: str, until: datetime) -> None:
        for message in ElementTree.fromstring(answer).iter("QueueMessage"):  # noqa: S314 - Azurite's
            found = {name: message.findtext(name, "") for name in ("MessageId", "PopReceipt", "MessageText")}
            text = content or found["MessageText"]
            self.hidden.append(Hidden(queue, found["MessageId"], found["PopReceipt"], text, until))

    async def take(self, now: datetime, most: int, but: str = "") -> list[Taken]:
        """The next messages that may be seen, ``but`` those of one queue."""
        for hidden in [one for one in self.hidden if one.until <= now]:
            self.hidden.remove(hidden)
            await self._client(hidden.queue).update_message(hidden.id, hidden.receipt, visibility_timeout=0)
            if not hidden.queue.endswith(POISON):
                self._busy[hidden.queue] = None
        taken: list[Taken] = []
        for queue in [one for one in self._busy if one != but]:
            pages = self._client(queue).receive_messages(max_messages=most - len(taken), visibility_timeout=_A_DAY)
            taken += [Taken(queue, message) async for message in pages]
            if len(taken) == most:
                return taken
            del self._busy[queue]
        return taken

    def ask_first(self, number: int) -> None:
        """Which of the busy queues is asked first: the host's listeners know nothing of each other."""
        busy = list(self._busy)
        turned = number % len(busy) if busy else 0
        self._busy = dict.fromkeys(busy[turned:] + busy[:turned])

    async def delete(self, taken: Taken) -> None:
        """The function has returned."""
        await self._client(taken.queue).delete_message(taken.message)

    def hide(self, taken: Taken, until: datetime) -> None:
        """Nobody deletes it: it is seen again when its lock has run out."""
        message = taken.message
        receipt = message.pop_receipt or ""
        self.hidden.append(Hidden(taken.queue, message.id, receipt, str(message.content), until))

    async def lose(self, queue: str) -> None:
        """What is hidden there is never seen again."""
        for one in [one for one in self.hidden if one.queue == queue]:
            await self._client(queue).delete_message(one.id, one.receipt)
            self.hidden.remove(one)

    async def failed(self, taken: Taken, now: datetime) -> None:
        """The function has raised: again after a while, or into the poison queue as a new message."""
        if (taken.message.dequeue_count or 0) < _SETTINGS.max_dequeue_count:
            self.hide(taken, now + _SETTINGS.visibility_timeout)
            return
        await self.poison(taken)

    async def poison(self, taken: Taken) -> None:
        """The host gives up: a new message in the poison queue, then the old one goes."""
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

    async def poisoned(self) -> bool:
        """Whether there is something for the sweep in a poison queue."""
        return await self._count(queue for queue in self._used if queue.endswith(POISON)) > 0

    async def count(self) -> int:
        """How many messages lie in the queues that were used, hidden ones and poisoned ones too."""
        return await self._count(self._used)

    async def _count(self, queues: Iterable[str]) -> int:
        counts = [(await self._client(queue).get_queue_properties()).approximate_message_count for queue in queues]
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
