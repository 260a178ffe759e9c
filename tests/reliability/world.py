"""A world in one process: the real engine, state and clients, over real storage and the simulated tenant, and a driver
that plays the functions host. Nothing in it waits.
"""

import os
from asyncio import gather
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from types import MappingProxyType
from unittest import mock

import httpx
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from local.everything import Given
from local.simulator.grants import load_grants
from shared.playbook.engine import Engine
from shared.playbook.registry import Playbook
from shared.playbook.sweep import Sweep
from shared.policy import Gate, Mode
from shared.settings import Settings
from shared.state.storage import TABLES, Storage
from shared.tenant.tenant import Tenant
from tests.simulator.client import SEEDS, TENANT

from .clock import Clock
from .detours import Detours, detours
from .messages import LOCKED, Messages, Saved, Taken
from .places import Json, Places, Rows, Simulator, Tables
from .taps import FUNCTION, WORK, Call, Dead, Detour, Life, tapped

type Story = Callable[["World"], Awaitable[None]]

A_LONG_TIME = timedelta(days=3)
SOON = timedelta(minutes=90)  # all that follows by itself has followed by then, but the watch
A_MINUTE = timedelta(minutes=1)
AT_ONCE = 32  # messages that are worked on side by side
FRESH = httpx.Limits(keepalive_expiry=1)  # the tenant ends a connection that has been idle for five seconds
_pieces = count(1)


def _straight(call: Call) -> Detour | None:
    del call
    return None


def ordinary() -> Given:
    """The tenant of the seeds, with the grants and the steps of a deployment that nobody has changed."""
    return Given(SEEDS.model_dump(mode="json", by_alias=True), load_grants().model_dump(mode="json"), {})


@dataclass(frozen=True)
class Saving:
    """All that a world holds at one moment."""

    at: datetime
    tables: dict[str, Rows]
    messages: list[Saved]
    tenant: Json


@dataclass
class Worker:
    """One process of the app: what it works with, and its life."""

    engine: Engine
    storage: Storage
    tenant: Tenant
    life: Life

    async def close(self) -> None:
        await self.storage.close()
        await self.tenant.close()


