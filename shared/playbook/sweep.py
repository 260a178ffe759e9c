"""The sweep: what was lost is sent again, what the host has given up on is recorded.

It only nudges, begins the watch, and keeps the report of what has ended. What is due is looked at with doubling
pauses, so that a backlog is not fed.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from azure.core.exceptions import AzureError
from pydantic import ValidationError

from shared.state.errors import Conflict
from shared.state.incidents import Snapshot
from shared.state.index import OpenIncident
from shared.state.queues import Message

from .deciding import message_for
from .decisions import conclude, watch
from .engine import Engine
from .keeping import keep_report
from .lease import Fenced
from .status import at_rest, settled
from .watch import watch_due_at

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = 32  # times the first
_ORPHAN = timedelta(minutes=10)
_GIVEN_UP = "The host gave up on this step: its function failed five times in a row. Its log says why."

log = logging.getLogger("regain.sweep")


@dataclass(frozen=True)
class Sweep:
    """One look at everything that is open."""

    engine: Engine

    async def run(self) -> None:
        """Nudges what should be moving and is not. Raises ``AzureError`` where storage is in trouble."""
        for step in self.engine.playbook:
            await self._poisoned(step)
        due = await self.engine.storage.index.due(self.engine.now())
        ended = [(row, snapshot) for row in due if (snapshot := await self._look(row))]
        for row, snapshot in ended:  # after all others: a report that cannot be kept holds nobody up
            await self._put_away(row, snapshot)

    async def _look(self, row: OpenIncident) -> Snapshot | None:
        """Does what is due in one incident. The incident itself, where it has ended."""
        index, now = self.engine.storage.index, self.engine.now()
        snapshot = await self.engine.storage.incidents.read(row.incident)
        if snapshot is None:
            if now > row.opened_at + _ORPHAN:  # its door died before it wrote the incident: the sender knows
                await index.settled(row)
            return None
        if at_rest(self.engine.playbook, snapshot) and await self._decided(snapshot):
            return None
        if settled(snapshot):
            return await self._settled(row, snapshot)
        progress = _progress(snapshot)
        nudges = row.nudges + 1 if progress == row.progress else 0
        due_at = now + _pause(nudges)
        await index.look_again(row.model_copy(update={"nudges": nudges, "due_at": due_at, "progress": progress}))
        for step in snapshot.steps.values():
            if not step.status.finished and self.engine.due(snapshot, step):
                log.warning("nudged incident=%s step=%s", row.incident, step.name)
                await self.engine.storage.queues.send(message_for(snapshot, step))
        return None

    async def _decided(self, snapshot: Snapshot) -> bool:
        """Decides what a worker died before it could, or begins the watch, where there is anything of it to decide."""
        engine, now = self.engine, self.engine.now()
        lifetime = engine.settings.token_lifetime
        decision = conclude(engine.playbook, snapshot, now) or watch(engine.playbook, snapshot, now, lifetime)
        if decision is not None:
            with suppress(Conflict):  # somebody has decided about it at this moment: its next look is due soon
                await engine.deciding.write(decision)
        return decision is not None

    async def _settled(self, row: OpenIncident, snapshot: Snapshot) -> Snapshot | None:
        """Gives back the claim of an incident that has ended, and hands it back; looks at another when its watch is
        due."""
        engine, incident = self.engine, snapshot.incident
        if incident.ending is not None:
            if incident.account is not None:
                await engine.storage.claims.give_back(incident.account.id, incident.id)
            return snapshot
        due_at = watch_due_at(engine.playbook, snapshot, engine.settings.token_lifetime)
        if due_at is not None:
            await engine.storage.index.look_again(row.model_copy(update={"due_at": due_at}))
        else:
            await engine.storage.index.settled(row)
        return None

    async def _put_away(self, row: OpenIncident, snapshot: Snapshot) -> None:
        """Keeps the report of an incident that has ended; it stays on the list until that is done."""
        engine = self.engine
        try:
            await keep_report(engine.storage, engine.playbook, snapshot)
        except (AzureError, Conflict) as error:
            log.error("the report is not kept yet incident=%s: %s", row.incident, type(error).__name__)
            nudges, due_at = row.nudges + 1, engine.now() + _pause(row.nudges)
            await engine.storage.index.look_again(row.model_copy(update={"nudges": nudges, "due_at": due_at}))
        else:
            await engine.storage.index.settled(row)

    async def _poisoned(self, step: str) -> None:
        queues = self.engine.storage.queues
        for poisoned in await queues.poisoned(step):
            try:
                seen = await self.engine.give_up(Message.model_validate_json(poisoned.content), _GIVEN_UP)
            except ValidationError:
                log.error("removed a poisoned message that cannot be read step=%s id=%s", step, poisoned.id)
                seen = True
            except Fenced:
                seen = False
            if seen:
                await queues.bury(step, poisoned)


def _pause(nudges: int) -> timedelta:
    """Before the next look, after so many that nothing came of."""
    return _FIRST_PAUSE * min(1 << nudges, _LONGEST_PAUSE)


def _progress(snapshot: Snapshot) -> str:
    """The same as long as nothing moves: the versions of the steps' rows."""
    versions = "\n".join(f"{name} {row.etag}" for name, row in sorted(snapshot.steps.items()))
    return sha256(versions.encode()).hexdigest()[:16]
