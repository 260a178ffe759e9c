"""A crash after every call: an incident from the moment before something begins in it, with the worker dead after its
k-th call, and carried on as the host would.

Something is a step in one of its rounds, a look of the sweep, or the act itself that starts it all: an alert at the
door, a person's decision. Whoever got no answer there tries again.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.state.queues import Message

from .ending import Ending, ending
from .messages import Saved, Taken
from .places import Json
from .record import asked, broken_promises, full_batches, made, not_noted, writes
from .taps import Call, Dead
from .world import SOON, Saving, World

type Act = Callable[[World], Awaitable[None]]


class Kind(StrEnum):
    """What begins."""

    ACT = "act"
    SWEEP = "sweep"
    STEP = "step"


@dataclass(frozen=True)
class Start:
    """The moment before something begins. ``calls`` is how many it makes, ``batches`` the numbers of those that write
    several lines of the journal, ``own_writes`` of those that change the tenant. ``writes`` are all changes from here
    until all is at rest, and ``end`` is how that was; times after ``since`` are those of this run. ``reads`` and
    ``changes`` tell the simulated tenant which calls of its own are meant.
    """

    kind: Kind
    name: str
    act: Act
    before: Saving
    calls: int
    batches: tuple[int, ...]
    own_writes: tuple[int, ...]
    writes: Counter[str]
    reads: tuple[Json, ...]
    changes: tuple[Json, ...]
    end: Ending
    since: datetime

    @property
    def step(self) -> str:
        """Its name, "" where no step begins."""
        return self.name.partition(",")[0] if self.kind is Kind.STEP else ""

    def __str__(self) -> str:
        return f"{self.act.__name__}: {self.name}"


@dataclass(frozen=True)
class Undisturbed:
    """What came of an act where nobody disturbed it: where its parts began, and how all was at rest in the end."""

    starts: tuple[Start, ...]
    end: Ending
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Crashed:
    """What became of one crash. ``died`` is False where fewer calls were made this time: two rows that are due at the
    same moment are looked at in one sweep, or in two."""

    start: str
    after: int
    call: str
    died: bool
    problems: tuple[str, ...]
    scenario: str = ""

    @property
    def converged(self) -> bool:
        return not self.problems

    @property
    def told(self) -> dict[str, object]:
        """In words, for a person and for a file."""
        return asdict(self) | {"converged": self.converged}


async def undisturbed(world: World, acts: tuple[Act, ...]) -> list[Undisturbed]:
    """Lets each act have its effect, one after the other, until all is at rest."""
    since = world.clock.now()
    return [await _undisturbed(world, act, since) for act in acts]


async def put_off(world: World, start: Start) -> Start:
    """Where a step begins as late as can be: when all is done that does not wait for it. Others begin as they did.

    Whatever disturbs it there is followed by what waits for it, and not by the work of all steps once more.
    """
    if not start.step:
        return start
    own_first = sorted(start.before.messages, key=lambda one: one.queue != start.step)
    await world.put_back(replace(start.before, messages=own_first))
    await world.run(within=timedelta(0), but=start.step)
    world.calls.clear()
    watch = _Watch(world)
    await world.run(watch, within=SOON)
    late = await watch.undisturbed(start.act, start.since)
    return next((one for one in late.starts if one.name == start.name), start)


async def crash(world: World, start: Start, after: int) -> Crashed:
    """Goes back to the start, lets the worker die after so many calls, and looks at how it all ends.

    Every other time the message that it was at work on does not come back, so that it is the sweep's to go on.
    """
    await world.put_back(start.before)
    life = world.start().life
    life.dies_after = after
    died = False
    try:
        await begin(world, start)
    except Dead:
        died = True
    life.dies_after = None
    last_words = list(world.calls)
    if after % 2:
        await world.messages.lose(start.step)
    if died and start.kind is Kind.ACT:
        await start.act(world)
    await world.run(within=SOON)
    problems = [*_repeated(start, world.calls, last_words), *broken_promises(world.calls)]
    problems += await _left(world, start)
    return Crashed(str(start), after, str(life.calls[-1]), died, tuple(problems))


async def begin(world: World, start: Start) -> None:
    """Lets begin what begins there. Raises ``Dead`` where the worker dies of it."""
    match start.kind:
        case Kind.ACT:
            await start.act(world)
        case Kind.SWEEP:
            await world.sweep()
        case Kind.STEP:
            for taken in await world.messages.take(world.clock.now(), most=1):
                await world.deliver(taken)


async def _undisturbed(world: World, act: Act, since: datetime) -> Undisturbed:
    world.calls.clear()
    watch = _Watch(world)
    await watch.begins(Kind.ACT, act.__name__)
    await act(world)
    await world.run(watch, within=SOON)
    return await watch.undisturbed(act, since)


@dataclass
class _Watch:
    """Saves the world before each thing that begins."""

    world: World
    _deliveries: list[int] = field(default_factory=list)
    _seen: list[tuple[Kind, str, Saving, int]] = field(default_factory=list)

    async def begins(self, kind: Kind, name: str, *own: Saved) -> None:
        """``own`` is the message of a step."""
        first = len(self.world.calls)
        self._deliveries.append(first)
        saving = await self.world.save()
        self._seen.append((kind, name, replace(saving, messages=[*own, *saving.messages]), first))

    async def __call__(self, taken: Taken | None) -> None:
        if taken is None:
            await self.begins(Kind.SWEEP, "sweep")
            return
        message = Message.model_validate_json(taken.body)
        snapshot = await self.world.state.incidents.read(message.incident)
        if snapshot is None or snapshot.steps[message.step].status.finished:
            self._deliveries.append(len(self.world.calls))
        else:
            own = Saved(taken.queue, str(taken.message.content), None)
            await self.begins(Kind.STEP, f"{message.step}, round {message.round}", own)

    async def undisturbed(self, act: Act, since: datetime) -> Undisturbed:
        """What was seen, now that all is at rest."""
        end = await ending(self.world, since)
        return Undisturbed(tuple(self._starts(act, end, since)), end, tuple(broken_promises(self.world.calls)))

    def _starts(self, act: Act, end: Ending, since: datetime) -> Iterator[Start]:
        """Those of which something came: a message may be too many."""
        calls = self.world.calls
        for kind, name, saving, first in self._seen:
            last = min((one for one in self._deliveries if one > first), default=len(calls))
            own = calls[first:last]
            if any(map(_changes_storage, own)):
                yield Start(
                    kind=kind,
                    name=name,
                    act=act,
                    before=saving,
                    calls=len(own),
                    batches=tuple(full_batches(own)),
                    own_writes=tuple(number for number, call in enumerate(own, start=1) if writes(call)),
                    writes=made(calls[first:]),
                    reads=asked(own, changing=False),
                    changes=asked(own, changing=True),
                    end=end,
                    since=since,
                )


def _changes_storage(call: Call) -> bool:
    return call.path.endswith("/$batch") or call.method in ("PUT", "PATCH", "DELETE")


def _repeated(start: Start, calls: list[Call], last_words: list[Call]) -> list[str]:
    """Every write is made as in the undisturbed run; once more only what nobody can know of after the crash."""
    found = made(calls)
    missing, more = start.writes - found, found - start.writes - not_noted(last_words)
    return [f"not written: {one}" for one in missing] + [f"written once more: {one}" for one in more]


async def _left(world: World, start: Start) -> list[str]:
    found = await ending(world, start.since)
    return [*start.end.differs(found), *found.leftovers]
