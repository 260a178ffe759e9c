"""The catalogue of steps, as they declare themselves."""

from dataclasses import asdict

import azure.functions as func
from pydantic import JsonValue

from functions import wiring
from functions.http import answer_json, answers
from shared.playbook.declaration import Declaration
from shared.settings import settings

blueprint = func.Blueprint()


@blueprint.route("steps", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def steps(req: func.HttpRequest) -> func.HttpResponse:
    """``{"steps": […]}``, in an order in which each comes after what it waits for."""
    del req
    return answer_json({"steps": [_shown(step.declaration) for step in wiring.playbook().values()]})


def _shown(declared: Declaration) -> dict[str, JsonValue]:
    return asdict(declared) | {
        "after": sorted(wiring.playbook().after(declared.name)),
        "contains": declared.contains,
        "deadline": declared.deadline.total_seconds(),
        "policy": settings().steps.get(declared.name, declared.gate),
    }
