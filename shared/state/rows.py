"""The rows of an incident: one partition of the ``incidents`` table, one model a kind of row.

Row keys: ``incident``, ``step:<name>``, ``change:<step>:<round>:<n>``, ``finding:<step>:<round>:<n>``,
``task:<step>:<slug>``, ``alert:<key>``, ``history:<n>``.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.account import Account
from shared.alerts.alert import NamedAccount
from shared.policy import Gate, Mode


class StepStatus(StrEnum):
    """Where a step is. ``queued`` is not stored: it is ``waiting`` with nothing left to wait for."""

    WAITING = "waiting"
    RUNNING = "running"
    AWAITING_APPROVAL = "awaiting-approval"
    PLANNED = "planned"
    DONE = "done"
    NOTHING_TO_DO = "nothing-to-do"
    SKIPPED = "skipped"
    FAILED = "failed"
    REVERTED = "reverted"

    @property
    def started(self) -> bool:
        """Whether the step has left its starting place."""
        return self is not StepStatus.WAITING

    @property
    def finished(self) -> bool:
        """Finished in any way: nothing runs before a person decides."""
        return self not in (StepStatus.WAITING, StepStatus.RUNNING)


class Skip(StrEnum):
    """Why a step was skipped. Only ``not-applicable`` leaves the account as safe as the step would have."""

    NOT_APPLICABLE = "not-applicable"
    OFF = "off"
    PROTECTED = "protected"
    NO_RIGHT = "no-right"


class ChangeStatus(StrEnum):
    """Where a change is: written ahead, being made, accepted by the tenant, read back."""

    PLANNED = "planned"
    APPLYING = "applying"
    ACCEPTED = "accepted"
    APPLIED = "applied"
    FAILED = "failed"


class Ending(StrEnum):
    """How an incident ended."""

    RELEASED = "released"
    RESTORED = "restored"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    JOINED = "joined"


class Row(BaseModel):
    """What all rows share. ``etag`` is the version that was read, None for a row not stored yet."""

    model_config = ConfigDict(frozen=True)
    prefix: ClassVar[str]

    etag: str | None = Field(None, exclude=True)

    @property
    def key(self) -> str:
        """The row key."""
        return self.prefix


class IncidentRow(Row):
    """One response for one account."""

    prefix: ClassVar[str] = "incident"

    id: str
    source: str
    reason: str
    named: NamedAccount
    mode: Mode
    opened_at: datetime
    only: tuple[str, ...] | None = None
    account: Account | None = None
    ending: Ending | None = None
    ended_at: datetime | None = None
    joined_to: str | None = None


class StepRow(Row):
    """One step of an incident, with the lease of the one worker that owns it and the fence of its ETag.

    ``version`` counts the writes of an owner, so that it knows its own write again when the answer was lost.
    A plan counts only once ``plan_size`` and ``plan_hash`` are there: they are written with its last batch.
    """

    prefix: ClassVar[str] = "step"

    name: str
    round: int = 1
    status: StepStatus = StepStatus.WAITING
    gate: Gate = Gate.AUTO
    reason: str = ""
    skip: Skip | None = None
    attempts: int = 0
    owner: str | None = None
    version: int = 0
    lease_until: datetime | None = None
    not_before: datetime | None = None
    deadline_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    plan_size: int | None = None
    plan_hash: str | None = None

    @property
    def key(self) -> str:
        return f"step:{self.name}"


class ChangeRow(Row):
    """One line of the journal, written before the change is made.

    ``accepted_at`` is the tenant's own time of the accepted answer: what a change without a value to read back is
    verified against.
    """

    prefix: ClassVar[str] = "change"

    step: str
    round: int
    number: int
    resource: str
    action: str
    reason: str
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    status: ChangeStatus = ChangeStatus.PLANNED
    problem: str = ""
    applied_at: datetime | None = None
    accepted_at: datetime | None = None
    verified_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"change:{self.step}:{self.round:04}:{self.number:05}"


class FindingRow(Row):
    """Something seen that explains or matters. ``source`` names where it was seen."""

    prefix: ClassVar[str] = "finding"

    step: str
    round: int
    number: int
    text: str
    source: str

    @property
    def key(self) -> str:
        return f"finding:{self.step}:{self.round:04}:{self.number:05}"


class TaskRow(Row):
    """Something only a person can do. While one that ``secures`` is open, the incident is not secured."""

    prefix: ClassVar[str] = "task"

    step: str
    slug: str
    text: str
    secures: bool = False
    done_at: datetime | None = None
    done_by: str | None = None

    @property
    def key(self) -> str:
        return f"task:{self.step}:{self.slug}"


class AlertRow(Row):
    """An alert that opened the incident or joined it."""

    prefix: ClassVar[str] = "alert"

    alert: str
    source: str
    identity: str
    title: str
    severity: str
    activity_at: datetime | None = None
    received_at: datetime

    @property
    def key(self) -> str:
        return f"alert:{self.alert}"


class HistoryRow(Row):
    """Who decided what, and why."""

    prefix: ClassVar[str] = "history"

    at: datetime
    id: str
    event: str
    who: str
    why: str = ""

    @property
    def key(self) -> str:
        return f"history:{self.at:%Y%m%dT%H%M%S.%fZ}:{self.id}"


KINDS: dict[str, type[Row]] = {
    kind.prefix: kind for kind in (IncidentRow, StepRow, ChangeRow, FindingRow, TaskRow, AlertRow, HistoryRow)
}
