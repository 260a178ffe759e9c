"""The door for Microsoft Defender: alerts and incidents, from Graph, Defender's own API or its streaming export."""

import azure.functions as func

from functions.accepted import accepted
from functions.http import answers, body

blueprint = func.Blueprint()


@blueprint.route("alerts/defender", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def alerts_defender(req: func.HttpRequest) -> func.HttpResponse:
    """202 with what was understood; 400 where nothing was."""
    return await accepted("defender", body(req))
