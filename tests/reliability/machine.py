"""The engine's rules as a state machine: whatever happens in whatever order, the promises hold.

What happens: alerts come in, messages are delivered in any order and again, workers die after any of their calls, time
passes, the sweep looks, people decide, somebody else changes the tenant, the switch is turned, the account becomes
protected. What is allowed stands in ``model``; what is promised is checked by ``Promises``.
"""

from asyncio import gather
from base64 import b64encode
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from shared.alerts.alert import Alert, NamedAccount
from shared.playbook.decisions import Unfit
from shared.playbook.opening import Opening
from shared.playbook.registry import Playbook
from shared.policy import Gate, Mode
from shared.state.queues import Message
from shared.state.switch import Position
from tests.simulator.client import TAKEN_OVER

from .clock import Clock, runner
from .messages import LOCKED, Taken
from .model import FITS, MAY_STILL_BE_REFUSED, facts
from .people import APPROVALS, DECISIONS, ROSA, Moment
from .places import Places
from .promises import Promises
from .record import writes
from .taps import Call, Dead, Detour
from .world import Worker, World, ordinary, world
from .zombies import BEYOND

ANY = st.integers(0, 1000)  # which one of those that there are: how many is not known before it happens
GARBAGE = ("", "{}", '{"v": 9, "incident": "nobody", "step": "triage", "round": 1}')
OTHERS = tuple(name for name in DECISIONS if name not in APPROVALS)
COLLECTORS = ("smtp:collector@attacker.example", "smtp:another@attacker.example")


