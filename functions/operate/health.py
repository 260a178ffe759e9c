"""Is this deployment able to work?"""

from http import HTTPStatus

import azure.functions as func
from azure.core.exceptions import AzureError
from pydantic import ValidationError

from functions import wiring
from functions.http import answer_json, answers, problem
from shared.settings import settings

blueprint = func.Blueprint()


@blueprint.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """200 where settings, playbook and storage are in order, else 503 and what is not. Tells nothing of incidents."""
    del req
    try:
        names = list(wiring.playbook())
        switch = await (await wiring.storage()).switch.mode()
    except ValidationError as error:
        missing = ", ".join(sorted({str(one["loc"][0]) for one in error.errors(include_input=False)}))
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"These app settings are missing or wrong: {missing}.")
    except ValueError as error:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    except AzureError as error:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"Storage does not answer ({type(error).__name__}).")
    return answer_json({"status": "ok", "mode": settings().mode.lowered_to(switch), "steps": len(names)})
