"""The engine: what one queue message leads to.

A message is only ever a nudge: what it asks for is looked up in the table. Duplicated, late, reordered or forged it
does no harm; lost, the sweep sends it again.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from pydantic import ValidationError

from shared.settings import Settings
from shared.state.errors import Conflict
from shared.state.incidents import Snapshot
from shared.state.queues import Message
from shared.state.rows import StepRow, StepStatus
from shared.state.storage import Storage
from shared.tenant.tenant import Tenant

from .attempt import Attempt, finish
from .deciding import Deciding, nudge
from .decisions import conclude
from .lease import Fenced, Owner, leased
from .registry import Playbook
from .status import may_start
from .step import Context
from .work import Outcome

log = logging.getLogger("regain.engine")


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Engine:
    """Runs steps. One a process."""

    playbook: Playbook
    storage: Storage
    tenant: Tenant
    settings: Settings
    now: Callable[[], datetime] = utc_now

    async def handle(self, body: bytes) -> None:
        """Does what one queue message asks for, where that is still to be done, and nudges what comes next.

        Raises ``azure.core.exceptions.AzureError`` where storage is in trouble: the host delivers the message again.
        """
        try:
            message = Message.model_validate_json(body)
        except ValidationError as error:
            log.error("dropped a message that cannot be read: %s problem(s)", error.error_count())
            return
        snapshot = await self.storage.incidents.read(message.incident)
        row = snapshot.steps.get(message.step) if snapshot else None
        if snapshot is None or row is None or message.step not in self.playbook or message.round != row.round:
            log.warning("dropped a message that fits no step incident=%s step=%s", message.incident, message.step)
        elif row.status.finished:
            await self._go_on(snapshot, row.name)
        elif self.due(snapshot, row):
            await self._run(snapshot, row)

    async def advance(self, incident_id: str, ended: str) -> None:
        """What comes next in an incident after a step that has ended: what has waited for it, or the end of all."""
        snapshot = await self.storage.incidents.read(incident_id)
        if snapshot is not None:
            await self._go_on(snapshot, ended)

    async def give_up(self, message: Message, reason: str) -> bool:
        """Records the step that a message was for as failed, through a claim like any other, and advances.

        False where a worker may still be at work on it: ask again later. Raises ``Fenced`` where one has just begun.
        """
        snapshot = await self.storage.incidents.read(message.incident)
        row = snapshot.steps.get(message.step) if snapshot else None
        if snapshot is None or row is None or row.round != message.round:
            return True
        if leased(row, self.now()):
            return False
        if not row.status.finished:
            owner = Owner(self.storage.incidents, message.incident, row, self.now)
            await owner.claim()
            await finish(owner, Outcome(StepStatus.FAILED, reason), self.now())
        await self.advance(message.incident, message.step)
        return True

    def due(self, snapshot: Snapshot, row: StepRow) -> bool:
        """Whether a step that has not finished may be worked on now: its time has come, nobody has it, all that it
        waits for has finished."""
        now = self.now()
        early = row.not_before is not None and now < row.not_before
        return not early and not leased(row, now) and may_start(self.playbook, snapshot, row.name)

    @property
    def deciding(self) -> Deciding:
        """Decisions about this engine's incidents."""
        return Deciding(self.storage, self.playbook, self.now)

    async def _go_on(self, snapshot: Snapshot, ended: str) -> None:
        await nudge(self.storage, self.playbook, snapshot, self.now(), ended)
        decision = conclude(self.playbook, snapshot, self.now())
        if decision is not None:
            with suppress(Conflict):  # another worker has just written it
                await self.deciding.write(decision)

    async def _run(self, snapshot: Snapshot, row: StepRow) -> None:
        began, now = monotonic(), self.now()
        step = self.playbook[row.name]
        owner = Owner(self.storage.incidents, snapshot.incident.id, row, self.now)
        context = Context(self.tenant, snapshot, self.settings, now)
        try:
            await owner.claim(
                status=StepStatus.RUNNING,
                attempts=row.attempts + 1,
                not_before=None,
                started_at=row.started_at or now,
                deadline_at=row.deadline_at or now + step.declaration.deadline,
            )
            async with owner:
                await Attempt(self.storage, self.playbook, owner, step, context, self.now).run()
        except Fenced:
            log.info("incident=%s step=%s outcome=left-to-another", snapshot.incident.id, row.name)
            return
        except Exception:
            await owner.give_back()
            raise
        log.info(
            "incident=%s step=%s round=%s attempt=%s outcome=%s ms=%.0f",
            snapshot.incident.id,
            row.name,
            row.round,
            owner.row.attempts,
            owner.row.status,
            (monotonic() - began) * 1000,
        )
        if owner.row.status.finished:
            await self.advance(snapshot.incident.id, row.name)
