"""The door for an action group of Azure Monitor.

Azure Monitor sends again only after 408, 429, 503 and 504, five times in 75 seconds, and then calls nothing of that
action group for a quarter of an hour; anything else that is not 2xx loses the alert. So what cannot be read is recorded
and accepted too. Only where storage does not answer is it asked to send again.
https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
"""

import azure.functions as func

from functions.accepted import taken_in
from functions.http import answers, body
from functions.principal import check_action_group
from shared.alerts.errors import BadPayload
from shared.playbook.engine import utc_now
from shared.playbook.taking_in import read_as, unreadable
from shared.settings import settings

blueprint = func.Blueprint()
SOURCE = "azure-monitor"


@blueprint.route("alerts/azure-monitor", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def alerts_azure_monitor(req: func.HttpRequest) -> func.HttpResponse:
    """202 with what was understood, though it be nothing; 403 where a secure webhook's token is another's."""
    check_action_group(req)
    content = body(req)
    try:
        read = read_as(SOURCE, content, utc_now(), settings())
    except BadPayload as error:
        read = [unreadable(SOURCE, content, str(error))]
    return await taken_in(SOURCE, content, read)
