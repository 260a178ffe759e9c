"""Access to groups that a user has for a time, has raised, or may raise: Privileged Identity Management for groups.

It needs Entra ID P2. A group is told of with what is needed of it, so that it need not be asked for by itself.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from pydantic import Field

from shared.tenant.answers import accepted_at
from shared.tenant.graph import Graph
from shared.tenant.identifiers import literal, object_id
from shared.tenant.models import GraphObject, Group, Word

if TYPE_CHECKING:
    from msgraph.generated.identity_governance.privileged_access.group.group_request_builder import GroupRequestBuilder

TIMED = "the Graph permission PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"
ELIGIBLE = "the Graph permission PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup"
_WHY = "Regain: the account was compromised"


class GroupSchedule(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/privilegedaccessgroupassignmentscheduleinstance

    https://learn.microsoft.com/graph/api/resources/privilegedaccessgroupeligibilityscheduleinstance. ``access`` is
    ``member`` or ``owner``; ``assignment_type`` is ``activated`` where the user has raised it.
    """

    access: Word = Field("", alias="accessId")
    member_type: Word = ""
    assignment_type: Word = ""
    start: Word = Field("", alias="startDateTime")
    end: Word = Field("", alias="endDateTime")
    group: Group | None = None

    @property
    def direct(self) -> bool:
        """Whether it is the user's own: others come through another group."""
        return self.member_type in ("", "direct")

    @property
    def info(self) -> dict[str, Any]:
        """What brings it back, as a request takes it."""
        until = {"type": "afterDateTime", "endDateTime": self.end} if self.end else {"type": "noExpiration"}
        return {"startDateTime": self.start, "expiration": until}


async def timed_access(graph: Graph, user_id: str) -> list[GroupSchedule]:
    """What is active now in groups that are managed so, for good too. Raises ``Unlicensed`` without Entra ID P2.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentscheduleinstances
    """
    info = _of(graph).assignment_schedule_instances.to_get_request_information()
    return await _listed(graph, info, user_id, TIMED)


async def eligible_access(graph: Graph, user_id: str) -> list[GroupSchedule]:
    """What the user may raise at any moment. As ``timed_access``.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-eligibilityscheduleinstances
    """
    info = _of(graph).eligibility_schedule_instances.to_get_request_information()
    return await _listed(graph, info, user_id, ELIGIBLE)


async def end_access(graph: Graph, user_id: str, group_id: str, access: str) -> datetime:
    """Ends what is active, raised ones too. When it was accepted.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
    """
    requests = _of(graph).assignment_schedule_requests
    return await _request(graph, requests, TIMED, user_id, group_id, access)


async def give_access(graph: Graph, user_id: str, group_id: str, access: str, info: dict[str, Any]) -> datetime:
    """Gives it for a time. As ``end_access``."""
    requests = _of(graph).assignment_schedule_requests
    return await _request(graph, requests, TIMED, user_id, group_id, access, info)


async def withdraw_access(graph: Graph, user_id: str, group_id: str, access: str) -> datetime:
    """The user can raise it no longer. When it was accepted.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-eligibilityschedulerequests
    """
    requests = _of(graph).eligibility_schedule_requests
    return await _request(graph, requests, ELIGIBLE, user_id, group_id, access)


async def offer_access(graph: Graph, user_id: str, group_id: str, access: str, info: dict[str, Any]) -> datetime:
    """The user can raise it again. As ``withdraw_access``."""
    requests = _of(graph).eligibility_schedule_requests
    return await _request(graph, requests, ELIGIBLE, user_id, group_id, access, info)


def _of(graph: Graph) -> "GroupRequestBuilder":
    return graph.client.identity_governance.privileged_access.group


async def _listed(graph: Graph, info: RequestInformation, user_id: str, needs: str) -> list[GroupSchedule]:
    info.query_parameters = {"%24filter": f"principalId eq {literal(object_id(user_id))}", "%24expand": ["group"]}
    return await graph.rows(GroupSchedule, info, needs)


async def _request(
    graph: Graph,
    requests: BaseRequestBuilder,
    needs: str,
    user_id: str,
    group_id: str,
    access: str,
    info: dict[str, Any] | None = None,
) -> datetime:
    body = {
        "action": "adminAssign" if info else "adminRemove",
        "principalId": object_id(user_id),
        "groupId": object_id(group_id),
        "accessId": access,
        "justification": _WHY,
        **({"scheduleInfo": info} if info else {}),
    }
    return accepted_at(await graph.write(Method.POST, requests, body, needs))
