"""Incidents made by hand, for what is a function of their rows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from functions.wiring import playbook
from shared.account import Account, MailboxKind
from shared.alerts.alert import NamedAccount
from shared.policy import Mode
from shared.state.incidents import Snapshot
from shared.state.rows import (
    AlertRow,
    ChangeRow,
    ChangeStatus,
    HistoryRow,
    IncidentRow,
    StepRow,
    StepStatus,
    TaskRow,
)

OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECURED = OPENED + timedelta(seconds=10)
ACCOUNT = Account(
    id="b0000000-0000-4000-8000-000000000001",
    user_principal_name="alex.wilber@contoso.com",
    mailbox=MailboxKind.USER,
)


def incident(status: StepStatus = StepStatus.DONE, **values: Any) -> Snapshot:
    """An incident whose steps are all in one state, with a change of each in the journal where they are done."""
    row = IncidentRow(
        id="0" * 32,
        source="entra",
        reason="Leaked credentials",
        named=NamedAccount(id=ACCOUNT.id),
        mode=Mode.ENFORCE,
        opened_at=OPENED,
        account=ACCOUNT,
    )
    names = list(playbook())
    steps = {name: step(name, status if name != "triage" else StepStatus.DONE) for name in names}
    changes = [change(name) for name in names if playbook()[name].declaration.changes and status is StepStatus.DONE]
    return Snapshot(row.model_copy(update=values), steps=steps, changes=tuple(changes))


def step(name: str, status: StepStatus, **values: Any) -> StepRow:
    """The row of a step that has ended so, or has not."""
    verified = SECURED if status in (StepStatus.DONE, StepStatus.NOTHING_TO_DO) else None
    plan = f"hash of {name}" if status in (StepStatus.PLANNED, StepStatus.AWAITING_APPROVAL) else None
    finished = SECURED if status.finished else None
    values = {"verified_at": verified, "finished_at": finished, "plan_hash": plan} | values
    return StepRow(name=name, status=status, **values)


def change(name: str, number: int = 1, **values: Any) -> ChangeRow:
    """A change that was made and verified."""
    lasting = "" if playbook()[name].declaration.reversible != "no" else "It cannot be put back."
    return ChangeRow(
        step=name,
        number=number,
        **{
            "round": 1,
            "resource": f"resource of {name}",
            "action": "set",
            "reason": "why",
            "before": {"value": "old"},
            "after": {"value": "new"},
            "irreversible": lasting,
            "status": ChangeStatus.APPLIED,
            "applied_at": SECURED,
            "verified_at": SECURED,
        }
        | values,
    )


def alert(activity_at: datetime | None) -> AlertRow:
    """An alert that has just come in."""
    return AlertRow(
        alert=uuid4().hex,
        source="entra",
        identity="1",
        title="Again",
        severity="high",
        activity_at=activity_at,
        received_at=SECURED + timedelta(hours=1),
    )


def history(event: str, at: datetime, round_number: int | None = None) -> HistoryRow:
    return HistoryRow(at=at, id=uuid4().hex, event=event, who="regain", round=round_number)


def task(slug: str, *, secures: bool = True, **values: Any) -> TaskRow:
    return TaskRow(step="reset-password", slug=slug, text="Do it.", secures=secures, **values)
