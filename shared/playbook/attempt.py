"""One attempt at a step, by the worker that owns it: inspect, write down, ask whether it may, carry out.

In a round that reverts: write down what is to be put back, and put it back. In one that looks: see what is in force.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure.core.exceptions import AzureError

from shared.policy import Gate, Mode
from shared.state.errors import Conflict
from shared.state.incidents import Put, transactions
from shared.state.queues import Message
from shared.state.rows import ChangeRow, Direction, FindingRow, Skip, StepRow, StepStatus
from shared.state.storage import Storage
from shared.tenant.errors import TenantError, Unlicensed

from .administrators import spare_the_last_administrator
from .admission import Admission
from .journal import as_change, leftovers, notes, reversible_changes, stored_plan, write_plan, write_reversal
from .lease import Fenced, Owner
from .patience import FIRST_RETURN, Later, comes_back_in, patiently
from .protection import refuse_protected
from .registry import Playbook
from .step import Context, Plan, Standing, Step
from .work import Outcome, Refused, Work

_SECOND = timedelta(seconds=1)
_FIRST_LOOK = 2.0  # seconds until the first look at what the tenant was asked for
_MOST = 5  # attempts that may outlast the deadline: a deployment may have stood still for longer

log = logging.getLogger("regain.attempt")


@dataclass(frozen=True)
class Attempt:
    """What an attempt works with; ``run`` makes it, once."""

    storage: Storage
    playbook: Playbook
    owner: Owner
    step: Step
    context: Context
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Ends with the step's outcome in its row, or with the time of the next attempt and a message for it.

        Raises ``Fenced`` where the step has changed hands, ``AzureError`` where storage is in trouble.
        """
        try:
            outcome = self._given_up() or await self._outcome()
        except (Fenced, Conflict, AzureError):
            raise
        except Later as later:
            outcome = await self._put_off(later)
        except Unlicensed as error:
            outcome = Outcome(StepStatus.SKIPPED, str(error), Skip.NO_LICENCE)
        except TenantError as error:
            outcome = Outcome(StepStatus.FAILED, str(error))
        except Exception as error:  # noqa: BLE001 - a step that breaks is an outcome; the others go on
            outcome = self._broken(error)
        if outcome is not None:
            await finish(self.owner, outcome, self.now())

    async def _outcome(self) -> Outcome | None:
        """How the step ended, None where its last write is made already."""
        match self.owner.row.direction:
            case Direction.APPLY:
                return await self._apply()
            case Direction.REVERT:
                return await self._revert()
            case Direction.LOOK:
                return await self._look()

    async def _apply(self) -> Outcome | None:
        changes = stored_plan(self.context.snapshot, self.owner.row)
        fresh = changes is None
        if changes is None:
            plan = await patiently(lambda: self.step.inspect(self.context))
            if plan.account is not None:
                admission = Admission(self.storage, self.playbook, self.context.settings)
                await admission.admit(self.owner, self.context.snapshot, plan, plan.account, self.now())
                return None
            if plan.asked is not None:
                return await self._put_off(Later(plan.summary), _FIRST_LOOK, asked=plan.asked)
            if not plan.changes:
                return self._without_changes(plan)
            changes = await write_plan(self.owner, self.context.snapshot, plan)
        return await self._planned(changes, fresh=fresh)

    async def _revert(self) -> Outcome:
        snapshot, row = self.context.snapshot, self.owner.row
        changes = stored_plan(snapshot, row)
        if changes is None:
            changes = await write_reversal(self.owner, snapshot)
        work = Work(self.owner, self.step, self.context, self.now, self._switched_on, fresh=False)
        return await work.carry_out(changes)

    async def _look(self) -> Outcome:
        """What a person has put back since is theirs to decide: it is a finding."""
        snapshot, row = self.context.snapshot, self.owner.row
        lifted = [change for change in reversible_changes(snapshot, row.name) if not await self._in_force(change)]
        writes = tuple(
            Put(
                FindingRow(
                    step=row.name,
                    round=row.round,
                    number=number,
                    text=f"{change.resource}: no longer as the response left it: somebody has changed it.",
                    source="watch",
                )
            )
            for number, change in enumerate(lifted, start=1)
        )
        return Outcome(StepStatus.DONE, "Looked at again: still in force." if not lifted else "", writes=writes)

    async def _in_force(self, change: ChangeRow) -> bool:
        verify = self.step.verify
        return await patiently(lambda: verify(self.context, as_change(change), change.accepted_at)) is Standing.AFTER

    def _without_changes(self, plan: Plan) -> Outcome:
        written = self.context.snapshot, self.owner.row, plan
        writes = (*notes(*written), *leftovers(*written))
        if plan.skipped is not None:
            return Outcome(StepStatus.SKIPPED, plan.skipped.reason, plan.skipped.kind, writes)
        status = StepStatus.DONE if plan.looked else StepStatus.NOTHING_TO_DO
        return Outcome(
            status,
            plan.summary,
            writes=writes,
            attack_began_at=plan.attack_began_at,
            attackers=plan.attackers,
            attackers_rules=plan.attackers_rules,
            look_again=plan.look_again,
        )

    async def _planned(self, changes: list[ChangeRow], *, fresh: bool) -> Outcome:
        row = self.owner.row
        try:
            await self._unprotected()
        except Refused as refused:
            return refused.outcome
        if await self._mode() is Mode.REPORT_ONLY:
            return Outcome(StepStatus.PLANNED, "Report-only: nothing was changed.")
        if row.approved is not None and row.approved != row.plan_hash:
            return Outcome(StepStatus.AWAITING_APPROVAL, "The plan has changed since it was shown: look at it again.")
        if row.gate is Gate.APPROVE and row.approved is None:
            return Outcome(StepStatus.AWAITING_APPROVAL, row.gate_reason or "Waits for approval, by policy.")
        if not_yet := self.step.not_yet(self.context, self.playbook):
            return Outcome(StepStatus.SKIPPED, not_yet, Skip.NOT_YET)
        work = Work(self.owner, self.step, self.context, self.now, self._permitted, fresh)
        return await work.carry_out(changes)

    async def _permitted(self) -> None:
        if await self._mode() is Mode.REPORT_ONLY:
            raise Refused(Outcome(StepStatus.PLANNED, "Writing was switched off: the rest was not changed."))
        await self._unprotected()

    async def _unprotected(self) -> None:
        refuse_protected(self.context.settings, self.context.account)
        if self.step.declaration.locks_out:
            await spare_the_last_administrator(self.context.tenant.graph, self.storage.claims, self.context.account)

    async def _switched_on(self) -> None:
        """What puts our own changes back is a person's decision: only the switch is above it."""
        if await self.storage.switch.mode() is Mode.REPORT_ONLY:
            raise Refused(Outcome(StepStatus.FAILED, "Writing is switched off: no more was put back. Retry later."))

    async def _mode(self) -> Mode:
        """The lowest of the incident's mode, the setting and the switch; after a person's decision, the switch."""
        mode = Mode.ENFORCE
        if not self.owner.row.decided:
            mode = self.context.snapshot.incident.mode.lowered_to(self.context.settings.mode)
        return mode if mode is Mode.REPORT_ONLY else mode.lowered_to(await self.storage.switch.mode())

    def _given_up(self) -> Outcome | None:
        """A step that comes to no end, however often it is begun, is not begun for ever: others wait for it."""
        row = self.owner.row
        if row.attempts <= _MOST or row.deadline_at is None or self.now() <= row.deadline_at:
            return None
        return Outcome(
            StepStatus.FAILED,
            f"Gave up: it was begun {row.attempts - 1} times and came to no end. The log says what its worker died of.",
        )

    async def _put_off(self, later: Later, first: float = FIRST_RETURN, **values: str) -> Outcome | None:
        """Waits for the next attempt, with ``values`` in the row; the outcome where it would be past the deadline."""
        row, now = self.owner.row, self.now()
        wait = comes_back_in(later, row.attempts, first)
        if row.deadline_at is not None and now + wait > row.deadline_at:
            return Outcome(StepStatus.FAILED, f"Gave up after {row.attempts} attempts: {later}")
        await self.owner.finish(status=StepStatus.WAITING, not_before=now + wait, reason=str(later), **values)
        message = Message(incident=self.context.snapshot.incident.id, step=row.name, round=row.round)
        await self.storage.queues.send(message, wait + _SECOND)
        return None

    def _broken(self, error: Exception) -> Outcome:
        """Where it broke goes to the log; what it said does not: it may quote what it was working on."""
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("step %s broke: %s\n%s", self.owner.row.name, type(error).__name__, frames)
        return Outcome(StepStatus.FAILED, f"The step broke ({type(error).__name__}): please report this as a bug.")


async def finish(owner: Owner, outcome: Outcome, now: datetime) -> None:
    """Writes how a step ended, with its last changes, findings and tasks."""
    *earlier, last = transactions(outcome.writes)
    for batch in earlier:
        await owner.write(*batch)
    await owner.finish(
        *last,
        status=outcome.status,
        reason=outcome.reason,
        skip=outcome.skip,
        not_before=None,
        finished_at=now,
        verified_at=_verified_at(owner.row, outcome, now),
        attack_began_at=outcome.attack_began_at or owner.row.attack_began_at,
        attackers=outcome.attackers,
        attackers_rules=outcome.attackers_rules,
        look_again=outcome.look_again,
        asked=None,
    )


def _verified_at(row: StepRow, outcome: Outcome, now: datetime) -> datetime | None:
    """What was verified before stays so where nothing had to be done again."""
    if row.direction is not Direction.APPLY:
        return row.verified_at
    match outcome.status:
        case StepStatus.DONE:
            return now
        case StepStatus.NOTHING_TO_DO:
            return row.verified_at or now
        case _:
            return None
