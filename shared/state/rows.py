"""The rows of an incident: one partition of the ``incidents`` table, one model a kind of row.

Row keys: ``incident``, ``step:<name>``, ``change:<step>:<round>:<n>``, ``finding:<step>:<round>:<n>``,
``contacts:<step>:<round>:<n>``,
``task:<step>:<slug>``, ``alert:<key>``, ``history:<n>``.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from shared.account import Account
from shared.alerts.alert import NamedAccount
from shared.policy import Gate, Mode

LONGEST_FINDING = 64 * 1024  # characters
_CUT = " (cut here: too long to be kept whole)"


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
    def finished(self) -> bool:
        """Finished in any way: nothing runs before a person decides."""
        return self not in (StepStatus.WAITING, StepStatus.RUNNING)


class Direction(StrEnum):
    """Which way a round takes a step: carry it out, put back what it changed, or see whether that is still in force."""

    APPLY = "apply"
    REVERT = "revert"
    LOOK = "look"


class Skip(StrEnum):
    """Why a step was skipped. Only ``not-applicable`` leaves the account as safe as the step would have.

    ``no-licence``: the tenant has not paid for what the step needs, or has not switched it on.
    ``not-yet``: something has to be true first; a later round takes the step up again.
    """

    NOT_APPLICABLE = "not-applicable"
    OFF = "off"
    PROTECTED = "protected"
    NO_RIGHT = "no-right"
    NO_LICENCE = "no-licence"
    CANCELLED = "cancelled"
    NOT_YET = "not-yet"


class ChangeStatus(StrEnum):
    """Where a change is: written ahead, being made, accepted by the tenant, read back.

    ``conflict``: left alone, because the value was neither what it should be before nor after.
    """

    PLANNED = "planned"
    APPLYING = "applying"
    ACCEPTED = "accepted"
    APPLIED = "applied"
    FAILED = "failed"
    CONFLICT = "conflict"


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
    """One response for one account.

    ``opened_by`` is the object id of who opened it by hand, "" where an alert did or where that is not known.
    ``round`` is the latest one. ``ends_as``: how the incident ends once its reverting round is through and verified.
    ``report_sha256`` is the hash of the report that was kept at its end, None while none is.
    """

    prefix: ClassVar[str] = "incident"

    id: str
    source: str
    reason: str
    named: NamedAccount
    mode: Mode
    opened_at: datetime
    opened_by: str = ""
    only: tuple[str, ...] | None = None
    account: Account | None = None
    round: int = 1
    ends_as: Ending | None = None
    ending: Ending | None = None
    ended_at: datetime | None = None
    joined_to: str | None = None
    report_sha256: str | None = None


class StepRow(Row):
    """One step of an incident, with the lease of the one worker that owns it and the fence of its ETag.

    ``version`` counts the writes of an owner, so that it knows its own write again when the answer was lost.
    A plan counts only once ``plan_size`` and ``plan_hash`` are there: they are written with its last batch.
    ``verified_at`` is when the step was last verified as done, None while it is not.
    ``decided``: a person has decided this round, so only the switch can keep it from writing. ``approved`` is the hash
    of the plan that was approved, None where nothing was. ``force``: what somebody else has changed is put back too.
    ``only`` are the keys of the changes that a round puts back, none where it is all of them.
    ``attack_began_at`` is since when the attacker was in, ``attackers`` from which addresses, ``attackers_rules`` what
    the attacker's rules are called, as far as this step could tell; ``look_again`` is why what was judged before should
    be judged anew, "" where nothing is.
    ``asked`` names what the tenant is at work on for this step, None where nothing is.
    ``first_started_at`` and ``first_finished_at`` are those of its first round, None while it is in that.
    """

    prefix: ClassVar[str] = "step"

    name: str
    round: int = 1
    direction: Direction = Direction.APPLY
    status: StepStatus = StepStatus.WAITING
    gate: Gate = Gate.AUTO
    gate_reason: str = ""
    decided: bool = False
    approved: str | None = None
    force: bool = False
    only: tuple[str, ...] = ()
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
    verified_at: datetime | None = None
    plan_size: int | None = None
    plan_hash: str | None = None
    attack_began_at: datetime | None = None
    attackers: tuple[str, ...] = ()
    attackers_rules: tuple[str, ...] = ()
    look_again: str = ""
    asked: str | None = None
    first_started_at: datetime | None = None
    first_finished_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"step:{self.name}"


class ChangeRow(Row):
    """One line of the journal, written before the change is made.

    ``accepted_at`` is the tenant's own time of the accepted answer: what a change without a value to read back is
    verified against. ``irreversible`` says why the change cannot be put back, "" where it can. A change of a round that
    reverts names in ``reverts`` the keys of the changes that it puts back.
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
    irreversible: str = ""
    direction: Direction = Direction.APPLY
    reverts: tuple[str, ...] = ()
    status: ChangeStatus = ChangeStatus.PLANNED
    problem: str = ""
    applied_at: datetime | None = None
    accepted_at: datetime | None = None
    verified_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"change:{self.id}"

    @property
    def id(self) -> str:
        """What a person names it by."""
        return f"{self.step}:{self.round:04}:{self.number:05}"


