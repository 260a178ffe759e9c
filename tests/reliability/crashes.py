"""A crash after every call: an incident from the moment before one of its steps begins, with the worker dead after its
k-th call, and carried on as the host would.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from shared.state.queues import Message

from .ending import Ending, ending
from .messages import Saved, Taken
from .record import broken_promises, made, not_noted
from .taps import Call, Dead
from .world import Saving, World

type Act = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Start:
    """The moment before a step begins, in one round. ``calls`` is how many it makes, ``writes`` all that are made to
    the tenant from here to the end."""

    act: int
    step: str
    round: int
    before: Saving
    calls: int
    writes: Counter[str]

    def __str__(self) -> str:
        return f"act {self.act + 1}, {self.step}, round {self.round}"


@dataclass(frozen=True)
class Undisturbed:
    """An incident that nobody disturbed: where each step began, and how all was at rest after each act."""

    since: datetime
    starts: tuple[Start, ...]
    ends: tuple[Ending, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Crashed:
    """What became of one crash. ``died`` is False where the step made fewer calls this time."""

    start: str
    after: int
    call: str
    died: bool
    problems: tuple[str, ...]
    scenario: str = ""

    def of(self, scenario: str) -> "Crashed":
        return replace(self, scenario=scenario)

    @property
    def told(self) -> dict[str, object]:
        """In words, for a person and for a file."""
        return asdict(self) | {"converged": self.converged}

    @property
    def converged(self) -> bool:
        return self.died and not self.problems


async def undisturbed(world: World, *acts: Act) -> Undisturbed:
    """Lets each act have its effect, one after the other, until all is at rest."""
    since = world.clock.now()
    starts: list[Start] = []
    ends: list[Ending] = []
    broken: list[str] = []
    for number, act in enumerate(acts):
        world.calls.clear()
        await act(world)
        watch = _Watch(world, number)
        await world.run(watch)
        starts += watch.starts()
        ends.append(await ending(world, since))
        broken += broken_promises(world.calls)
    return Undisturbed(since, tuple(starts), tuple(ends), tuple(broken))


async def crash(world: World, run: Undisturbed, start: Start, after: int) -> Crashed:
    """Goes back to where the step begins, lets its worker die after so many calls, and looks at how it all ends."""
    await world.put_back(start.before)
    life = world.start().life
    life.dies_after = after
    (taken,) = await world.messages.take(world.clock.now(), most=1)
    died = False
    try:
        await world.deliver(taken)
    except Dead:
        died = True
    life.dies_after = None
    last_words = list(world.calls)
    await world.run()
    problems = [*_repeated(start, world.calls, last_words), *broken_promises(world.calls)]
    problems += await _left(world, run.ends[start.act], run.since)
    return Crashed(str(start), after, str(life.calls[-1]), died, tuple(problems))


@dataclass
class _Watch:
    """Saves the world before each message that begins something."""

    world: World
    act: int
    _deliveries: list[int] = field(default_factory=list)
    _seen: list[tuple[Message, Saving, int]] = field(default_factory=list)

    async def __call__(self, taken: Taken) -> None:
        message = Message.model_validate_json(taken.body)
        self._deliveries.append(len(self.world.calls))
        snapshot = await self.world.state.incidents.read(message.incident)
        if snapshot is None or snapshot.steps[message.step].status.finished:
            return
        saving = await self.world.save()
        own = Saved(taken.queue, str(taken.message.content), None)
        self._seen.append((message, replace(saving, messages=[own, *saving.messages]), len(self.world.calls)))

    def starts(self) -> list[Start]:
        """Those that did begin something."""
        calls, starts = self.world.calls, []
        for message, saving, first in self._seen:
            last = min((one for one in self._deliveries if one > first), default=len(calls))
            if any(call.path.endswith("/$batch") for call in calls[first:last]):
                starts.append(Start(self.act, message.step, message.round, saving, last - first, made(calls[first:])))
        return starts


def _repeated(start: Start, calls: list[Call], last_words: list[Call]) -> list[str]:
    """Every write is made as in the undisturbed run; once more only what nobody can know of after the crash."""
    found = made(calls)
    missing, more = start.writes - found, found - start.writes - not_noted(last_words)
    return [f"not written: {one}" for one in missing] + [f"written once more: {one}" for one in more]


async def _left(world: World, wanted: Ending, since: datetime) -> list[str]:
    found = await ending(world, since)
    problems = wanted.differs(found)
    if found.messages:
        problems.append(f"{found.messages} messages are left")
    return problems + [f"a lease is left: {key}" for key in found.leases]
