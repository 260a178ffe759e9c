"""The door for Entra ID Protection: risk detections and risky users, from Graph or a diagnostic setting."""

import azure.functions as func

from functions.accepted import accepted
from functions.http import answers, body

blueprint = func.Blueprint()


@blueprint.route("alerts/entra", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def alerts_entra(req: func.HttpRequest) -> func.HttpResponse:
    """202 with what was understood; 400 where nothing was."""
    return await accepted("entra", body(req))