def _cut(text: str) -> str:
    """As much of a text as a reader can need, well below the 1 MiB of an entity; what restoring needs is never cut."""
    if len(text) <= LONGEST_FINDING:
        return text
    return f"{text[: LONGEST_FINDING - len(_CUT)]}{_CUT}"


class FindingRow(Row):
    """Something seen that explains or matters. Its fields are those of ``shared.playbook.step.Finding``."""

    prefix: ClassVar[str] = "finding"

    step: str
    round: int
    number: int
    text: Annotated[str, AfterValidator(_cut)]
    source: str
    at: datetime | None = None
    gap: bool = False

    @property
    def key(self) -> str:
        return f"finding:{self.step}:{self.round:04}:{self.number:05}"


class Contact(BaseModel):
    """Somebody who got mail from the account. ``address`` and ``name`` are short, and made fit to be shown."""

    model_config = ConfigDict(frozen=True)

    address: str
    name: str
    messages: int
    first_at: datetime
    last_at: datetime


class ContactsRow(Row):
    """Some of the people who got mail from the account: as many as surely fit into a property of a row."""

    prefix: ClassVar[str] = "contacts"
    SIZE: ClassVar[int] = 30

    step: str
    round: int
    number: int
    contacts: tuple[Contact, ...]

    @property
    def key(self) -> str:
        return f"contacts:{self.step}:{self.round:04}:{self.number:05}"


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
    """An alert that opened the incident or joined it.

    ``aside`` is why it would have started nothing by itself, "" where it would: it tells nothing of when the attacker
    acted. ``sentinel_incident`` is the ARM resource id of the incident of Microsoft Sentinel that it came with.
    """

    prefix: ClassVar[str] = "alert"

    alert: str
    source: str
    identity: str
    title: str
    severity: str
    activity_at: datetime | None = None
    received_at: datetime
    aside: str = ""
    sentinel_incident: str = ""

    @property
    def key(self) -> str:
        return f"alert:{self.alert}"


class HistoryRow(Row):
    """Who decided what, and why. ``round`` is the one that the decision began, None where it began none."""

    prefix: ClassVar[str] = "history"

    at: datetime
    id: str
    event: str
    who: str
    why: str = ""
    round: int | None = None

    @property
    def key(self) -> str:
        return f"history:{self.at:%Y%m%dT%H%M%S.%fZ}:{self.id}"


KINDS: dict[str, type[Row]] = {
    kind.prefix: kind
    for kind in (IncidentRow, StepRow, ChangeRow, FindingRow, ContactsRow, TaskRow, AlertRow, HistoryRow)
}
