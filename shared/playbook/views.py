"""An incident as the API shows it: what the rows say, in the words of the design."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.account import Account
from shared.policy import Mode
from shared.state.incidents import Snapshot
from shared.state.rows import ChangeRow, ChangeStatus, Direction, Skip, StepRow, TaskRow

from .contacts import ContactsView, contacts_view
from .decisions import waiting_plan
from .declaration import Stage
from .journal import reverted
from .registry import Playbook
from .status import IncidentStatus, attack_began_at, contained_at, incident_status, secured_at, step_status
from .symptoms import Symptom


class View(BaseModel):
    """What all views share."""

    model_config = ConfigDict(frozen=True)


class ChangeView(View):
    """One change. ``problem`` says why it failed; its status is ``reverted`` once it has been put back.

    One of a round that reverts puts back what another changed.
    """

    id: str
    round: int
    direction: Direction
    resource: str
    action: str
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    reason: str
    status: str
    problem: str
    irreversible: str
    applied_at: datetime | None
    verified_at: datetime | None


class FindingView(View):
    """One finding. ``at`` is when the attacker did it, or may have. ``gap``: it says what could not be read."""

    text: str
    source: str
    at: datetime | None = None
    gap: bool = False


class TaskView(View):
    """One task."""

    id: str
    text: str
    secures: bool
    done_at: datetime | None
    done_by: str | None


class StepView(View):
    """One step, with all that it did, found and could not do. ``plan`` is the hash of what it would change.

    ``first_started_at`` and ``first_finished_at`` are those of its first round, ``started_at`` and ``finished_at``
    those of the one that it is in. ``irreversible`` says what of its changes does not come back as it was, "" where all
    does.
    """

    name: str
    title: str
    article: str
    stage: Stage | None
    symptoms: tuple[Symptom, ...]
    status: str
    skip: Skip | None
    reason: str
    round: int
    direction: Direction
    plan: str | None
    started_at: datetime | None
    finished_at: datetime | None
    first_started_at: datetime | None
    first_finished_at: datetime | None
    attempts: int
    irreversible: str
    changes: tuple[ChangeView, ...]
    findings: tuple[FindingView, ...]
    tasks: tuple[TaskView, ...]


class AlertView(View):
    """One alert of the incident. ``identity`` is what its source knows it by, ``aside`` why it would start nothing."""

    id: str
    source: str
    identity: str
    title: str
    severity: str
    activity_at: datetime | None
    received_at: datetime
    aside: str = ""


class HistoryView(View):
    """One decision, and the round that it began."""

    at: datetime
    event: str
    who: str
    why: str
    round: int | None


class IncidentView(View):
    """One incident in full. ``account`` is None until triage has found it; ``named`` is what the alert called it.

    ``plan`` is the hash of all that waits for approval, None where nothing does: an approval names it.
    ``attack_began_at`` is since when the attacker was in, None where no log tells. ``report_sha256`` is the hash of the
    page that was kept when the incident had ended.
    """

    id: str
    named: str
    account: Account | None
    status: IncidentStatus
    mode: Mode
    reason: str
    round: int
    plan: str | None
    opened_at: datetime
    contained_at: datetime | None
    secured_at: datetime | None
    closed_at: datetime | None
    attack_began_at: datetime | None = None
    joined_to: str | None
    alerts: tuple[AlertView, ...]
    steps: tuple[StepView, ...]
    history: tuple[HistoryView, ...]
    contacts: ContactsView | None = None
    report_sha256: str | None = None


def incident_view(playbook: Playbook, snapshot: Snapshot) -> IncidentView:
    """The whole incident, its steps in the order of the playbook."""
    incident = snapshot.incident
    order = {name: position for position, name in enumerate(playbook)}
    rows = sorted(snapshot.steps.values(), key=lambda row: (order.get(row.name, len(order)), row.name))
    return IncidentView(
        id=incident.id,
        named=incident.named.key,
        account=incident.account,
        status=incident_status(playbook, snapshot),
        mode=incident.mode,
        reason=incident.reason,
        round=incident.round,
        plan=waiting_plan(snapshot),
        opened_at=incident.opened_at,
        contained_at=contained_at(playbook, snapshot),
        secured_at=secured_at(playbook, snapshot),
        closed_at=incident.ended_at,
        attack_began_at=attack_began_at(snapshot),
        joined_to=incident.joined_to,
        alerts=tuple(
            AlertView(
                id=alert.alert,
                source=alert.source,
                identity=alert.identity,
                title=alert.title,
                severity=alert.severity,
                activity_at=alert.activity_at,
                received_at=alert.received_at,
                aside=alert.aside,
            )
            for alert in snapshot.alerts
        ),
        steps=tuple(_step(playbook, snapshot, row) for row in rows),
        history=tuple(
            HistoryView(at=line.at, event=line.event, who=line.who, why=line.why, round=line.round)
            for line in snapshot.history
        ),
        contacts=contacts_view(snapshot),
        report_sha256=incident.report_sha256,
    )


def _step(playbook: Playbook, snapshot: Snapshot, row: StepRow) -> StepView:
    declared = playbook[row.name].declaration if row.name in playbook else None
    back = reverted(snapshot)
    return StepView(
        name=row.name,
        title=declared.title if declared else row.name,
        article=declared.article if declared else "",
        stage=declared.stage if declared else None,
        symptoms=declared.symptoms if declared else (),
        status=step_status(playbook, snapshot, row),
        skip=row.skip,
        reason=row.reason,
        round=row.round,
        direction=row.direction,
        plan=row.plan_hash,
        started_at=row.started_at,
        finished_at=row.finished_at,
        first_started_at=row.first_started_at or row.started_at,
        first_finished_at=row.first_finished_at or (None if row.first_started_at else row.finished_at),
        attempts=row.attempts,
        irreversible=declared.irreversible if declared else "",
        changes=tuple(
            _change(change, back) for change in snapshot.changes if change.step == row.name and _counts(change, row)
        ),
        findings=tuple(
            dict.fromkeys(
                FindingView(text=finding.text, source=finding.source, at=finding.at, gap=finding.gap)
                for finding in snapshot.findings
                if finding.step == row.name
            )
        ),
        tasks=tuple(_task(task) for task in snapshot.tasks if task.step == row.name),
    )


def _counts(change: ChangeRow, row: StepRow) -> bool:
    """What an earlier round only planned is no longer the plan."""
    return change.round == row.round or change.status is not ChangeStatus.PLANNED


def _change(row: ChangeRow, back: frozenset[str]) -> ChangeView:
    return ChangeView(
        id=row.id,
        round=row.round,
        direction=row.direction,
        resource=row.resource,
        action=row.action,
        before=row.before,
        after=row.after,
        reason=row.reason,
        status="reverted" if row.key in back else row.status.value,
        problem=row.problem,
        irreversible=row.irreversible,
        applied_at=row.applied_at,
        verified_at=row.verified_at,
    )


def _task(row: TaskRow) -> TaskView:
    return TaskView(
        id=row.key.removeprefix("task:"), text=row.text, secures=row.secures, done_at=row.done_at, done_by=row.done_by
    )
