"""A Temporary Access Pass for a user who is let in again, to be handed over by telephone."""

from datetime import datetime, timedelta
from http import HTTPStatus

import azure.functions as func
from pydantic import BaseModel

from functions import wiring
from functions.access_pass import Issuing
from functions.deciding import Asked, asked_for, decider, nothing_there, unfit_answer
from functions.http import Problem, answer_json, answers
from shared.account import Account
from shared.playbook.decisions import Unfit
from shared.settings import settings
from shared.tenant.access_pass import AccessPass
from shared.tenant.errors import Denied, TenantError, Throttled, Transient

blueprint = func.Blueprint()

_OFF = "Passes are switched off: set REGAIN_TEMPORARY_ACCESS_PASS to true to let a Responder issue them."
_ADVICE = (
    "Call the user on a number that you know, and make sure who it is. Read the pass out; send it nowhere, least of "
    "all to the mailbox. It is shown only here, works once, and makes every earlier one worthless. With it the user "
    "signs in at https://aka.ms/mysecurityinfo and registers second factors at once, while you are on the telephone."
)
_REFUSED = "The tenant refuses a Temporary Access Pass for this user"
_POLICY = "Look at the policy for it in the Microsoft Entra admin center, Authentication methods."
_AGAIN = "Ask again; should a pass have been issued unseen, that makes it worthless."


class PassView(BaseModel):
    """The answer: nothing else holds ``temporary_access_pass``. ``usable`` and ``usability`` are the tenant's word."""

    account: str
    temporary_access_pass: str
    usable_from: datetime
    usable_until: datetime
    usable: bool
    usability: str
    advice: str


@blueprint.route("incidents/{id}/temporary-access-pass", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def temporary_access_pass(req: func.HttpRequest) -> func.HttpResponse:
    """201 with the pass, once. 403 where they are switched off or this person may not, 409 where it does not fit."""
    person, asked = await decider(req), asked_for(Asked, req)
    if not settings().temporary_access_pass:
        raise Problem(HTTPStatus.FORBIDDEN, _OFF)
    try:
        issued = await Issuing(await wiring.engine()).issue(req.route_params["id"], person, asked.reason)
    except LookupError:
        return nothing_there()
    except Unfit as unfit:
        return await unfit_answer(req, unfit)
    except TenantError as error:
        raise refused(error) from None
    return _shown(*issued)


def _shown(account: Account, issued: AccessPass) -> func.HttpResponse:
    view = PassView(
        account=account.user_principal_name,
        temporary_access_pass=issued.value.get_secret_value(),
        usable_from=issued.starts_at,
        usable_until=issued.starts_at + timedelta(minutes=issued.lifetime),
        usable=issued.usable,
        usability=issued.why,
        advice=_ADVICE,
    )
    answer = answer_json(view, HTTPStatus.CREATED)
    answer.headers["cache-control"] = "no-store"
    return answer


def refused(error: TenantError) -> Problem:
    """What a tenant's refusal means to the one who asked. It is not they who lack a permission."""
    match error:
        case Throttled() | Transient():
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{error} {_AGAIN}")
        case Denied():
            return Problem(HTTPStatus.BAD_GATEWAY, f"{_REFUSED}: {error}")
        case _:
            return Problem(HTTPStatus.CONFLICT, f"{_REFUSED}: {error} {_POLICY}")
