"""Trouble, one kind at a time, at one step of an incident: what comes of it.

Storage goes wrong under its clients, by a detour to a server that misbehaves; the tenant is told to go wrong itself.
"""

import json
import re
from asyncio import gather
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import count
from types import MappingProxyType

from local.storage import ACCOUNT
from shared.state.rows import StepRow

from .crashes import Start, begin
from .ending import ending
from .places import Json
from .record import broken_promises, first_finished, purpose, to_tenant, writes
from .scenarios import INCIDENT
from .taps import Call, Detour
from .world import SOON, World

type Arrange = Callable[[World, Start], Awaitable[None]]

_AT_ONCE = timedelta(seconds=30)
_STORAGE = f"/{ACCOUNT}"
_LATE = timedelta(minutes=20)
_NOT_READ = "Could not read"


class Outcome(StrEnum):
    """What came of a step. ``went on``: it did its work, and said what it could not read. ``no such call``: it makes no
    call that this could happen to."""

    COMPLETED = "completed"
    WENT_ON = "went on"
    WAITED = "waited"
    FAILED = "failed"
    NO_SUCH_CALL = "no such call"


@dataclass(frozen=True)
class Suffered:
    """One fault at one step. ``reason`` is the step's own, where it failed; ``problems`` are promises not kept."""

    fault: str
    step: str
    outcome: Outcome
    reason: str = ""
    problems: tuple[str, ...] = ()


async def suffer(world: World, fault: str, start: Start) -> Suffered:
    """The incident from where the step begins, with this fault; until all is at rest."""
    await world.put_back(start.before)
    step = start.step
    began = world.clock.now()
    try:
        await FAULTS[fault](world, start)
    except NoSuchCallError:
        return Suffered(fault, step, Outcome.NO_SUCH_CALL)
    await begin(world, start)
    declared = world.playbook[step].declaration
    await world.run(within=SOON + declared.deadline if declared.background else SOON)
    found, (row, unfinished) = await ending(world, start.since), await _rows(world, step)
    patient = [name for name in unfinished if world.playbook[name].declaration.background and name != step]
    left = replace(found, messages=max(found.messages - len(patient), 0))  # what may take hours goes on trying
    problems = [*broken_promises(world.calls), *left.leftovers]
    problems += [f"not finished: {name}" for name in unfinished if name not in patient]
    differs = start.end.differs(found)
    if row.status.value == "failed":
        problems += [] if row.reason and found.statuses == {"needs-attention"} else ["failed, and nobody is told why"]
        return Suffered(fault, step, Outcome.FAILED, row.reason, tuple(problems))
    if differs and any(_NOT_READ in line for line in differs):
        return Suffered(fault, step, Outcome.WENT_ON, "", tuple(problems))
    finished = first_finished(world.calls, step)
    late = finished is None or finished - began > _AT_ONCE
    return Suffered(fault, step, Outcome.WAITED if late else Outcome.COMPLETED, "", (*problems, *differs))


class NoSuchCallError(Exception):
    """The step makes no call that this fault could happen to."""


async def _rows(world: World, step: str) -> tuple[StepRow, list[str]]:
    snapshot = await world.state.incidents.read(INCIDENT)
    assert snapshot is not None
    return snapshot.steps[step], [name for name, row in snapshot.steps.items() if not row.status.finished]


def _storage(which: str, *, batch: int | None = None, lasts: timedelta | None = None) -> Arrange:
    """Each call to storage goes astray once; or the batch of this number does; or every call, for so long."""

    async def arrange(world: World, start: Start) -> None:
        detour: Detour = getattr(world.detours, which)
        until = world.clock.now() + lasts if lasts else None
        met: set[object] = set()
        batches = count(1)

        def stray(call: Call) -> Detour | None:
            if call.by != start.step or not call.path.startswith(_STORAGE):
                return None
            if until is not None:
                return detour if world.clock.now() < until else None
            if batch is not None:
                return detour if call.path.endswith("/$batch") and next(batches) == batch else None
            known = len(met)
            met.add(purpose(call))
            return detour if len(met) > known else None

        world.detour = stray

    return arrange


def _silence(*, changing: bool) -> Arrange:
    """The tenant does not answer, twice."""

    async def arrange(world: World, start: Start) -> None:
        left = 2
        _asked(start, changing=changing)

        def stray(call: Call) -> Detour | None:
            nonlocal left
            hit = call.by == start.step and left > 0 and to_tenant(call) and writes(call) is changing
            left -= hit
            return world.detours.silent if hit else None

        world.detour = stray

    return arrange


def _tenant(times: int | None, do: Json, *, changing: bool) -> Arrange:
    """Each kind of call that the step makes, to read or to change, goes wrong so many times; None: always."""

    async def arrange(world: World, start: Start) -> None:
        for match in _asked(start, changing=changing):
            await world.simulator.fault(match=match, times=times, do=do)

    return arrange


def _token(times: int | None, do: Json) -> Arrange:
    async def arrange(world: World, start: Start) -> None:
        if not (start.reads or start.changes):
            raise NoSuchCallError
        await world.simulator.fault(match={"service": "token"}, times=times, do=do)

    return arrange


