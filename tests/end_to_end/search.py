"""Searching all that a stack has written for what it must not have: as it is, and in every form that it may take."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from tests.end_to_end.world import World


async def places_to_look(running: World) -> dict[str, str]:
    """All that was stored, queued, logged and answered."""
    return {
        "tables": await _tables(running.stack.storage),
        "queues": await _queues(running.stack.storage),
        "logs": _logs(running.stack.logs),
        "answers": "\n".join(running.answers),
    }


def where(secret: str, places: dict[str, str]) -> list[str]:
    """The places in which a secret is, in whatever form. Half of one would do, so it should be a long one."""
    forms = _forms(secret)
    return [name for name, text in places.items() if any(form in text for form in forms)]


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    return {
        secret,
        json.dumps(secret)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.b64encode(raw).decode()[4:-4],
        base64.b64encode(b"x" + raw).decode()[4:-4],
        base64.b64encode(b"xx" + raw).decode()[4:-4],
    }


async def _tables(storage: str) -> str:
    async with TableServiceClient.from_connection_string(storage) as service:
        names = [table.name async for table in service.list_tables()]
        entities = [entity for name in names async for entity in service.get_table_client(name).list_entities()]
    return "\n".join(repr(dict(entity)) for entity in entities)


async def _queues(storage: str) -> str:
    async with QueueServiceClient.from_connection_string(storage) as service:
        names = [queue.name async for queue in service.list_queues()]
        peeked = [await service.get_queue_client(name).peek_messages(max_messages=32) for name in names]
    texts = [str(message.content) for messages in peeked for message in messages]
    return "\n".join([*texts, *(base64.b64decode(text).decode(errors="replace") for text in texts)])


def _logs(folder: Path) -> str:
    return "\n".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())