@dataclass
class World:
    """``worker`` is the process that runs now, None where none does. ``calls`` are those of all its processes, and
    ``detour`` says which of them go astray."""

    playbook: Playbook
    settings: Settings
    clock: Clock
    state: Storage
    tables: Tables
    messages: Messages
    simulator: Simulator
    detours: Detours
    given: Given
    worker: Worker | None = None
    calls: list[Call] = field(default_factory=list)
    detour: Callable[[Call], Detour | None] = _straight

    def start(self) -> Worker:
        """A new process, as the host starts one when it is needed."""
        storage = Storage.from_settings(self.settings)
        tenant = Tenant.from_settings(self.settings)
        engine = Engine(self.playbook, storage, tenant, self.settings, self.clock.now)
        self.worker = Worker(engine, storage, tenant, Life(self._note, self.detour))
        return self.worker

    async def stop(self) -> None:
        """The process ends."""
        if self.worker:
            await self.worker.close()
        self.worker = None

    async def does[Result](self, function: str, work: Callable[[Worker], Awaitable[Result]]) -> Result:
        """What the process that runs makes of ``work``. Raises ``Dead`` where it dies; then none runs."""
        worker = self.worker or self.start()

        async def working() -> Result:
            FUNCTION.set(function)
            WORK.set(next(_pieces))
            return await work(worker)

        try:
            return await worker.life.live(working())
        except Dead:
            if self.worker is worker:
                await self.stop()
            raise

    async def deliver(self, taken: Taken) -> None:
        """Hands a message to its function, as the host does. Raises ``Dead`` where the process dies of it."""
        try:
            body = taken.body
        except ValueError:
            await self.messages.poison(taken)
            return
        try:
            await self.does(taken.queue, lambda worker: worker.engine.handle(body))
        except Dead:
            self.messages.hide(taken, self.clock.now() + LOCKED)
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the host delivers the message again
            await self.messages.failed(taken, self.clock.now())
        else:
            await self.messages.delete(taken)

    async def sweep(self) -> None:
        """The timer fires."""
        await self.does("sweep", lambda worker: Sweep(worker.engine).run())

    async def run(
        self,
        watch: Callable[[Taken | None], Awaitable[None]] | None = None,
        within: timedelta = A_LONG_TIME,
        but: str = "",
    ) -> None:
        """Goes on until nothing is left to do ``within`` so long: messages as they come, ``but`` those of one step, the
        sweep when it has what to look at, and in between the clock is put forward. With ``watch``, which is told of
        each message and, by None, of each sweep, one after the other.
        """
        until = self.clock.now() + within
        while True:
            while taken := await self.messages.take(self.clock.now(), most=1 if watch else AT_ONCE, but=but):
                if watch:
                    await watch(taken[0])
                await gather(*map(self.deliver, taken))
            due = await self._next_look()
            times = [one.until for one in self.messages.hidden] + ([due] if due else [])
            if not times or min(times) > until:
                return
            await self.forward(min(times))
            if due and due <= self.clock.now():
                if watch:
                    await watch(None)
                await self.sweep()

    async def forward(self, to: datetime) -> None:
        """Puts the clock forward, the tenant's too."""
        if to > self.clock.now():
            self.clock.set(to)
        await self._set_tenant(await self.simulator.state())

    async def save(self) -> Saving:
        """All that there is, between two messages."""
        return Saving(
            self.clock.now(), await self.tables.read(), await self.messages.save(), await self.simulator.state()
        )

    @property
    def empty(self) -> Saving:
        """No row, no message, the tenant as it was given."""
        return Saving(datetime.now(UTC), {name: {} for name in TABLES}, [], self.given.tenant)

    async def put_back(self, saving: Saving) -> None:
        """Makes the world what it was, its time included; no process runs in it, and nothing goes wrong."""
        await self.stop()
        self.detour = _straight
        await self.simulator.forget(self.given.grants)
        await self.tables.put_back(saving.tables)
        await self.messages.put_back(saving.messages)
        self.clock.set(saving.at)
        await self._set_tenant(saving.tenant)
        self.calls.clear()

    async def _next_look(self) -> datetime | None:
        """When the sweep has something to look at again. It comes each minute; in most of them, for nothing."""
        rows = await self.state.index.due(datetime.max.replace(tzinfo=UTC))
        poisoned = [self.clock.now() + A_MINUTE] if await self.messages.poisoned() else []
        return min([*(row.due_at for row in rows), *poisoned], default=None)

    async def _set_tenant(self, state: Json) -> None:
        await self.simulator.put_state(state, self.clock.offset.total_seconds())

    def _note(self, call: Call) -> None:
        self.calls.append(call)
        self.messages.note(call, self.clock.now())


async def prepare(places: Places, steps: Iterable[str]) -> None:
    """Creates the tables and queues, as a deployment does."""
    async with AsyncExitStack() as exits:
        state = Storage.from_settings(_settings(places))
        exits.push_async_callback(state.close)
        await state.prepare()
        queues = await exits.enter_async_context(QueueServiceClient.from_connection_string(places.storage))
        await Messages(queues).prepare(steps)


def _settings(places: Places, gates: Mapping[str, Gate] = MappingProxyType({})) -> Settings:
    return Settings(
        tenant_id=TENANT,
        graph_url=places.tenant,
        exchange_url=places.tenant,
        compliance_url=f"{places.tenant}/compliance",
        AzureWebJobsStorage=places.storage,
        mode=Mode.ENFORCE,
        steps=dict(gates),
    )


@asynccontextmanager
async def world(places: Places, clock: Clock, playbook: Playbook, given: Given) -> AsyncIterator[World]:
    """A world in these places, which are prepared: no row, no message, and what is given."""
    settings = _settings(places, given.gates)
    async with AsyncExitStack() as exits:
        exits.enter_context(mock.patch.dict(os.environ, places.environment))
        exits.enter_context(tapped(clock))
        tables = await exits.enter_async_context(TableServiceClient.from_connection_string(places.storage))
        queues = await exits.enter_async_context(QueueServiceClient.from_connection_string(places.storage))
        http = await exits.enter_async_context(httpx.AsyncClient(base_url=places.tenant, limits=FRESH))
        state = Storage.from_settings(settings)
        exits.push_async_callback(state.close)
        simulator = Simulator(http)
        astray = await exits.enter_async_context(detours())
        made = World(playbook, settings, clock, state, Tables(tables), Messages(queues), simulator, astray, given)
        exits.push_async_callback(made.stop)
        await made.put_back(made.empty)
        yield made
