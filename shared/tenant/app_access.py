"""What applications may do in a user's name: delegated permission grants, and the apps that the user is assigned to."""

from datetime import datetime

from kiota_abstractions.method import Method
from pydantic import AliasPath, AwareDatetime, Field

from shared.tenant.answers import accepted_at
from shared.tenant.graph import Graph
from shared.tenant.identifiers import literal, object_id
from shared.tenant.models import GraphObject, Word

GRANTS = "the Graph permission DelegatedPermissionGrant.ReadWrite.All"
ASSIGNMENTS = "the Graph permission AppRoleAssignment.ReadWrite.All"
APPLICATIONS = "the Graph permission Application.Read.All"
FOR_ONE, FOR_ALL = "Principal", "AllPrincipals"
BY_GROUP = "Group"


class Grant(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant; ``scope`` is a list with blanks."""

    client_id: str
    consent_type: str
    resource_id: str
    scope: Word = ""

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())


class Assignment(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/approleassignment; a role of zeros is access without a role."""

    app_role_id: str
    resource_id: str
    principal_type: Word = ""
    created_at: AwareDatetime | None = Field(None, alias="createdDateTime")


class Application(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/serviceprincipal

    ``owner`` is the tenant that the application is from; ``publisher`` the verified one, "" where it is not verified.
    """

    app_id: Word = ""
    display_name: Word = ""
    owner: Word = Field("", alias="appOwnerOrganizationId")
    publisher: Word = Field("", validation_alias=AliasPath("verifiedPublisher", "verifiedPublisherId"))


async def grants_of(graph: Graph, user_id: str) -> list[Grant]:
    """What this user, or an administrator for this user alone, has allowed to applications.

    https://learn.microsoft.com/graph/api/user-list-oauth2permissiongrants
    """
    user = graph.client.users.by_user_id(object_id(user_id))
    return await graph.rows(Grant, user.oauth2_permission_grants.to_get_request_information(), GRANTS)


async def grants_for_all(graph: Graph, client_id: str) -> list[Grant]:
    """What an administrator has allowed to an application for everybody.

    https://learn.microsoft.com/graph/api/oauth2permissiongrant-list
    """
    info = graph.client.oauth2_permission_grants.to_get_request_information()
    client = literal(object_id(client_id))
    info.query_parameters = {"%24filter": f"clientId eq {client} and consentType eq '{FOR_ALL}'"}
    return await graph.rows(Grant, info, GRANTS)


async def assignments_of(graph: Graph, user_id: str) -> list[Assignment]:
    """The applications that the user is assigned to, through groups too.

    https://learn.microsoft.com/graph/api/user-list-approleassignments
    """
    user = graph.client.users.by_user_id(object_id(user_id))
    return await graph.rows(Assignment, user.app_role_assignments.to_get_request_information(), ASSIGNMENTS)


async def application(graph: Graph, principal_id: str) -> Application:
    """The application behind a service principal. https://learn.microsoft.com/graph/api/serviceprincipal-get"""
    info = graph.client.service_principals.by_service_principal_id(object_id(principal_id)).to_get_request_information()
    info.query_parameters = {"%24select": ["id", "appId", "displayName", "appOwnerOrganizationId", "verifiedPublisher"]}
    return await graph.one(Application, info, APPLICATIONS)


async def delete_grant(graph: Graph, grant_id: str) -> datetime:
    """Takes back what was allowed. When it was accepted. Raises ``NotFound`` where it is gone.

    https://learn.microsoft.com/graph/api/oauth2permissiongrant-delete
    """
    grant = graph.client.oauth2_permission_grants.by_o_auth2_permission_grant_id(grant_id)
    return accepted_at(await graph.write(Method.DELETE, grant, None, GRANTS))


async def allow(graph: Graph, user_id: str, client_id: str, resource_id: str, scope: str) -> datetime:
    """Allows an application these scopes in the user's name, whatever it was allowed there before.

    https://learn.microsoft.com/graph/api/oauth2permissiongrant-post
    https://learn.microsoft.com/graph/api/oauth2permissiongrant-update
    """
    there = await find_grant(graph, user_id, client_id, resource_id)
    if there is not None:
        grant = graph.client.oauth2_permission_grants.by_o_auth2_permission_grant_id(there.id)
        return accepted_at(await graph.write(Method.PATCH, grant, {"scope": scope}, GRANTS))
    body = {
        "clientId": client_id,
        "consentType": FOR_ONE,
        "principalId": object_id(user_id),
        "resourceId": resource_id,
        "scope": scope,
    }
    return accepted_at(await graph.write(Method.POST, graph.client.oauth2_permission_grants, body, GRANTS))


async def find_grant(graph: Graph, user_id: str, client_id: str, resource_id: str) -> Grant | None:
    """What is allowed to one application on one resource; there is one grant of them at most."""
    grants = await grants_of(graph, user_id)
    return next((one for one in grants if (one.client_id, one.resource_id) == (client_id, resource_id)), None)


async def delete_assignment(graph: Graph, user_id: str, assignment_id: str) -> datetime:
    """Takes the user out of an application. As ``delete_grant``.

    https://learn.microsoft.com/graph/api/user-delete-approleassignments
    """
    user = graph.client.users.by_user_id(object_id(user_id))
    assignment = user.app_role_assignments.by_app_role_assignment_id(assignment_id)
    return accepted_at(await graph.write(Method.DELETE, assignment, None, ASSIGNMENTS))


async def assign(graph: Graph, user_id: str, resource_id: str, role_id: str) -> datetime | None:
    """Assigns the user to an application again. When it was accepted, None where the user was assigned already.

    https://learn.microsoft.com/graph/api/user-post-approleassignments
    """
    if await find_assignment(graph, user_id, resource_id, role_id) is not None:
        return None
    user = graph.client.users.by_user_id(object_id(user_id))
    body = {"principalId": object_id(user_id), "resourceId": resource_id, "appRoleId": role_id}
    return accepted_at(await graph.write(Method.POST, user.app_role_assignments, body, ASSIGNMENTS))


async def find_assignment(graph: Graph, user_id: str, resource_id: str, role_id: str) -> Assignment | None:
    """The user's own assignment to a role of an application."""
    found = [one for one in await assignments_of(graph, user_id) if one.principal_type != BY_GROUP]
    return next((one for one in found if (one.resource_id, one.app_role_id) == (resource_id, role_id)), None)
