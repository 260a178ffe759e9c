"""What a door answers: how many alerts it understood, the incidents they opened, and what it ignored and why."""

from asyncio import gather
from http import HTTPStatus

import azure.functions as func
from pydantic import BaseModel

from shared.alerts.alert import Alert, Ignored
from shared.playbook.opening import Opening
from shared.state.rows import IncidentRow

from .http import answer_json


class OpenedView(BaseModel):
    """One incident, as it was when the alert came in. ``account`` is what the alert called it."""

    id: str
    account: str
    status: str
    joined: str | None
    href: str


class IgnoredView(BaseModel):
    """One alert that started nothing."""

    id: str
    reason: str


class Accepted(BaseModel):
    """The answer of every door."""

    alerts: int
    incidents: list[OpenedView]
    ignored: list[IgnoredView]


async def accepted(opening: Opening, read: list[Alert | Ignored]) -> func.HttpResponse:
    """Stores all that was read, and says so with 202."""
    rows = await gather(*(_store(opening, one) for one in read))
    incidents = {row.id: opened(row) for some in rows for row in some}
    ignored = [IgnoredView(id=one.alert.key, reason=one.reason) for one in read if isinstance(one, Ignored)]
    answer = Accepted(alerts=len(read), incidents=list(incidents.values()), ignored=ignored)
    return answer_json(answer, HTTPStatus.ACCEPTED)


async def _store(opening: Opening, one: Alert | Ignored) -> list[IncidentRow]:
    if isinstance(one, Ignored):
        await opening.ignore(one)
        return []
    return await opening.receive(one)


def opened(row: IncidentRow) -> OpenedView:
    """What is known of an incident without looking at its steps."""
    return OpenedView(
        id=row.id,
        account=row.named.key,
        status=row.ending.value if row.ending else "open",
        joined=row.joined_to,
        href=f"/api/incidents/{row.id}",
    )
