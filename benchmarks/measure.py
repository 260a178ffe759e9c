"""The measurements, one after another on one local stack."""

import json
import os
from asyncio import gather, sleep
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import batched
from random import uniform
from time import monotonic

import httpx

from benchmarks import cost, ideal
from benchmarks.accounts import User, taken_over
from benchmarks.calls import forget
from benchmarks.hostlog import HostLog
from benchmarks.processor import Used
from benchmarks.response import Response, let_in, respond
from benchmarks.results import Compared, Many, One, Results, Work
from benchmarks.spread import Spread
from benchmarks.today import Today, take_back
from benchmarks.traffic import Traffic, counting
from function_app import app
from functions import wiring
from local.child import ROOT
from local.everything import everything
from local.host.settings import host_settings
from local.stack import HOST, Stack
from shared.policy import Limits
from shared.settings import settings

LATENCY = 0.2  # seconds for each call to the tenant
RUNS = 9
AT_ONCE = 50
_NO_LIMITS = Limits(
    enforced_per_hour=1000, enforced_per_day=1000, looked_at_per_hour=1000, looked_at_per_day=1000
).model_dump_json()
COUNTED = 3
_COUNT_UNTIL = 30  # the second of a minute after which counting would meet the sweep


async def measure(say: Callable[[str], None]) -> Results:
    """Everything. ``say`` is told what is being measured. Raises ``NotReady``, ``NotSecured``, ``TimeoutError``."""
    poll = host_settings(ROOT).extensions.queues.max_polling_interval
    say("starting storage, the simulated tenant and the functions host")
    given = everything()
    chosen = {"REGAIN_LIMITS": _NO_LIMITS, "REGAIN_STEPS": json.dumps(given.gates)}
    stack = Stack(mode="enforce", lag=(0.0, 0.0), latency=LATENCY, settings=chosen, hosts=())
    async with stack, httpx.AsyncClient(timeout=120) as http:
        (await http.put(f"{stack.simulator_url}/_simulator/grants", json=given.grants)).raise_for_status()
        (await http.put(f"{stack.simulator_url}/_simulator/state", json=given.tenant)).raise_for_status()
        os.environ.update(stack.environment)
        groups = await _start_apart(stack)
        bench = Bench(stack, http, poll.total_seconds(), say)
        one = await bench.one()
        many = await bench.many(one.contained.today)
        await gather(*map(stack.stop_host, groups))
        work = await bench.work()
        return Results(
            latency=LATENCY,
            poll=poll.total_seconds(),
            queues=len(bench.playbook),
            one=one,
            many=many,
            work=work,
            polling=cost.of_polling(poll),
            readiness=cost.of_readiness(),
        )


