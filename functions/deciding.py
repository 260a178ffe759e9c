"""What all decisions share: who may take them, what they may say, and how they are refused."""

from http import HTTPStatus

import azure.functions as func
from pydantic import BaseModel, ConfigDict

from functions import wiring
from functions.http import Problem, parsed, problem
from functions.principal import Principal, responder
from functions.text import Reason
from shared.playbook.decisions import Unfit
from shared.playbook.views import incident_view


class Asked(BaseModel):
    """What every decision may say: why."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""


async def decider(req: func.HttpRequest) -> Principal:
    """The Responder who asks. Whoever has the account of an open incident may be the attacker, and decides nothing.

    Raises ``Problem``, as ``responder``.
    """
    person = responder(req)
    if await (await wiring.storage()).open_incident(person.object_id):
        raise Problem(HTTPStatus.FORBIDDEN, "Your own account has an open incident: somebody else must decide.")
    return person


def asked_for[T: Asked](model: type[T], req: func.HttpRequest) -> T:
    """What the request says; nothing at all where it has no body. Raises ``Problem``."""
    return parsed(model, req, empty=b"{}")


def nothing_there() -> func.HttpResponse:
    """404."""
    return problem(HTTPStatus.NOT_FOUND, "There is no such incident, or no such task in it.")


async def unfit_answer(req: func.HttpRequest, unfit: Unfit) -> func.HttpResponse:
    """409, and the incident as it is now: whoever decided looked at another one."""
    snapshot = await (await wiring.storage()).incidents.read(req.route_params["id"])
    shown = incident_view(wiring.playbook(), snapshot).model_dump(mode="json") if snapshot else None
    return problem(HTTPStatus.CONFLICT, str(unfit), incident=shown)
