"""The door for change notifications of Microsoft Graph. No alert resource is known to send any today.

Whoever does not get a 2xx within three seconds sends again for up to four hours.
https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

from http import HTTPStatus

import azure.functions as func

from functions.accepted import accepted
from functions.http import Problem, answers, body
from shared.alerts.graph_notifications import SOURCE
from shared.settings import settings

blueprint = func.Blueprint()

_LONGEST_TOKEN = 4096  # characters; Graph's own are some hundred


@blueprint.route("alerts/graph", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def alerts_graph(req: func.HttpRequest) -> func.HttpResponse:
    """200 with the token for Graph's handshake; else 202 with what was understood, 400 where nothing was.

    403 where no client state is set: then nothing shows that a notification is ours.
    """
    set_up = settings()
    if set_up.graph_client_state is None:
        raise Problem(HTTPStatus.FORBIDDEN, "Set REGAIN_GRAPH_CLIENT_STATE to the clientState of your subscriptions.")
    token = req.params.get("validationToken")
    if token is not None:
        return _handshake(token)
    return await accepted(SOURCE, body(req))


def _handshake(token: str) -> func.HttpResponse:
    """The token as it is, and as nothing but text: whoever has the door's key has written it."""
    if len(token) > _LONGEST_TOKEN or not token.isprintable():
        raise Problem(HTTPStatus.BAD_REQUEST, "validationToken: this is no token of Microsoft Graph.")
    headers = {"X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(token, mimetype="text/plain", charset="utf-8", headers=headers)
