"""What a door answers: how many alerts it understood, the incidents they opened, and what it ignored and why."""

from http import HTTPStatus

import azure.functions as func
from pydantic import BaseModel

from functions import wiring
from shared.alerts.alert import Alert, Ignored
from shared.playbook.engine import utc_now
from shared.playbook.taking_in import is_much, read_as
from shared.settings import settings
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
    """The answer of every door. ``delivery`` is the id of the body where it was kept to be worked through later."""

    alerts: int
    incidents: list[OpenedView]
    ignored: list[IgnoredView]
    delivery: str | None = None


async def accepted(source: str, body: bytes) -> func.HttpResponse:
    """Takes in what came to the door of ``source``, and says with 202 what was understood. Raises ``BadPayload``."""
    return await taken_in(source, body, read_as(source, body, utc_now(), settings()))


async def taken_in(source: str, body: bytes, read: list[Alert | Ignored]) -> func.HttpResponse:
    """The same for what ``body`` was ``read`` as."""
    taking_in = await wiring.taking_in()
    ignored = [IgnoredView(id=one.alert.key, reason=one.reason) for one in read if isinstance(one, Ignored)]
    answer = Accepted(alerts=len(read), incidents=[], ignored=ignored)
    if is_much(read):
        answer.delivery = await taking_in.keep(source, body, utc_now())
    else:
        answer.incidents = [opened(row) for row in await taking_in.store(read)]
    return answer_json(answer, HTTPStatus.ACCEPTED)


def opened(row: IncidentRow) -> OpenedView:
    """What is known of an incident without looking at its steps."""
    return OpenedView(
        id=row.id,
        account=row.named.key,
        status=row.ending.value if row.ending else "open",
        joined=row.joined_to,
        href=f"/api/incidents/{row.id}",
    )
