"""Taking in what a door has read: a little at once, much as one that a queue function stores later.

A body that is kept is read again by the same function, as of when it came in. Whatever is in it is stored under its own
identity, so that doing it again, after a crash or for a duplicated message, is only a nudge.
"""

from asyncio import Semaphore, gather
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from pydantic import BaseModel, Field, ValidationError

from shared.alerts.alert import Alert, Ignored
from shared.alerts.kinds import READERS
from shared.settings import Settings
from shared.state.deliveries import QUEUE
from shared.state.rows import IncidentRow
from shared.state.storage import Storage

from .opening import Opening

AT_ONCE = 20  # rows that a door writes itself: it answers within a second
LOST_AFTER = timedelta(minutes=2)
_SIDE_BY_SIDE = 16


class Nudge(BaseModel):
    """What is in the queue: which delivery, nothing else."""

    v: int = 1
    delivery: str = Field(pattern=r"^[0-9a-f]{32}$")


def read_as(source: str, body: bytes, now: datetime, settings: Settings) -> list[Alert | Ignored]:
    """What ``body`` is read as at the door of ``source``. Raises ``BadPayload``."""
    secret = settings.graph_client_state
    more = {"client_state": secret.get_secret_value()} if secret and source == "graph" else {}
    return READERS[source](body, tenant_id=settings.tenant_id, now=now, starting=settings.starting, **more)


def unreadable(source: str, body: bytes, why: str) -> Ignored:
    """A body of which nothing can be read, for a door that must not refuse it."""
    identity = f"sha256:{sha256(body).hexdigest()}"
    return Ignored(Alert(source, identity, "Unreadable body", "unknown", None, ()), why, attention=True)


def is_much(read: list[Alert | Ignored]) -> bool:
    """Whether it is more than a door stores itself."""
    return sum(1 if isinstance(one, Ignored) else len(one.accounts) for one in read) > AT_ONCE


@dataclass(frozen=True)
class TakingIn:
    """Stores what was read."""

    storage: Storage
    settings: Settings
    opening: Opening

    async def store(self, read: list[Alert | Ignored]) -> list[IncidentRow]:
        """Every alert, a few side by side. The incidents that they opened or nudged."""
        room = Semaphore(_SIDE_BY_SIDE)

        async def one_of_them(one: Alert | Ignored) -> list[IncidentRow]:
            async with room:
                return await self._store(one)

        rows = await gather(*(one_of_them(one) for one in read))
        return list({row.id: row for some in rows for row in some}.values())

    async def keep(self, source: str, body: bytes, received_at: datetime) -> str:
        """Keeps the whole body, for the queue function. Its id."""
        delivery = await self.storage.deliveries.keep(source, body, received_at)
        await self._nudge(delivery)
        return delivery

    async def expand(self, message: bytes) -> None:
        """Stores all that is in a body that was kept. Raises ``AzureError`` where storage is in trouble."""
        try:
            nudge = Nudge.model_validate_json(message)
        except ValidationError:
            return  # nothing that we have sent
        delivery = await self.storage.deliveries.read(nudge.delivery)
        if delivery is None:
            return
        await self.store(read_as(delivery.source, delivery.body, delivery.received_at, self.settings))
        await self.storage.deliveries.done(delivery.id)

    async def resend(self, now: datetime) -> None:
        """Nudges what has waited for longer than a message can take: its message was lost, or failed too often."""
        for delivery in await self.storage.deliveries.waiting(now - LOST_AFTER):
            await self._nudge(delivery)

    async def _store(self, one: Alert | Ignored) -> list[IncidentRow]:
        if isinstance(one, Ignored):
            await self.opening.ignore(one)
            return []
        return await self.opening.receive(one)

    async def _nudge(self, delivery: str) -> None:
        await self.storage.queues.put(QUEUE, Nudge(delivery=delivery).model_dump_json())
