"""Writing a decision: one transaction, with a line in the history; then the nudges, or the end of the incident."""

from asyncio import gather
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from shared.state.errors import Conflict
from shared.state.incidents import Insert, Put, Replace, Snapshot, Write
from shared.state.queues import Message
from shared.state.rows import HistoryRow, StepRow
from shared.state.storage import Storage

from .decisions import Decision, Unfit
from .lease import CLOCK_MARGIN
from .opening import FIRST_LOOK
from .registry import Playbook
from .status import ready

_TRIES = 10
_NOW = timedelta()


@dataclass(frozen=True)
class Deciding:
    """Decides about incidents."""

    storage: Storage
    playbook: Playbook
    now: Callable[[], datetime]

    async def decide(self, incident_id: str, decide: Callable[[Snapshot], Decision]) -> Snapshot:
        """What ``decide`` makes of the incident, written; asked again where the incident has changed meanwhile.

        Raises ``LookupError`` where there is no such incident, and what ``decide`` raises.
        """
        for _ in range(_TRIES):
            snapshot = await self.storage.incidents.read(incident_id)
            if snapshot is None:
                raise LookupError(incident_id)
            try:
                return await self.write(decide(snapshot))
            except Conflict:
                continue
        raise Unfit("The incident keeps changing: look at it, and decide again.")

    async def write(self, decision: Decision, *more: Write) -> Snapshot:
        """Writes a decision, and what belongs to it. The incident as it is then.

        The sweep knows of the incident before there is anything to be done, so that a crash here loses nothing.
        Raises ``Conflict`` where the incident has changed since the decision was made.
        """
        incident, now = decision.incident, self.now()
        line = HistoryRow(
            at=now, id=uuid4().hex, event=decision.event, who=decision.by.who, why=decision.by.why, round=decision.round
        )
        await self.storage.index.add(incident.id, opened_at=incident.opened_at, due_at=now + FIRST_LOOK)
        await self.storage.incidents.write(
            incident.id,
            Replace(incident),
            Insert(line),
            *map(Replace, decision.steps),
            *map(Put, decision.tasks),
            *more,
        )
        if incident.ending is not None and incident.account is not None:
            await self.storage.claims.give_back(incident.account.id, incident.id)
        written = await self.storage.incidents.read(incident.id)
        if written is None:
            raise LookupError(incident.id)
        await nudge(self.storage, self.playbook, written, now)
        return written


async def nudge(
    storage: Storage, playbook: Playbook, snapshot: Snapshot, now: datetime, ended: str | None = None
) -> None:
    """A message for every step that has not started and has nothing left to wait for.

    Where a step that has ``ended`` is named: for those that have waited for it. The others have been sent theirs; each
    step that ends in a backlog would send them one more, and each of these again.
    """
    rows = ready(playbook, snapshot, ended)
    await gather(*(storage.queues.send(message_for(snapshot, row), _when_free(row, now)) for row in rows))


def message_for(snapshot: Snapshot, row: StepRow) -> Message:
    """What nudges a step."""
    return Message(incident=snapshot.incident.id, step=row.name, round=row.round)


def _when_free(row: StepRow, now: datetime) -> timedelta:
    """How long a worker of an earlier round may still be at work on the step."""
    return max(row.lease_until + CLOCK_MARGIN - now, _NOW) if row.lease_until else _NOW
