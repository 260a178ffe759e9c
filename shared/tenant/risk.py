"""What Entra ID Protection thinks of a user. One call a second for all apps of a tenant; needs Entra ID P2."""

from datetime import datetime

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method

from shared.tenant.answers import accepted_at
from shared.tenant.errors import NotFound
from shared.tenant.graph import Graph
from shared.tenant.identifiers import object_id
from shared.tenant.models import Flag, GraphObject

CONFIRMED = "confirmedCompromised"
READ = "the Graph permission IdentityRiskyUser.Read.All"
SAY = "the Graph permission IdentityRiskyUser.ReadWrite.All"


class RiskyUser(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/riskyuser"""

    risk_state: str = "none"
    risk_level: str = "none"
    is_processing: Flag = False


async def risk_of(graph: Graph, user_id: str) -> RiskyUser:
    """What is thought of a user; nobody has thought anything of one who is not there.

    https://learn.microsoft.com/graph/api/riskyuser-get
    """
    user = graph.client.identity_protection.risky_users.by_risky_user_id(object_id(user_id))
    try:
        return await graph.one(RiskyUser, user.to_get_request_information(), READ)
    except NotFound:
        return RiskyUser(id=user_id)


async def confirm_compromised(graph: Graph, user_id: str) -> datetime:
    """Says that the account was taken over. When it was accepted, by Graph's clock; it takes a while to show.

    https://learn.microsoft.com/graph/api/riskyuser-confirmcompromised
    """
    return await _say(graph, graph.client.identity_protection.risky_users.confirm_compromised, user_id)


async def dismiss_risk(graph: Graph, user_id: str) -> datetime:
    """Says that it was a false alarm. As ``confirm_compromised``.

    https://learn.microsoft.com/graph/api/riskyuser-dismiss
    """
    return await _say(graph, graph.client.identity_protection.risky_users.dismiss, user_id)


async def _say(graph: Graph, what: BaseRequestBuilder, user_id: str) -> datetime:
    return accepted_at(await graph.write(Method.POST, what, {"userIds": [object_id(user_id)]}, SAY))
