"""Carrying a plan out, or putting it back: each change is marked, made, and read back."""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.state.incidents import Put, Write
from shared.state.rows import ChangeRow, ChangeStatus, Direction, Skip, StepStatus
from shared.tenant.connection import sending_until
from shared.tenant.errors import Denied, NotFound, Permanent
from shared.tenant.side_by_side import side_by_side

from .journal import as_change
from .lease import Owner
from .patience import Later, patiently
from .step import Context, Standing, Step

_LOOKS = (0.0, 0.2, 0.4, 0.4, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0)  # seconds before each look
_LOOK_AGAIN = 30.0
_FINAL = (ChangeStatus.APPLIED, ChangeStatus.FAILED, ChangeStatus.CONFLICT)
_WRONG = (ChangeStatus.FAILED, ChangeStatus.CONFLICT)
_MIRRORED = {Standing.BEFORE: Standing.AFTER, Standing.AFTER: Standing.BEFORE, Standing.OTHER: Standing.OTHER}


@dataclass(frozen=True)
class Outcome:
    """How a step ended. ``writes`` are made together with it."""

    status: StepStatus
    reason: str = ""
    skip: Skip | None = None
    writes: tuple[Write, ...] = ()
    attack_began_at: datetime | None = None
    attackers: tuple[str, ...] = ()
    attackers_rules: tuple[str, ...] = ()
    look_again: str = ""


class Refused(Exception):
    """Writing is no longer allowed. ``outcome`` is what becomes of the step."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass
class Work:
    """One attempt at the changes of one step.

    ``fresh`` is True where this very attempt has read the values before. ``permitted`` raises ``Refused``.
    """

    owner: Owner
    step: Step
    context: Context
    now: Callable[[], datetime]
    permitted: Callable[[], Awaitable[None]]
    fresh: bool

    async def carry_out(self, changes: list[ChangeRow]) -> Outcome:
        """Makes what is not made yet, then reads all of it back. Raises ``Later`` and ``Fenced``."""
        made, refused = await self._make_all(changes)
        seen = await side_by_side(self._read(change) for change in made)
        news = tuple(Put(new) for old, new in zip(made, seen, strict=True) if new is not old)
        failed = [change.problem for change in seen if change.status in _WRONG]
        if failed:
            return Outcome(StepStatus.FAILED, " ".join(dict.fromkeys(failed)), writes=news)
        return replace(refused.outcome if refused else Outcome(self._done), writes=news)

    @property
    def _done(self) -> StepStatus:
        return StepStatus.REVERTED if self.owner.row.direction is Direction.REVERT else StepStatus.DONE

    async def _make_all(self, changes: list[ChangeRow]) -> tuple[list[ChangeRow], Refused | None]:
        """In their order. What the tenant refuses is tried again after the rest: that may have stood in its way."""
        made: list[ChangeRow] = []
        again: list[ChangeRow] = []
        try:
            for change in changes:
                try:
                    made.append(await self._make(change))
                except Permanent:
                    again.append(change.model_copy(update={"status": ChangeStatus.APPLYING}))
            for change in again:
                made.append(await self._make_at_last(change))  # noqa: PERF401 - those before a refusal count
        except Refused as refused:
            return made, refused
        return made, None

    async def _make_at_last(self, change: ChangeRow) -> ChangeRow:
        try:
            return await self._make(change)
        except Permanent as error:
            return await self._mark(change, ChangeStatus.FAILED, problem=str(error))

    async def _make(self, change: ChangeRow) -> ChangeRow:
        if change.status in _FINAL or change.status is ChangeStatus.ACCEPTED:
            return change
        try:
            if change.status is ChangeStatus.APPLYING or not self.fresh:
                standing = await self._standing(change)
                if standing is Standing.AFTER:
                    return await self._mark(change, ChangeStatus.APPLIED, verified_at=self.now())
                if standing is Standing.OTHER and not self.owner.row.force:
                    return await self._mark(change, ChangeStatus.CONFLICT, problem=_changed_since(change))
            await self.permitted()
            accepted_at, change = await patiently(lambda: self._apply(change))
        except (NotFound, Denied) as error:
            return await self._mark(change, ChangeStatus.FAILED, problem=str(error))
        return await self._mark(change, ChangeStatus.ACCEPTED, accepted_at=accepted_at)

    async def _apply(self, change: ChangeRow) -> tuple[datetime, ChangeRow]:
        """Marks, then makes: whoever has lost the step fails at the mark, and changes nothing.

        A worker that was held up in between sends nothing any more once its lease has run out.
        """
        marked = await self._mark(change, ChangeStatus.APPLYING, applied_at=self.now())
        act = self.step.revert if change.direction is Direction.REVERT else self.step.apply
        with sending_until(self.owner.row.lease_until, self.now):
            return await act(self.context, as_change(change)), marked

    async def _read(self, change: ChangeRow) -> ChangeRow:
        return await self._read_back(change) if change.status is ChangeStatus.ACCEPTED else change

    async def _read_back(self, change: ChangeRow) -> ChangeRow:
        standing = Standing.BEFORE
        try:
            for pause in _LOOKS:
                await sleep(pause)
                standing = await self._standing(change)
                if standing is Standing.AFTER:
                    return change.model_copy(update={"status": ChangeStatus.APPLIED, "verified_at": self.now()})
        except (NotFound, Denied, Permanent) as error:
            problem = f"{change.resource}: accepted by the tenant, but could not be read back: {error}"
            return change.model_copy(update={"status": ChangeStatus.FAILED, "problem": problem})
        if standing is Standing.OTHER:
            return change.model_copy(update={"status": ChangeStatus.CONFLICT, "problem": _changed_since(change)})
        raise Later(f"{change.resource}: the tenant accepted the change but does not show it yet.", _LOOK_AGAIN)

    async def _standing(self, change: ChangeRow) -> Standing:
        """How the resource stands to this line of the journal. A line that puts a change back is read as its mirror."""
        standing = await patiently(lambda: self.step.verify(self.context, as_change(change), change.accepted_at))
        return _MIRRORED[standing] if change.direction is Direction.REVERT else standing

    async def _mark(self, change: ChangeRow, status: ChangeStatus, **values: object) -> ChangeRow:
        marked = change.model_copy(update={"status": status, **values})
        await self.owner.write(Put(marked))
        return marked


def _changed_since(change: ChangeRow) -> str:
    if change.direction is Direction.REVERT:
        return f"{change.resource}: somebody else has changed it since; it is left as it is, unless you force it."
    return f"{change.resource}: somebody else has changed it since it was read; look at it, and retry the step."