def _asked(start: Start, *, changing: bool) -> Iterable[Json]:
    asked = start.changes if changing else start.reads
    if not asked:
        raise NoSuchCallError
    return asked


async def _three_at_once(world: World, start: Start) -> None:
    """Three workers get the same message at the same moment."""
    await _more(_same, _same)(world, start)
    await gather(*map(world.deliver, await world.messages.take(world.clock.now(), most=3)))


def _more(*made: Callable[[bytes], bytes]) -> Arrange:
    """The queue of the step holds these too, made of its message."""

    async def arrange(world: World, start: Start) -> None:
        body = b64decode(start.before.messages[0].content)
        for make in made:
            await world.messages.send(start.step, b64encode(make(body)).decode())

    return arrange


async def _not_encoded(world: World, start: Start) -> None:
    """A message that is not what host.json says of the queue."""
    await world.messages.send(start.step, "}{")


async def _late(world: World, start: Start) -> None:
    """The message comes when the sweep has long sent another one, and that one is done."""
    (own, *others) = start.before.messages
    late = replace(own, until=world.clock.now() + _LATE)
    await world.messages.put_back([*others, late])


async def _before_its_time(world: World, start: Start) -> None:
    """Messages of all later steps are there already, as if their order did not count."""
    body = json.loads(b64decode(start.before.messages[0].content))
    for step in world.playbook:
        content = json.dumps(body | {"step": step}).encode()
        await world.messages.send(step, b64encode(content).decode())


def _same(body: bytes) -> bytes:
    return body


def _with(**values: object) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(json.loads(body) | values).encode()


def _of_old(body: bytes) -> bytes:
    return json.dumps({name: value for name, value in json.loads(body).items() if name not in ("v", "round")}).encode()


def _answer(status: int, body: str | None = None, **headers: str) -> Json:
    return {"status": status, "headers": headers} | ({} if body is None else {"body": body})


_PAGE = "<!DOCTYPE html><html><body><h1>Our services aren't available right now</h1></body></html>"
_HTML = {"content-type": "text/html"}

_OF_THE_TENANT: dict[str, tuple[int | None, Json]] = {
    "429, Retry-After: 2, twice": (2, _answer(429, **{"Retry-After": "2"})),
    "429, Retry-After: 120": (1, _answer(429, **{"Retry-After": "120"})),
    "429 without Retry-After, twice": (2, _answer(429)),
    "500, twice": (2, _answer(500)),
    "502 with a page of HTML, twice": (2, _answer(502, _PAGE, **_HTML)),
    "503, twice": (2, _answer(503)),
    "504, twice": (2, _answer(504)),
    "503, seven times": (7, _answer(503)),
    "503, always": (None, _answer(503)),
    "403, always": (None, _answer(403)),
    "connection reset before the call has arrived, twice": (2, {"drop": "before"}),
    "answer lost after the call has arrived": (1, {"drop": "after"}),
}

_READING_ONLY: dict[str, tuple[int | None, Json]] = {
    "200 with an empty body, twice": (2, _answer(200, "")),
    "200 with a page of HTML, twice": (2, _answer(200, _PAGE, **_HTML)),
}

THIN = re.compile(r"500, twice|502|504|always$")
"""These are tried at every third step: another one of the kind is tried at all of them, or they take minutes."""

FAULTS: Mapping[str, Arrange] = MappingProxyType(
    {
        "storage: 503 at each call, once": _storage("busy"),
        "storage: connection reset at each call, once": _storage("reset"),
        "storage: answer lost at each call, once": _storage("lost"),
        "storage: no answer at each call, once": _storage("silent"),
        "storage: 412 at the claim": _storage("precondition", batch=1),
        "storage: 412 at the second write": _storage("precondition", batch=2),
        "storage: not reached for two minutes": _storage("reset", lasts=timedelta(minutes=2)),
        "storage: not reached for an hour": _storage("reset", lasts=timedelta(hours=1)),
        "token endpoint: 500, twice": _token(2, _answer(500)),
        "token endpoint: 500, seven times": _token(7, _answer(500)),
        "token endpoint: no connection, always": _token(None, {"drop": "before"}),
        **{
            f"tenant, reading: {name}": _tenant(times, do, changing=False)
            for name, (times, do) in (_OF_THE_TENANT | _READING_ONLY).items()
        },
        "tenant, reading: no answer, twice": _silence(changing=False),
        **{
            f"tenant, changing: {name}": _tenant(times, do, changing=True)
            for name, (times, do) in _OF_THE_TENANT.items()
        },
        "tenant, changing: no answer, twice": _silence(changing=True),
        "message: three times at once": _three_at_once,
        "message: late, when another has done its work": _late,
        "message: all steps' messages at once": _before_its_time,
        "message: of an older version of the code": _more(_of_old, _with(v=0)),
        "message: of a newer version of the code": _more(_with(v=9, more={"a": 1})),
        "message: of another round": _more(_with(round=7)),
        "message: of no incident": _more(_with(incident="0" * 32), _with(incident="no id")),
        "message: of no step": _more(_with(step="no-such-step")),
        "message: garbage": _more(lambda _: b"", lambda _: b"\xff\xfe{", lambda _: b"[1, 2]", lambda _: b"x" * 9000),
        "message: not encoded as host.json says": _not_encoded,
    }
)
