"""The door for Entra ID Protection: risk detections and risky users, from Graph or a diagnostic setting."""

import azure.functions as func

from functions import wiring
from functions.accepted import accepted
from functions.http import answers, body
from shared.alerts.entra import read_entra
from shared.playbook.engine import utc_now
from shared.settings import settings

blueprint = func.Blueprint()


@blueprint.route("alerts/entra", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def alerts_entra(req: func.HttpRequest) -> func.HttpResponse:
    """202 with what was understood; 400 where nothing was."""
    set_up = settings()
    read = read_entra(body(req), tenant_id=set_up.tenant_id, now=utc_now(), starting=set_up.starting)
    return await accepted(await wiring.opening(), read)