class Machine(RuleBasedStateMachine):
    """One account, any number of alerts about it, and whoever may decide."""

    def __init__(self, where: Places, playbook: Playbook) -> None:
        super().__init__()
        self.clock = Clock()
        self.running = runner(self.clock)
        self.entered = world(where, self.clock, playbook, ordinary())
        self.here: World = self.running.run(self.entered.__aenter__())
        self.promises = Promises(self.here)
        self.people = self.promises.people
        self.alerts: list[Alert] = []
        self.incidents: list[str] = []
        self.seen: list[Taken] = []

    def teardown(self) -> None:
        """Whatever was left is delivered, and everything has come to rest."""
        try:
            self._happens(self._at_rest())
            self.running.run(self.promises.at_rest(self.incidents))
        finally:
            self.running.run(self.entered.__aexit__(None, None, None))
            self.running.close()

    @initialize(asks=st.booleans(), report_only=st.booleans())
    def the_first_alert_comes_in(self, asks: bool, report_only: bool) -> None:
        """``asks``: the policy wants a person's word before the sign-in is blocked."""
        if asks:
            self.here.settings = self.here.settings.model_copy(update={"steps": {"block-sign-in": Gate.APPROVE}})
        self._happens(self.promises.begin())
        self.an_alert_comes_in(later=False, report_only=report_only)

    @rule(later=st.booleans(), report_only=st.booleans())
    def an_alert_comes_in(self, later: bool, report_only: bool) -> None:
        activity = self.clock.now() if later else None
        alert = Alert("entra", uuid4().hex, "Leaked credentials", "high", activity, (NamedAccount(id=TAKEN_OVER),))
        self.alerts.append(alert)
        self._happens(self._receive(alert, Mode.REPORT_ONLY if report_only else None))

    @rule(which=ANY)
    def an_alert_comes_in_again(self, which: int) -> None:
        self._happens(self._receive(self.alerts[which % len(self.alerts)], None))

    @rule(count=st.integers(1, 12), first=ANY)
    def messages_are_delivered(self, count: int, first: int) -> None:
        self._happens(self._deliver(count, first))

    @rule(count=st.integers(2, 6), first=ANY)
    def messages_are_delivered_side_by_side_and_each_twice(self, count: int, first: int) -> None:
        self._happens(self._deliver_twice(count, first))

    @rule(which=ANY, step=ANY, what=st.sampled_from(["old", "forged", *GARBAGE]))
    def a_message_that_nobody_needs_is_there(self, which: int, step: int, what: str) -> None:
        queue = list(self.here.playbook)[step % len(self.here.playbook)]
        content = b64encode(what.encode()).decode()
        if what == "old" and self.seen:
            taken = self.seen[which % len(self.seen)]
            queue, content = taken.queue, str(taken.message.content)
        elif what == "forged":
            message = Message(incident=self._incident(which), step=queue, round=1 + which % 4)
            content = b64encode(message.model_dump_json().encode()).decode()
        self._happens(self.here.messages.send(queue, content))

    @rule(after=st.integers(0, 20), first=ANY)
    def a_worker_dies(self, after: int, first: int) -> None:
        self._happens(self._die(after, first))

    @rule(first=ANY)
    def a_message_is_lost(self, first: int) -> None:
        self._happens(self._lose(first))

    @rule(first=ANY)
    def a_worker_dies_as_its_change_arrives(self, first: int) -> None:
        self._happens(self._die_at_a_write(first))

    @rule(minutes=st.sampled_from([2, 12, 95]))
    def time_passes_and_the_sweep_looks(self, minutes: int) -> None:
        self._happens(self._pass(timedelta(minutes=minutes)))

    @rule()
    def everything_comes_to_rest(self) -> None:
        self._happens(self.here.run(within=timedelta(minutes=60)))

    @rule(which=ANY)
    def somebody_looks_at_the_plan(self, which: int) -> None:
        self.people.look(self.promises.last[self._incident(which)])

    @rule(which=ANY, what=st.sampled_from(APPROVALS))
    def somebody_approves(self, which: int, what: str) -> None:
        self._happens(self._decide(self._incident(which), what, 0), decided=True)

    @rule(which=ANY, what=st.sampled_from(OTHERS), task=ANY)
    def somebody_decides(self, which: int, what: str, task: int) -> None:
        self._happens(self._decide(self._incident(which), what, task), decided=True)

    @rule(which=ANY, what=st.sampled_from(OTHERS), task=ANY, count=st.integers(1, 6))
    def somebody_decides_while_messages_are_delivered(self, which: int, what: str, task: int, count: int) -> None:
        self._happens(self._decide_meanwhile(self._incident(which), what, task, count), decided=True)

    @rule(which=ANY, what=st.sampled_from(OTHERS), task=ANY, after=st.integers(1, 12))
    def a_worker_dies_while_somebody_decides(self, which: int, what: str, task: int, after: int) -> None:
        self._happens(self._die_deciding(self._incident(which), what, task, after), decided=True)

    @rule(to=st.sampled_from(COLLECTORS))
    def the_attacker_forwards_the_mail_again(self, to: str) -> None:
        values = {"ForwardingSmtpAddress": to, "DeliverToMailboxAndForward": True}
        self._happens(self.promises.somebody_changes("mailbox", values))

    @rule()
    def somebody_lifts_the_block(self) -> None:
        self._happens(self.promises.somebody_changes("user", {"accountEnabled": True}))

    @rule(on=st.booleans())
    def the_switch_is_turned(self, on: bool) -> None:
        self._happens(self._turn(on=on))

    @rule(protected=st.booleans())
    def the_account_becomes_protected_or_not(self, protected: bool) -> None:
        self._happens(self._protect(protected=protected))

    def _happens(self, what: Coroutine[Any, Any, Any], *, decided: bool = False) -> None:
        async def checked() -> None:
            await what
            await self.promises.check(self.incidents, decided=decided)

        self.running.run(checked())

    def _incident(self, which: int) -> str:
        return self.incidents[which % len(self.incidents)]

    async def _receive(self, alert: Alert, mode: Mode | None) -> None:
        async def receive(worker: Worker) -> str:
            (row,) = await Opening(worker.storage, self.here.settings, self.clock.now).receive(alert, mode)
            return str(row.id)

        incident = await self.here.does("door", receive)
        if incident not in self.incidents:
            self.incidents.append(incident)

    async def _take(self, count: int, first: int = 0) -> list[Taken]:
        self.here.messages.ask_first(first)
        taken = await self.here.messages.take(self.clock.now(), most=count)
        self.seen += taken
        return taken

    async def _deliver(self, count: int, first: int) -> None:
        for _ in range(count):
            for taken in await self._take(1, first):
                await self.here.deliver(taken)

    async def _deliver_twice(self, count: int, first: int) -> None:
        """The host has handed the same message to two of its instances."""
        taken = await self._take(count, first)
        again = [one for one in taken if not one.queue.endswith("-poison")]
        await gather(*map(self.here.deliver, taken), *map(self._once_more, again))

    async def _once_more(self, taken: Taken) -> None:
        with suppress(ValueError):
            body = taken.body
            await self.here.does(taken.queue, lambda worker: worker.engine.handle(body))

    async def _die(self, after: int, first: int) -> None:
        """The next message's worker dies after so many calls, where it makes as many; after none: before it begins."""
        if not after:
            for taken in await self._take(1, first):
                self.here.messages.hide(taken, self.clock.now() + LOCKED)
            await self.here.stop()
            return
        await self._mortal(after, self._deliver(1, first))

    async def _mortal(self, after: int, work: Coroutine[Any, Any, Any]) -> None:
        life = (self.here.worker or self.here.start()).life
        life.dies_after = len(life.calls) + after
        try:
            with suppress(Dead):
                await work
        finally:
            life.dies_after = None

    async def _lose(self, first: int) -> None:
        for taken in await self._take(1, first):
            await self.here.messages.delete(taken)

    async def _die_at_a_write(self, first: int) -> None:
        """The tenant has made the change, and nobody has written down that it did."""
        life = (self.here.worker or self.here.start()).life
        straight = life.detour

        def last(call: Call) -> Detour | None:
            if writes(call):
                life.dies_after = len(life.calls)
            return straight(call)

        life.detour = last
        try:
            with suppress(Dead):
                await self._deliver(1, first)
        finally:
            life.detour, life.dies_after = straight, None

    async def _pass(self, time: timedelta) -> None:
        await self.here.forward(self.clock.now() + time)
        await self.here.sweep()

    async def _write(self, incident: str, what: str, task: str) -> None:
        moment = Moment(self.here, self.people.shown.get(incident, ("", {}))[0], task)
        decide = DECISIONS[what]
        await self.here.does(
            "decision", lambda worker: worker.engine.deciding.decide(incident, lambda one: decide(one, moment))
        )

    async def _decide(self, incident: str, what: str, number: int) -> None:
        """One line in the history where it fits, and nothing at all where it does not."""
        before, task = self.promises.last[incident], self._task(incident, number)
        shown = self.people.shown.get(incident, ("", {}))[1]
        known = facts(self.here.playbook, before, shown, task, self.clock.now(), self.here.settings.token_lifetime)
        fits, refused = FITS[what](known), ""
        try:
            await self._write(incident, what, task)
        except (Unfit, LookupError) as error:
            refused = str(error)
        after = await self.promises.read(incident)
        if refused:
            assert not fits or what in MAY_STILL_BE_REFUSED, f"{what} was refused: {refused}"
            assert after == before, f"{what} does not fit, and has changed something"
            return
        assert fits, f"{what} does not fit, and was done: {known}"
        assert len(after.history) == len(before.history) + 1, f"{what}: not one line in the history"
        assert after.history[-1].who == ROSA.who
        if what in APPROVALS:
            self.people.approve(before)

    async def _decide_meanwhile(self, incident: str, what: str, number: int, count: int) -> None:
        async def decide() -> None:
            with suppress(Unfit, LookupError):
                await self._write(incident, what, self._task(incident, number))

        await gather(*map(self.here.deliver, await self._take(count)), decide())

    async def _die_deciding(self, incident: str, what: str, number: int, after: int) -> None:
        before = self.promises.last[incident]
        with suppress(Unfit, LookupError):
            await self._mortal(after, self._write(incident, what, self._task(incident, number)))
        lines = len((await self.promises.read(incident)).history) - len(before.history)
        assert lines in (0, 1), f"{what}: {lines} lines in the history"

    def _task(self, incident: str, number: int) -> str:
        keys = [task.key.removeprefix("task:") for task in self.promises.last[incident].tasks]
        return keys[number % len(keys)] if keys else "triage:no-such-task"

    async def _turn(self, *, on: bool) -> None:
        """A worker knows the switch for a second: the next one is a new process, so that nobody has to wait for it."""
        mode = Mode.ENFORCE if on else Mode.REPORT_ONLY
        await self.here.state.switch.set(Position(mode=mode, who=ROSA.who, at=self.clock.now()))
        await self.here.stop()
        self.promises.stands = replace(self.promises.stands, switched_on=on)

    async def _protect(self, *, protected: bool) -> None:
        """A deployment's settings are read as a process starts."""
        accounts = (TAKEN_OVER,) if protected else ()
        self.here.settings = self.here.settings.model_copy(update={"protected_accounts": accounts})
        await self.here.stop()
        self.promises.stands = replace(self.promises.stands, protected=protected)

    async def _at_rest(self) -> None:
        """What was stopped in the middle keeps its lease until its time has run out."""
        await self._turn(on=True)
        await self.here.run()
        await self.here.forward(self.clock.now() + BEYOND)