class Bench:
    """One stack, and what is measured on it."""

    def __init__(self, stack: Stack, http: httpx.AsyncClient, poll: float, say: Callable[[str], None]) -> None:
        self._stack = stack
        self._http = http
        self._poll = poll
        self._say = say
        self.playbook = wiring.playbook()

    async def one(self) -> One:
        """One alert at a time, ours and today's tools by turns, on accounts that are alike. The first pair warms up."""
        ours: list[Response] = []
        today: list[Today] = []
        for run in range(RUNS + 1):
            self._say(f"one incident, run {run} of {RUNS}" if run else "warming up")
            theirs, mine = await self._accounts(2)
            today.append(await take_back(settings(), self.playbook, theirs["userPrincipalName"]))
            await self._idle()
            ours += await respond(self._stack, self._http, self.playbook, [mine])
        return self._compared(ours[1:], today[1:])

    async def many(self, today: Spread) -> Many:
        """Many alerts at the same moment, on one host process for each function."""
        self._say(f"{AT_ONCE} incidents at once")
        users = await self._accounts(AT_ONCE)
        await self._idle()
        before, began = Used.now(), monotonic()
        responses = await respond(self._stack, self._http, self.playbook, users)
        return Many(
            incidents=AT_ONCE,
            contained=Spread.of(response.contained for response in responses),
            secured=Spread.of(response.secured for response in responses),
            today=Spread.of(today.median * place for place in range(1, AT_ONCE + 1)),
            used=Used.now().since(before),
            elapsed=monotonic() - began,
            processors=os.cpu_count() or 1,
        )

    async def work(self) -> Work:
        """What one incident asks of storage and of the functions: counted by a proxy, on a host of its own."""
        self._say("counting what an incident asks for")
        traffic, direct = Traffic(), self._stack.storage
        async with counting(direct, traffic) as counted:
            self._stack.storage = counted
            await self._stack.start_host()
            try:
                return await self._counted(traffic)
            finally:
                await self._stack.stop_host()
                self._stack.storage = direct

    async def _counted(self, traffic: Traffic) -> Work:
        await let_in(self._stack, self._http, await self._accounts(1))  # what is made once is made here
        users = await self._accounts(COUNTED)
        await _clear_of_the_sweep()
        log = HostLog(self._stack.host_logs)
        traffic.clear()
        for user in users:
            await let_in(self._stack, self._http, [user])
            await self._idle()
        executions = log.executions()
        return Work(
            incidents=COUNTED,
            queues=_each(traffic.worked),
            tables=_each(traffic.tables),
            entities=traffic.entities / COUNTED,
            idle=traffic.idle / COUNTED,
            executions=_each(Counter(one.function for one in executions)),
            cost=cost.of_a_thousand(traffic, executions, COUNTED),
        )

    async def _accounts(self, count: int) -> list[User]:
        await forget(self._http, self._stack.simulator_url)
        return await taken_over(self._http, self._stack.simulator_url, count)

    async def _idle(self) -> None:
        """Until every queue is polled at its longest interval again, and to a random moment between two polls."""
        await sleep(uniform(2, 3) * self._poll)  # noqa: S311 - keeps no secret

    def _compared(self, ours: list[Response], today: list[Today]) -> One:
        poll = ideal.mean_poll(timedelta(seconds=self._poll))
        names = ours[0].parts
        return One(
            runs=len(ours),
            contained=_compare(
                [one.contained for one in ours],
                [one.contained for one in today],
                ideal.contained(self.playbook, LATENCY, poll),
            ),
            secured=_compare(
                [one.secured for one in ours],
                [one.secured for one in today],
                ideal.secured(self.playbook, LATENCY, poll),
            ),
            changed=Spread.of(one.changed + LATENCY for one in ours),
            parts={name: Spread.of(one.parts[name] for one in ours) for name in names},
            calls=Spread.of(one.calls for one in ours),
        )


def _compare(ours: list[float], today: list[float], way: ideal.Ideal) -> Compared:
    return Compared(
        seconds=Spread.of(ours),
        ideal=way,
        of_ideal=Spread.of(seconds / way.seconds for seconds in ours),
        today=Spread.of(today),
        sooner=Spread.of(theirs / mine for mine, theirs in zip(ours, today, strict=True)),
    )


async def _start_apart(stack: Stack) -> list[str]:
    """A host for the doors, and one for each other function: as Azure gives each of them instances of its own. Their
    names."""
    others = [str(one.get_function_name()) for one in app.get_functions() if not one.is_http_function()]
    names = {HOST: "http"} | {name: f"function:{name}" for name in others}
    for some in batched(names, os.cpu_count() or 1, strict=False):
        await gather(*(stack.start_host(name=name, group=names[name]) for name in some))
    return list(names)


async def _clear_of_the_sweep() -> None:
    """Until there is time to count before the timer fires again, at the full minute."""
    second = datetime.now(UTC).second
    if second > _COUNT_UNTIL:
        await sleep(61 - second)


def _each(counted: Mapping[str, int]) -> dict[str, float]:
    return {what: times / COUNTED for what, times in sorted(counted.items())}
