"""What is promised, held against what has happened: after each thing that happens, and once all has come to rest."""

from dataclasses import dataclass, field
from typing import Any

from shared.playbook.declaration import Stage
from shared.playbook.lease import leased
from shared.policy import Gate, Mode
from shared.state.incidents import Snapshot
from shared.state.rows import ChangeRow, Direction, Ending, Skip, StepRow, StepStatus
from tests.simulator.client import TAKEN_OVER

from .model import Writing, allowed, kept, line
from .people import ROSA, People
from .places import Json
from .trail import Made, Trail
from .world import World

FORWARDING = ("ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward")
SEALING = (Stage.SEAL, Stage.RECOVER)


@dataclass(frozen=True)
class Stands:
    """What stands above all incidents."""

    switched_on: bool = True
    protected: bool = False


@dataclass
class Promises:
    """``last`` is each incident as it was when it was last looked at."""

    here: World
    people: People = field(default_factory=People)
    stands: Stands = field(default_factory=Stands)
    last: dict[str, Snapshot] = field(default_factory=dict)
    _trail: Trail = field(default_factory=Trail)
    _values: Json = field(default_factory=dict)  # of the account, as they were when they were last looked at
    _origins: dict[str, Json] = field(default_factory=dict)  # as they were before an incident's first change
    _befores: dict[tuple[str, str], object] = field(default_factory=dict)

    async def begin(self) -> None:
        """Nothing has happened yet."""
        self._values = reversible(await self._account())

    async def somebody_changes(self, part: str, values: Json) -> None:
        """Somebody else than us changes the account: what it was before is of no more interest there."""
        state = await self.here.simulator.state()
        next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)[part] |= values
        await self.here.simulator.put_state(state, self.here.clock.offset.total_seconds())
        for origin in self._origins.values():
            origin.pop(part, None)

    async def check(self, incidents: list[str], *, decided: bool) -> None:
        """What holds at any moment. ``decided``: a person has decided something since it was checked last."""
        now = {incident: await self.read(incident) for incident in incidents}
        open_ones = [one for one in now.values() if one.incident.ending is None and one.incident.account is not None]
        assert len(open_ones) <= 1, "two open incidents have one account"
        for incident, one in now.items():
            was = self.last.get(incident, one)
            by_itself = len(one.history) > len(was.history)
            wrong = kept(was, one, decided=decided or by_itself)
            assert wrong == [], f"{incident}: {wrong}"
            self._keeps_what_was_before(incident, one.changes)
        made = self._trail.follow(self.here.calls)
        assert self._trail.broken == [], self._trail.broken
        for write in made:
            self._was_allowed(write, now[write.incident])
        await self._back_to_the_origin(now)
        self.last = now

    async def at_rest(self, incidents: list[str]) -> None:
        """What holds once nothing is left to do, the watch included."""
        for incident in incidents:
            one = self.last[incident]
            unfinished = [row.name for row in one.steps.values() if not row.status.finished]
            assert not unfinished, f"left lying: {unfinished}"
            assert not [row.name for row in one.steps.values() if self._holds(row)], "a lease is left"
            if one.incident.account is not None:
                holder = await self.here.state.claims.holder(one.incident.account.id)
                is_open = one.incident.ending is None
                assert (holder == incident) is is_open, "the claim is not the open incident's"
        assert await self.here.messages.count() == 0, "messages are left"

    def _holds(self, row: StepRow) -> bool:
        """Whether a lease is left. Of a step that was stopped in the middle it stays, until its time has run out."""
        return row.lease_until is not None and (row.skip is not Skip.CANCELLED or leased(row, self.here.clock.now()))

    async def read(self, incident: str) -> Snapshot:
        """An incident as it is now."""
        snapshot = await self.here.state.incidents.read(incident)
        assert snapshot is not None
        return snapshot

    def _keeps_what_was_before(self, incident: str, changes: tuple[ChangeRow, ...]) -> None:
        for change in changes:
            if change.applied_at:
                kept_before = self._befores.setdefault((incident, change.key), change.before)
                assert change.before == kept_before, f"{change.key}: the value before was overwritten"

    def _was_allowed(self, write: Made, one: Snapshot) -> None:
        change = next((change for change in one.changes if change.key == write.change), None)
        assert change is not None, f"{write.step}: written to the tenant, and no line says so"
        declared = self.here.playbook[write.step].declaration
        events = [said.event for said in one.history if said.round == change.round and said.who == ROSA.who]
        writing = Writing(
            switched_on=self.stands.switched_on,
            protected=self.stands.protected,
            puts_back=change.direction is Direction.REVERT,
            enforced=one.incident.mode is Mode.ENFORCE,
            asks=self.here.settings.steps.get(write.step) is Gate.APPROVE,
            decision=events[0].partition(" ")[0] if events else "",
            approved=line(change) in self.people.approved.get((write.incident, write.step), ()),
            seals=declared.stage in SEALING,
        )
        assert allowed(writing), f"{change.key} was not allowed: {writing}"

    async def _back_to_the_origin(self, now: dict[str, Snapshot]) -> None:
        """After a restore without conflict, what can be put back is what it was before the first change; the incident
        that has ended just now must have been the only one that was at work meanwhile."""
        values = reversible(await self._account())
        working = [incident for incident, one in now.items() if _applied(one) != _applied(self.last.get(incident))]
        for incident in working:
            self._origins.setdefault(incident, dict(self._values))
        for incident, one in now.items():
            was = self.last.get(incident)
            if was and was.incident.ending is None and one.incident.ending is Ending.RESTORED:
                reverting = [row for row in one.steps.values() if row.direction is Direction.REVERT]
                assert all(row.status is StepStatus.REVERTED for row in reverting), "restored, not all of it back"
                if set(working) <= {incident}:
                    origin = self._origins.get(incident, {})
                    left = {name: values[name] for name, value in origin.items() if values[name] != value}
                    assert left == {}, f"restored, and not as it was: {left}, {origin}"
        self._values = values

    async def _account(self) -> Json:
        accounts = (await self.here.simulator.state())["accounts"]
        return dict(next(one for one in accounts if one["user"]["id"] == TAKEN_OVER))


def reversible(account: Json) -> dict[str, Any]:
    """What an account's reversible values are, by the part of it that they are in."""
    return {
        "user": account["user"]["accountEnabled"],
        "mailbox": {name: account["mailbox"].get(name) for name in FORWARDING},
        "devices": {one["device"]["id"]: one["device"]["accountEnabled"] for one in account["devices"]},
    }


def _applied(one: Snapshot | None) -> set[str]:
    return {change.key for change in one.changes if change.applied_at} if one else set()
