"""The engine's rules as a state machine: whatever happens in whatever order, the promises hold.

What happens: alerts come in, messages are delivered in any order and again, workers die after any of their calls, time
passes, the sweep looks, people decide, somebody else changes the tenant, the switch is turned. What is promised stands
in ``check`` and ``at_rest``.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.alerts.alert import Alert, NamedAccount
from shared.playbook import decisions
from shared.playbook.decisions import By, Decision, Unfit
from shared.playbook.lease import leased
from shared.playbook.opening import Opening
from shared.playbook.registry import Playbook
from shared.policy import Mode
from shared.state.incidents import Snapshot
from shared.state.rows import Direction, Ending, StepStatus
from shared.state.switch import Position
from tests.simulator.client import TAKEN_OVER

from .clock import Clock, runner
from .places import Places
from .record import broken_promises, writes
from .taps import Dead
from .world import Worker, World, world

STEPS = ("triage", "revoke_sessions", "block_sign_in", "reset_password", "remove_forwarding", "disable_devices", "seal")
ROSA = By("rosa@contoso.com", "because")
COLLECTOR = {"ForwardingSmtpAddress": "smtp:collector@attacker.example", "DeliverToMailboxAndForward": True}

type Decide = Callable[[Playbook, Snapshot, World], Decision]

DECISIONS: dict[str, Decide] = {
    "approve": lambda book, one, _: decisions.approve(book, one, decisions.waiting_plan(one) or "", None, ROSA),
    "approve what was not shown": lambda book, one, _: decisions.approve(book, one, "0" * 32, None, ROSA),
    "retry": lambda book, one, _: decisions.retry(book, one, None, ROSA),
    "cancel": lambda _, one, here: decisions.cancel(one, ROSA, here.clock.now()),
    "release": lambda book, one, here: _release(book, one, here, force=False),
    "release by force": lambda book, one, here: _release(book, one, here, force=True),
    "restore": lambda _, one, here: decisions.restore(one, ROSA, here.clock.now()),
    "restore by force": lambda _, one, here: decisions.restore(one, ROSA, here.clock.now(), force=True),
    "close": lambda book, one, here: decisions.close(book, one, ROSA, here.clock.now()),
}


def _release(book: Playbook, one: Snapshot, here: World, *, force: bool) -> Decision:
    return decisions.release(book, one, (), ROSA, here.clock.now(), here.settings.token_lifetime, force=force)


class Machine(RuleBasedStateMachine):
    """One account, any number of alerts about it, and whoever may decide."""

    def __init__(self, where: Places, playbook: Playbook) -> None:
        super().__init__()
        self.clock = Clock()
        self.running = runner(self.clock)
        self.entered = world(where, self.clock, playbook)
        self.here: World = self.running.run(self.entered.__aenter__())
        self.first: dict[str, Any] = self.running.run(self._account())
        self.touched = False  # by somebody else than us
        self.incidents: list[str] = []
        self.alerts: list[Alert] = []
        self.rounds: dict[str, int] = {}
        self.befores: dict[str, object] = {}
        self.ended: dict[str, Snapshot] = {}
        self.switched_off_at: int | None = None

    def teardown(self) -> None:
        """Whatever was left is delivered, and everything has come to rest."""
        try:
            self.running.run(self.at_rest())
        finally:
            self.running.run(self.entered.__aexit__(None, None, None))
            self.running.close()

    @rule(later=st.booleans(), report_only=st.booleans())
    def an_alert_comes_in(self, later: bool, report_only: bool) -> None:
        activity = self.clock.now() if later else None
        alert = Alert("entra", uuid4().hex, "Leaked credentials", "high", activity, (NamedAccount(id=TAKEN_OVER),))
        self.alerts.append(alert)
        self.running.run(self._receive(alert, Mode.REPORT_ONLY if report_only else None))

    @precondition(lambda self: self.alerts)
    @rule(data=st.data())
    def an_alert_comes_in_again(self, data: st.DataObject) -> None:
        self.running.run(self._receive(data.draw(st.sampled_from(self.alerts)), None))

    @rule(count=st.integers(1, 12))
    def messages_are_delivered(self, count: int) -> None:
        self.running.run(self._deliver(count))

    @rule(after=st.integers(1, 20))
    def a_worker_dies(self, after: int) -> None:
        self.running.run(self._die(after))

    @rule(minutes=st.sampled_from([2, 12, 100]))
    def time_passes_and_the_sweep_looks(self, minutes: int) -> None:
        self.running.run(self._pass(timedelta(minutes=minutes)))

    @rule()
    def everything_comes_to_rest(self) -> None:
        self.running.run(self.here.run(within=timedelta(minutes=60)))

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), what=st.sampled_from(sorted(DECISIONS)))
    def somebody_decides(self, data: st.DataObject, what: str) -> None:
        self.running.run(self._decide(data.draw(st.sampled_from(self.incidents)), DECISIONS[what]))

    @rule()
    def the_attacker_forwards_the_mail_again(self) -> None:
        self.touched = True
        self.running.run(self._change("mailbox", COLLECTOR))

    @rule()
    def somebody_lifts_the_block(self) -> None:
        self.touched = True
        self.running.run(self._change("user", {"accountEnabled": True}))

    @rule(on=st.booleans())
    def the_switch_is_turned(self, on: bool) -> None:
        self.running.run(self._turn(Mode.ENFORCE if on else Mode.REPORT_ONLY))

    @invariant()
    def promises(self) -> None:
        self.running.run(self.check())

    async def check(self) -> None:
        """What holds at any moment."""
        snapshots = [await self._read(one) for one in self.incidents]
        holders = [one for one in snapshots if one.incident.ending is None and one.incident.account is not None]
        assert len(holders) <= 1, "two open incidents have one account"
        for one in snapshots:
            key = one.incident.id
            assert one.incident.round >= self.rounds.get(key, 1), "a round was lost"
            self.rounds[key] = one.incident.round
            assert all(row.round <= one.incident.round for row in one.steps.values())
            for change in one.changes:
                kept = (
                    self.befores.setdefault(f"{key} {change.key}", change.before)
                    if change.applied_at
                    else change.before
                )
                assert kept == change.before, "a value before was overwritten"
            if key in self.ended:
                assert one == self.ended[key], "an incident went on after its end"
            elif one.incident.ending is not None:
                self.ended[key] = one
        if self.switched_off_at is not None:
            assert not [call for call in self.here.calls[self.switched_off_at :] if writes(call)], "written while off"
        assert broken_promises(self.here.calls) == []

    async def at_rest(self) -> None:
        """What holds once nothing is left to do, the watch included."""
        await self._turn(Mode.ENFORCE)
        await self.here.run()
        await self.check()
        for one in [await self._read(incident) for incident in self.incidents]:
            unfinished = [row.name for row in one.steps.values() if not row.status.finished]
            assert not unfinished, f"left lying: {unfinished}"
            assert not [row.name for row in one.steps.values() if leased(row, self.clock.now())], "a lease is left"
            if one.incident.account is not None:
                holder = await self.here.state.claims.holder(one.incident.account.id)
                assert (holder == one.incident.id) is (one.incident.ending is None), (
                    "the claim is not the open incident's"
                )
        await self._restored()

    async def _restored(self) -> None:
        """After a false alarm, and nobody else's changes, the account is what it was."""
        snapshots = [await self._read(one) for one in self.incidents]
        told = [one for one in snapshots if one.incident.account is not None]
        if self.touched or not told or any(one.incident.ending is not Ending.RESTORED for one in told):
            return
        account = await self._account()
        assert account["user"]["accountEnabled"] == self.first["user"]["accountEnabled"]
        assert account["mailbox"]["ForwardingSmtpAddress"] == self.first["mailbox"]["ForwardingSmtpAddress"]
        for one in told:
            reverting = [row for row in one.steps.values() if row.direction is Direction.REVERT]
            assert all(row.status is StepStatus.REVERTED for row in reverting)

    async def _receive(self, alert: Alert, mode: Mode | None) -> None:
        async def receive(worker: Worker) -> str:
            (row,) = await Opening(worker.storage, self.here.settings, self.clock.now).receive(alert, mode)
            return str(row.id)

        incident = await self.here.does("door", receive)
        if incident not in self.incidents:
            self.incidents.append(incident)

    async def _deliver(self, count: int) -> None:
        for _ in range(count):
            for taken in await self.here.messages.take(self.clock.now(), most=1):
                await self.here.deliver(taken)

    async def _die(self, after: int) -> None:
        """The next message's worker dies after so many calls, where it makes as many."""
        life = (self.here.worker or self.here.start()).life
        life.dies_after = len(life.calls) + after
        with suppress(Dead):
            await self._deliver(1)
        life.dies_after = None

    async def _pass(self, time: timedelta) -> None:
        await self.here.forward(self.clock.now() + time)
        await self.here.sweep()

    async def _decide(self, incident: str, decide: Decide) -> None:
        """One line in the history where it fits, and nothing at all where it does not."""
        before = await self._read(incident)
        book = self.here.playbook
        try:
            await self.here.does(
                "decision",
                lambda worker: worker.engine.deciding.decide(incident, lambda one: decide(book, one, self.here)),
            )
        except Unfit:
            assert await self._read(incident) == before
        else:
            assert len((await self._read(incident)).history) == len(before.history) + 1

    async def _change(self, part: str, values: dict[str, Any]) -> None:
        state = await self.here.simulator.state()
        next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)[part] |= values
        await self.here.simulator.put_state(state, self.clock.offset.total_seconds())

    async def _turn(self, mode: Mode) -> None:
        """A worker knows the switch for a second: the next one is a new process, so that nobody has to wait for it."""
        await self.here.state.switch.set(Position(mode=mode, who=ROSA.who, at=self.clock.now()))
        await self.here.stop()
        self.switched_off_at = len(self.here.calls) if mode is Mode.REPORT_ONLY else None

    async def _read(self, incident: str) -> Snapshot:
        snapshot = await self.here.state.incidents.read(incident)
        assert snapshot is not None
        return snapshot

    async def _account(self) -> dict[str, Any]:
        accounts = (await self.here.simulator.state())["accounts"]
        return dict(next(one for one in accounts if one["user"]["id"] == TAKEN_OVER))
