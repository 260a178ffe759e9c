"""Zombies: a worker that stands still in the middle of a change until its step is another's, and then goes on.

It stands still as a process does that the machine has stopped: none of its calls moves, none of its timers runs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import httpx

from shared.playbook import decisions
from shared.playbook.decisions import Decision
from shared.playbook.lease import CLOCK_MARGIN, LEASE
from shared.state.incidents import Snapshot

from .clock import Clock
from .crashes import Start
from .ending import Ending, ending
from .record import writes
from .scenarios import BY, INCIDENT
from .taps import Call, Life, Send
from .world import SOON, World

BEYOND = LEASE + CLOCK_MARGIN + timedelta(seconds=1)

type Later = Callable[[World], Awaitable[None]]


class Moment(StrEnum):
    """Where in a call that changes the tenant the worker stands still."""

    NOT_SENT = "before it leaves, marked in the journal"
    SENT = "after it has left: the answer waits"
    UNANSWERED = "after it has left: the answer is lost"


@dataclass(kw_only=True)
class Held(Life):
    """A process that stands still at its ``nth`` write to the tenant as the function ``step``, until it is ``let_go``.

    ``reached`` is set when it stands still. The clock is held meanwhile: time goes on only by ``World.forward``.
    """

    clock: Clock
    step: str
    nth: int
    moment: Moment
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def through(self, call: Call, send: Send) -> None:
        if self.reached.is_set():
            await self._stand_still()
        elif self._is_the_one(call):
            await self._at_the_one(call, send)
            return
        await super().through(call, send)

    def _is_the_one(self, call: Call) -> bool:
        if call.by != self.step or not writes(call):
            return False
        self.nth -= 1
        return self.nth == 0

    async def _at_the_one(self, call: Call, send: Send) -> None:
        if self.moment is Moment.NOT_SENT:
            await self._stand_still()
            await super().through(call, send)
            return
        await super().through(call, send)
        await self._stand_still()
        if self.moment is Moment.UNANSWERED:
            raise httpx.ReadError("The connection is gone.")

    async def _stand_still(self) -> None:
        self.reached.set()
        with self.clock.holding():
            await self.let_go.wait()


async def taken_over(world: World) -> None:
    """Nobody decides anything: another worker takes the step when its lease has run out."""


async def cancelled(world: World) -> None:
    """A person cancels what has not run."""
    await _decide(world, lambda snapshot: decisions.cancel(snapshot, BY, world.clock.now()))


async def restored(world: World) -> None:
    """A person restores everything; what is being put back already is cancelled first."""
    snapshot = await world.state.incidents.read(INCIDENT)
    if snapshot and snapshot.incident.ends_as:
        await cancelled(world)
    await _decide(world, lambda snapshot: decisions.restore(snapshot, BY, world.clock.now()))


@dataclass(frozen=True)
class Zombie:
    """What a worker did after its end: ``sent`` are its writes to the tenant, ``landed`` what it changed in tables and
    tenant. ``end`` is how the later owner left everything, ``reached`` whether it got to where it was to stand still.
    """

    reached: bool
    sent: tuple[str, ...]
    landed: tuple[str, ...]
    end: Ending


async def zombie(world: World, start: Start, nth: int, moment: Moment, later: Later) -> Zombie:
    """Goes back to the start, lets a worker stand still, lets others end the incident, and lets the worker go on."""
    await world.put_back(start.before)
    worker = world.start()
    worker.life = held = Held(
        note=worker.life.note, detour=worker.life.detour, clock=world.clock, step=start.step, nth=nth, moment=moment
    )
    (taken,) = await world.messages.take(world.clock.now(), most=1)
    going = asyncio.create_task(world.deliver(taken))
    standing = asyncio.create_task(held.reached.wait())
    await asyncio.wait({going, standing}, return_when=asyncio.FIRST_COMPLETED)
    standing.cancel()

    world.start()
    await later(world)
    await world.run(within=SOON)
    await world.forward(world.clock.now() + BEYOND)
    before, rows, calls = await ending(world, start.since), await world.tables.read(), await world.simulator.calls()

    held.let_go.set()
    await going
    after = await ending(world, start.since)
    landed = before.differs(after) + [name for name, was in rows.items() if was != (await world.tables.read())[name]]
    sent = [str(call) for call in (await world.simulator.calls())[len(calls) :] if call["method"] != "GET"]
    await worker.close()
    return Zombie(held.reached.is_set(), tuple(sent), tuple(landed), before)


async def _decide(world: World, decide: Callable[[Snapshot], Decision]) -> None:
    await world.does("decision", lambda worker: worker.engine.deciding.decide(INCIDENT, decide))
