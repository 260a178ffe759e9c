"""One response of ours: an alert through the door, until its last step has ended, seen from outside."""

from asyncio import gather
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from benchmarks.accounts import User, alert
from benchmarks.calls import Call, calls
from benchmarks.hostlog import HostLog
from local.stack import Stack
from shared.playbook.registry import TRIAGE, Playbook
from shared.playbook.views import IncidentView

_WITHIN = 60.0  # seconds for one response, and as much again
_WITHIN_EACH = 3.0  # for each that runs beside it


@dataclass(frozen=True)
class Response:
    """Seconds from the alert's first byte. ``changed`` is when the last containing change was sent to the tenant,
    ``contained`` and ``secured`` are when all of them were read back. ``calls`` is how many the tenant got."""

    opened: float
    triage_started: float
    triage_finished: float
    slowest_started: float
    changed: float
    contained: float
    secured: float
    calls: int

    @property
    def parts(self) -> dict[str, float]:
        """Where the time to contained goes, in seconds; they add up."""
        return {
            "door: until the incident has its row": self.opened,
            "hop 1: until triage has claimed its step": self.triage_started - self.opened,
            "triage": self.triage_finished - self.triage_started,
            "hop 2: until the slowest containment step is claimed": self.slowest_started - self.triage_finished,
            "the slowest containment step": self.contained - self.slowest_started,
        }


class NotSecured(Exception):
    """An account was not taken back, so there is nothing to measure."""


@dataclass(frozen=True)
class LetIn:
    """Alerts that were let in at one moment, each with its account and the id of its incident."""

    began: datetime
    incidents: dict[str, User]


async def let_in(stack: Stack, http: httpx.AsyncClient, users: list[User]) -> LetIn:
    """Lets an alert in for each account, all at once, and waits until all incidents have ended: ``TimeoutError``."""
    log = HostLog(stack.host_logs)
    began = datetime.now(UTC)
    ids = await gather(*(_knock(stack, http, user) for user in users))
    await log.ended(ids, _WITHIN + _WITHIN_EACH * len(ids))
    return LetIn(began, dict(zip(ids, users, strict=True)))


async def respond(stack: Stack, http: httpx.AsyncClient, playbook: Playbook, users: list[User]) -> list[Response]:
    """Lets an alert in for each account. How each went. Raises ``NotSecured``, ``TimeoutError``."""
    done = await let_in(stack, http, users)
    responses = []
    for incident_id, user in done.incidents.items():
        incident = await _incident(stack, http, incident_id)
        made = await calls(http, stack.simulator_url, (user["id"], user["userPrincipalName"]))
        responses.append(_response(done.began, playbook, incident, made))
    return responses


async def _knock(stack: Stack, http: httpx.AsyncClient, user: User) -> str:
    answer = await http.post(
        f"{stack.host_url}/api/alerts/entra",
        json=alert(user, stack.environment["REGAIN_TENANT_ID"]),
        headers={"x-functions-key": stack.key("alerts_entra")},
    )
    return str(answer.raise_for_status().json()["incidents"][0]["id"])


async def _incident(stack: Stack, http: httpx.AsyncClient, incident_id: str) -> IncidentView:
    headers = {"x-functions-key": stack.key("incident")}
    answer = await http.get(f"{stack.host_url}/api/incidents/{incident_id}", headers=headers)
    return IncidentView.model_validate_json(answer.raise_for_status().content)


def _response(began: datetime, playbook: Playbook, incident: IncidentView, made: list[Call]) -> Response:
    contained_at, secured_at = incident.contained_at, incident.secured_at
    if contained_at is None or secured_at is None:
        states = ", ".join(f"{step.name} {step.status}" for step in incident.steps)
        raise NotSecured(f"The incident is {incident.status}: {states}.")

    def since(time: datetime | None) -> float:
        return (time - began).total_seconds() if time else 0.0

    steps = {step.name: step for step in incident.steps}
    triage = steps[TRIAGE]
    containing = [steps[name] for name, step in playbook.items() if step.declaration.contains]
    slowest = max(containing, key=lambda step: since(step.finished_at))
    return Response(
        opened=since(incident.opened_at),
        triage_started=since(triage.started_at),
        triage_finished=since(triage.finished_at),
        slowest_started=since(slowest.started_at),
        changed=max(since(call.at) for call in made if call.changes and call.at < contained_at),
        contained=since(contained_at),
        secured=since(secured_at),
        calls=len(made),
    )
