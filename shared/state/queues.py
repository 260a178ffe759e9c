"""The queues: one a step, named like it, and that of the deliveries; each with its poison queue beside it."""

from base64 import b64decode
from datetime import timedelta
from math import ceil
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage, TextBase64DecodePolicy, TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient, QueueServiceClient
from pydantic import BaseModel, ConfigDict, Field

POISON = "-poison"
_POISON_BATCH = 32
_NOW = timedelta()


class Message(BaseModel):
    """What is in a queue: ids and the round, nothing else. It is a nudge; what to do stands in the table."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: int = 1
    incident: str = Field(pattern=r"^[0-9a-f]{32}$")
    step: str = Field(pattern=r"^[a-z][a-z-]{0,62}$")
    round: int = Field(ge=1)


class _Decoding(TextBase64DecodePolicy):
    """What is not Base64 text is nothing: one message of garbage must not keep the others from being read."""

    def decode(self, content: str, response: Any) -> str:
        del response
        try:
            return b64decode(content, validate=True).decode()
        except ValueError:
            return ""


class Queues:
    """Sends messages to steps, and takes what was poisoned."""

    def __init__(self, service: QueueServiceClient) -> None:
        self._service = service
        self._clients: dict[str, QueueClient] = {}

    async def send(self, message: Message, delay: timedelta = _NOW) -> None:
        """Nudges the step that ``message`` names, after ``delay`` (rounded up to whole seconds)."""
        await self.put(message.step, message.model_dump_json(), delay)

    async def put(self, name: str, text: str, delay: timedelta = _NOW) -> None:
        """Puts ``text`` into the queue of this name, to be seen after ``delay``."""
        queue = self._client(name)
        seconds = ceil(delay.total_seconds())
        try:
            await queue.send_message(text, visibility_timeout=seconds)
        except ResourceNotFoundError:
            await _create(queue)
            await queue.send_message(text, visibility_timeout=seconds)

    async def poisoned(self, step: str) -> list[QueueMessage]:
        """What lies in the poison queue of a step, hidden from others for half a minute; "" is what cannot be read."""
        queue = self._client(step + POISON)
        try:
            return [message async for message in queue.receive_messages(max_messages=_POISON_BATCH)]
        except ResourceNotFoundError:
            return []

    async def bury(self, step: str, message: QueueMessage) -> None:
        """Deletes a poisoned message that has been seen to."""
        await self._client(step + POISON).delete_message(message)

    def _client(self, name: str) -> QueueClient:
        if name not in self._clients:
            self._clients[name] = self._service.get_queue_client(
                name,
                message_encode_policy=TextBase64EncodePolicy(),
                message_decode_policy=_Decoding(),
            )
        return self._clients[name]


async def _create(queue: QueueClient) -> None:
    try:
        await queue.create_queue()
    except ResourceExistsError:
        return
