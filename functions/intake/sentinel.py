"""The door for a playbook of Microsoft Sentinel: the body of its incident, alert or entity trigger."""

import azure.functions as func

from functions.accepted import accepted
from functions.http import answers, body

blueprint = func.Blueprint()


@blueprint.route("alerts/sentinel", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def alerts_sentinel(req: func.HttpRequest) -> func.HttpResponse:
    """202 with what was understood; 400 where nothing was."""
    return await accepted("sentinel", body(req))
