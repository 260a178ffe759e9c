"""Triage's outcome: the incident has its account to itself, or joins the one that has it.

An incident that joins brings its alerts along; one about what happened after the account was secured begins a round.
"""

import logging
from asyncio import sleep
from dataclasses import dataclass
from datetime import datetime
from random import uniform

from shared.account import Account
from shared.policy import Mode
from shared.settings import Settings
from shared.state.errors import Conflict
from shared.state.incidents import Insert, Put, Replace, Snapshot, Write
from shared.state.rows import Ending, IncidentRow, StepStatus
from shared.state.storage import Storage

from .deciding import Deciding
from .decisions import another_attack
from .enrolment import Allowance, enrol
from .journal import notes
from .lease import Owner
from .patience import Later
from .registry import Playbook
from .status import ending_under_way
from .step import Plan

_TRIES = 40
_PAUSE = 0.25  # seconds, at most
_UNTIL_ENDED = 15.0

log = logging.getLogger("regain.triage")


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

    async def _holder(self, account_id: str, incident: IncidentRow) -> Snapshot | None:
        """The other incident that has the account; None once it is ours."""
        claimed_by = await self.storage.claims.take(account_id, incident.id)
        if claimed_by == incident.id:
            return None
        holder = await self.storage.incidents.read(claimed_by)
        if holder is not None and holder.incident.ending is None:
            return holder
        await self.storage.claims.take_over(account_id, incident.id, ended=claimed_by)
        return None

    async def _enrol(self, owner: Owner, snapshot: Snapshot, plan: Plan, account: Account, now: datetime) -> None:
        incident = (await self._reread(snapshot)).incident
        steps = enrol(self.playbook, account, self.settings, incident.only, await self._allowance(incident, account))
        if account.protected:
            log.error("incident=%s needs attention: its account is protected, nothing is changed", incident.id)
        await owner.finish(
            Replace(incident.model_copy(update={"account": account})),
            *(Insert(step) for step in steps),
            *notes(snapshot, owner.row, plan),
            status=StepStatus.DONE,
            reason=plan.summary,
            finished_at=now,
        )

    async def _allowance(self, incident: IncidentRow, account: Account) -> Allowance:
        """By the time the incident was opened, so that a repeated triage asks for the same slots."""
        mode = incident.mode.lowered_to(self.settings.mode)
        if account.protected or mode is Mode.REPORT_ONLY:
            return Allowance.FULL
        limits, slots = self.settings.limits, self.storage.slots
        hour, day = f"{incident.opened_at:%Y-%m-%dT%H}", f"{incident.opened_at:%Y-%m-%d}"
        if await slots.take(f"enforced {hour}", incident.id, limits.enforced_per_hour) and await slots.take(
            f"enforced {day}", incident.id, limits.enforced_per_day
        ):
            return Allowance.FULL
        if await slots.take(f"looked-at {hour}", incident.id, limits.looked_at_per_hour) and await slots.take(
            f"looked-at {day}", incident.id, limits.looked_at_per_day
        ):
            return Allowance.SESSIONS
        return Allowance.NONE

    async def _join(self, owner: Owner, snapshot: Snapshot, holder: Snapshot, now: datetime) -> None:
        """The alerts first, into the holder's partition, and only while the holder is not ending."""
        if ending_under_way(holder):
            raise Later(f"The account's incident {holder.incident.id} is ending just now.", _UNTIL_ENDED)
        own = await self._reread(snapshot)  # another copy of its alert may have come since
        decision = another_attack(self.playbook, holder, own.alerts)
        alerts: list[Write] = [Put(alert) for alert in own.alerts]
        if decision is None:
            await self.storage.incidents.write(holder.incident.id, Replace(holder.incident), *alerts)
        else:
            await Deciding(self.storage, self.playbook, lambda: now).write(decision, *alerts)
        joined = {"ending": Ending.JOINED, "ended_at": now, "joined_to": holder.incident.id}
        await owner.finish(
            Replace(own.incident.model_copy(update=joined)),
            status=StepStatus.DONE,
            reason=f"The account has an open incident: {holder.incident.id}. This alert joined it.",
            finished_at=now,
        )

    async def _reread(self, snapshot: Snapshot) -> Snapshot:
        current = await self.storage.incidents.read(snapshot.incident.id)
        if current is None:
            raise Conflict(f"incident {snapshot.incident.id} is gone")
        return current
