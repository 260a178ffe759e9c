"""The door for a person: an account, and why."""

from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

import azure.functions as func
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from functions import wiring
from functions.accepted import Accepted, opened
from functions.http import Problem, answer_json, answers, parsed
from functions.principal import caller
from functions.text import OneLine
from shared.alerts.alert import Alert
from shared.alerts.names import named_account
from shared.policy import Mode
from shared.settings import settings

blueprint = func.Blueprint()

Text = Annotated[OneLine, StringConstraints(min_length=1, max_length=500)]
StepName = Annotated[str, StringConstraints(max_length=64)]


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class ByHand(BaseModel):
    """``account`` is an object id or an address. ``mode`` can only lower what the deployment allows; ``steps`` names
    the steps to run, all of them where it is left out."""

    model_config = ConfigDict(extra="forbid")

    account: Text
    reason: Text
    mode: Mode | None = None
    steps: Annotated[tuple[StepName, ...], AfterValidator(_each_once), Field(max_length=100)] | None = None


@blueprint.route("incidents", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def open_incident(req: func.HttpRequest) -> func.HttpResponse:
    """202 with the incident; 400 where the request cannot be read. Who is signed in besides, is remembered."""
    asked = parsed(ByHand, req)
    account = named_account(asked.account, asked.account)
    if account is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "account: expected an object id (a GUID) or an address.")
    book = wiring.playbook()
    try:
        book.check_names(asked.steps or ())
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"steps: {error}") from None
    alert = Alert(
        source="manual",
        identity=uuid4().hex,
        title=asked.reason,
        severity="high",
        activity_at=None,
        accounts=(account,),
    )
    mode = settings().mode.lowered_to(asked.mode or Mode.ENFORCE)
    rows = await (await wiring.opening()).receive(alert, mode=mode, only=asked.steps, opened_by=caller(req))
    return answer_json(Accepted(alerts=1, incidents=[opened(row) for row in rows], ignored=[]), HTTPStatus.ACCEPTED)
