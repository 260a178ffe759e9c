"""The directory roles of a user: assigned for good, for a time, on demand, and through groups that carry roles.

Graph calls an assignment for a time or on demand a schedule; it needs Entra ID P2.
"""

from datetime import datetime
from typing import Any

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method
from pydantic import AliasPath, Field

from shared.tenant.answers import accepted_at
from shared.tenant.graph import Graph
from shared.tenant.identifiers import literal, object_id
from shared.tenant.models import GraphObject, Word

NEEDS = "the Graph permission RoleManagement.ReadWrite.Directory"
NEEDS_MEMBERS = (
    "the Graph permissions RoleManagement.ReadWrite.Directory, GroupMember.Read.All and GroupMember.ReadWrite.All"
)

_WHY = "Regain: the account was compromised"


class Schedule(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/unifiedroleassignmentscheduleinstance

    https://learn.microsoft.com/graph/api/resources/unifiedroleeligibilityschedule. ``assignment_type`` is ``Assigned``,
    or ``Activated`` where the user has raised an eligible role.
    """

    role_definition_id: str
    directory_scope_id: Word = "/"
    role_name: Word = Field("", validation_alias=AliasPath("roleDefinition", "displayName"))
    member_type: Word = ""
    assignment_type: Word = ""
    end: Word = Field("", alias="endDateTime")
    info: dict[str, Any] | None = Field(None, alias="scheduleInfo")

    @property
    def direct(self) -> bool:
        """Whether it is the user's own: others come through a group."""
        return self.member_type in ("", "Direct")


async def timed_assignments(graph: Graph, user_id: str) -> list[Schedule]:
    """What is active now, with how long. Raises ``Unlicensed`` without Entra ID P2.

    https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignmentscheduleinstances
    """
    directory = graph.client.role_management.directory
    info = directory.role_assignment_schedule_instances.to_get_request_information()
    info.query_parameters = _of(user_id)
    return await graph.rows(Schedule, info, NEEDS)


async def eligible_roles(graph: Graph, user_id: str) -> list[Schedule]:
    """What the user may raise at any moment. As ``timed_assignments``.

    https://learn.microsoft.com/graph/api/rbacapplication-list-roleeligibilityschedules
    """
    info = graph.client.role_management.directory.role_eligibility_schedules.to_get_request_information()
    info.query_parameters = _of(user_id)
    return await graph.rows(Schedule, info, NEEDS)


async def remove_assignment(graph: Graph, assignment_id: str) -> datetime:
    """Takes one away that is assigned for good. When it was accepted. Raises ``NotFound`` where it is gone.

    https://learn.microsoft.com/graph/api/unifiedroleassignment-delete
    """
    assignments = graph.client.role_management.directory.role_assignments
    builder = assignments.by_unified_role_assignment_id(assignment_id)
    return accepted_at(await graph.write(Method.DELETE, builder, None, NEEDS))


async def assign_role(graph: Graph, user_id: str, role: str, scope: str) -> datetime:
    """Assigns one for good. https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments"""
    body = {
        "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
        "principalId": object_id(user_id),
        "roleDefinitionId": role,
        "directoryScopeId": scope,
    }
    assignments = graph.client.role_management.directory.role_assignments
    return accepted_at(await graph.write(Method.POST, assignments, body, NEEDS))


async def remove_timed(graph: Graph, user_id: str, role: str, scope: str) -> datetime:
    """Ends one that is active for a time, raised ones too.

    https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignmentschedulerequests
    """
    requests = graph.client.role_management.directory.role_assignment_schedule_requests
    return await _request(graph, requests, "adminRemove", user_id, role, scope, None)


async def assign_timed(graph: Graph, user_id: str, role: str, scope: str, info: dict[str, Any]) -> datetime:
    """Assigns one for a time. As ``remove_timed``."""
    requests = graph.client.role_management.directory.role_assignment_schedule_requests
    return await _request(graph, requests, "adminAssign", user_id, role, scope, info)


async def remove_eligible(graph: Graph, user_id: str, role: str, scope: str) -> datetime:
    """The user can raise it no longer.

    https://learn.microsoft.com/graph/api/rbacapplication-post-roleeligibilityschedulerequests
    """
    requests = graph.client.role_management.directory.role_eligibility_schedule_requests
    return await _request(graph, requests, "adminRemove", user_id, role, scope, None)


async def make_eligible(graph: Graph, user_id: str, role: str, scope: str, info: dict[str, Any]) -> datetime:
    """The user can raise it again. As ``remove_eligible``."""
    requests = graph.client.role_management.directory.role_eligibility_schedule_requests
    return await _request(graph, requests, "adminAssign", user_id, role, scope, info)


async def leave_group(graph: Graph, user_id: str, group_id: str) -> datetime:
    """Takes the user out of a group. Raises ``NotFound`` where it is not in it.

    https://learn.microsoft.com/graph/api/group-delete-members
    """
    member = graph.client.groups.by_group_id(object_id(group_id)).members.by_directory_object_id(object_id(user_id))
    return accepted_at(await graph.write(Method.DELETE, member.ref, None, NEEDS_MEMBERS))


async def join_group(graph: Graph, user_id: str, group_id: str) -> datetime:
    """Puts the user into a group. https://learn.microsoft.com/graph/api/group-post-members"""
    members = graph.client.groups.by_group_id(object_id(group_id)).members.ref
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{object_id(user_id)}"}
    return accepted_at(await graph.write(Method.POST, members, body, NEEDS_MEMBERS))


def _of(user_id: str) -> dict[str, Any]:
    return {"%24filter": f"principalId eq {literal(object_id(user_id))}", "%24expand": ["roleDefinition"]}


async def _request(
    graph: Graph,
    requests: BaseRequestBuilder,
    action: str,
    user_id: str,
    role: str,
    scope: str,
    info: dict[str, Any] | None,
) -> datetime:
    body = {
        "action": action,
        "principalId": object_id(user_id),
        "roleDefinitionId": role,
        "directoryScopeId": scope,
        "justification": _WHY,
        **({"scheduleInfo": info} if info else {}),
    }
    return accepted_at(await graph.write(Method.POST, requests, body, NEEDS))
