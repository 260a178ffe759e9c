"""Triage's outcome: the incident has its account to itself, or joins the one that has it."""

from asyncio import sleep
from dataclasses import dataclass
from datetime import datetime
from random import uniform

from shared.account import Account
from shared.settings import Settings
from shared.state.errors import Conflict
from shared.state.incidents import Insert, Put, Replace, Snapshot
from shared.state.rows import Ending, IncidentRow, StepStatus
from shared.state.storage import Storage

from .enrolment import enrol
from .journal import notes
from .lease import Owner
from .patience import Later
from .registry import Playbook
from .step import Plan

_TRIES = 40
_PAUSE = 0.25  # seconds, at most


@dataclass(frozen=True)
class Admission:
    """Admits what triage found."""

    storage: Storage
    playbook: Playbook
    settings: Settings

    async def admit(self, owner: Owner, snapshot: Snapshot, plan: Plan, account: Account, now: datetime) -> None:
        """Ends triage: the account is this incident's and all steps have their rows, or the incident has joined.

        Raises ``Later`` where others kept changing the same rows, ``Fenced`` where triage has changed hands.
        """
        for _ in range(_TRIES):
            try:
                holder = await self._holder(account.id, snapshot.incident)
                if holder is None:
                    return await self._enrol(owner, snapshot, plan, account, now)
                return await self._join(owner, snapshot, holder, now)
            except Conflict:
                await sleep(uniform(0, _PAUSE))  # noqa: S311 - spreads the tries of those who meet here
        raise Later("Others kept changing the account's incident.")

    async def _holder(self, account_id: str, incident: IncidentRow) -> IncidentRow | None:
        """The other incident that has the account; None once it is ours."""
        claimed_by = await self.storage.claims.take(account_id, incident.id)
        if claimed_by == incident.id:
            return None
        holder = await self.storage.incidents.incident(claimed_by)
        if holder is not None and holder.ending is None:
            return holder
        await self.storage.claims.take_over(account_id, incident.id, ended=claimed_by)
        return None

    async def _enrol(self, owner: Owner, snapshot: Snapshot, plan: Plan, account: Account, now: datetime) -> None:
        incident = await self._reread(snapshot)
        steps = enrol(self.playbook, account, self.settings, incident.only)
        await owner.finish(
            Replace(incident.model_copy(update={"account": account})),
            *(Insert(step) for step in steps),
            *notes(snapshot, owner.row, plan),
            status=StepStatus.DONE,
            reason=plan.summary,
            finished_at=now,
        )

    async def _join(self, owner: Owner, snapshot: Snapshot, holder: IncidentRow, now: datetime) -> None:
        """The alerts first, into the holder's partition, and only while the holder has not ended."""
        await self.storage.incidents.write(holder.id, Replace(holder), *map(Put, snapshot.alerts))
        incident = await self._reread(snapshot)
        joined = {"ending": Ending.JOINED, "ended_at": now, "joined_to": holder.id}
        await owner.finish(
            Replace(incident.model_copy(update=joined)),
            status=StepStatus.DONE,
            reason=f"The account has an open incident: {holder.id}. This alert joined it.",
            finished_at=now,
        )

    async def _reread(self, snapshot: Snapshot) -> IncidentRow:
        incident = await self.storage.incidents.incident(snapshot.incident.id)
        if incident is None:
            raise Conflict(f"incident {snapshot.incident.id} is gone")
        return incident
