"""Microsoft Graph v1.0: users, their roles and groups.

Requests are built and authenticated by msgraph-sdk and sent through its adapter; answers are read into our own models,
because the SDK's take more than two seconds to load.
"""

import json
import logging
from asyncio import gather
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import httpx
from azure.core.credentials_async import AsyncTokenCredential
from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.middleware.parameters_name_decoding_handler import ParametersNameDecodingHandler
from kiota_http.observability_options import ObservabilityOptions
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from pydantic import BaseModel, Field, ValidationError

from shared.tenant.answers import accepted_at
from shared.tenant.connection import answering, new_client
from shared.tenant.errors import Denied, Permanent, Transient
from shared.tenant.graph_errors import SERVICE, graph_error
from shared.tenant.identifiers import literal, object_id, object_id_or_principal_name
from shared.tenant.models import GROUP, USER, Domain, GraphObject, Group, RoleAssignment, RoleHolder, User

READ_USERS = "the Graph permission User.Read.All"
READ_DOMAINS = "the Graph permission Domain.Read.All"
READ_ROLES = "the Graph permission RoleManagement.Read.Directory"
READ_GROUPS = "the Graph permission GroupMember.Read.All"
READ_HOLDERS = "the Graph permissions User.Read.All and GroupMember.Read.All"
OF_ADMINISTRATORS = "if the user is an administrator also the directory role Privileged Authentication Administrator"
REVOKE = f"the Graph permission User.RevokeSessions.All, and {OF_ADMINISTRATORS}"
ENABLE = f"the Graph permission User.EnableDisableAccount.All, and {OF_ADMINISTRATORS}"
RESET = f"the Graph permission User-PasswordProfile.ReadWrite.All, and {OF_ADMINISTRATORS}"

_VERSION = "/v1.0"
_MOST_PAGES = 50
_ALL_PAGES = 60.0  # seconds

log = logging.getLogger("regain.tenant")


class _Page[Row: GraphObject](BaseModel):
    value: list[Row]
    next_link: str | None = Field(None, alias="@odata.nextLink")


def asking(method: Method, builder: BaseRequestBuilder, body: dict[str, Any] | None) -> RequestInformation:
    """A request of our own making to where ``builder`` points, with ``body`` as JSON."""
    info = RequestInformation(method, builder.url_template, dict(builder.path_parameters))
    if body is not None:
        info.set_stream_content(json.dumps(body).encode(), "application/json")
    return info


class Graph:
    """The directory of one tenant. For what is not here, ``client`` builds requests; ``one``, ``rows``, ``write`` send.

    Every method raises ``TenantError``, and ``ValueError`` before anything is sent where an id cannot be one.
    """

    def __init__(self, credential: AsyncTokenCredential, url: str, scope: str) -> None:
        self._http = KiotaClientFactory.create_with_custom_middleware([ParametersNameDecodingHandler()], new_client())
        hosts = [httpx.URL(url).host]
        authentication = AzureIdentityAuthenticationProvider(credential, scopes=[scope], allowed_hosts=hosts)
        self._adapter = GraphRequestAdapter(authentication, self._http)
        self._adapter.base_url = url.rstrip("/") + _VERSION
        self._adapter.observability_options = ObservabilityOptions(include_euii_attributes=False)
        self.client = GraphServiceClient(request_adapter=self._adapter)

    async def close(self) -> None:
        await self._http.aclose()

    async def user(self, identifier: str) -> User:
        """The user with this object id or user principal name. Raises ``NotFound``.

        https://learn.microsoft.com/graph/api/user-get
        """
        name = object_id_or_principal_name(identifier)
        quoted = name.startswith("$")
        request = self.client.users.by_user_id(name.replace("'", "''") if quoted else name)
        info = request.to_get_request_information()
        if quoted and info.url_template:
            info.url_template = info.url_template.replace("/{user%2Did}", "('{user%2Did}')")
        info.query_parameters = {"%24select": User.properties()}
        return await self.one(User, info, READ_USERS)

    async def users_with_address(self, address: str) -> list[User]:
        """The users who have this address: as mail, user principal name or proxy address.

        Raises ``ValueError`` where it is blank. https://learn.microsoft.com/graph/api/user-list
        """
        exact, primary, other = literal(address), literal(f"SMTP:{address}"), literal(f"smtp:{address}")
        info = self.client.users.to_get_request_information()
        info.query_parameters = {
            "%24select": User.properties(),
            "%24filter": f"mail eq {exact} or userPrincipalName eq {exact}"
            f" or proxyAddresses/any(p:p eq {primary}) or proxyAddresses/any(p:p eq {other})",
        }
        return await self.rows(User, info, READ_USERS)

    async def domains(self) -> list[Domain]:
        """The tenant's domains, and how their users sign in. https://learn.microsoft.com/graph/api/domain-list"""
        info = self.client.domains.to_get_request_information()
        info.query_parameters = {"%24select": Domain.properties()}
        return await self.rows(Domain, info, READ_DOMAINS)

    async def role_assignments(self, user_id: str) -> list[RoleAssignment]:
        """The directory roles that are assigned to the user directly and active now.

        https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments
        """
        info = self.client.role_management.directory.role_assignments.to_get_request_information()
        info.query_parameters = {
            "%24filter": f"principalId eq {literal(object_id(user_id))}",
            "%24expand": ["roleDefinition"],
        }
        return await self.rows(RoleAssignment, info, READ_ROLES)

    async def role_holders(self, role_definition_id: str) -> list[RoleHolder]:
        """The users who have a directory role for the whole tenant, active now, directly or through a group.

        https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments
        https://learn.microsoft.com/graph/api/group-list-transitivemembers
        """
        info = self.client.role_management.directory.role_assignments.to_get_request_information()
        info.query_parameters = {
            "%24filter": f"roleDefinitionId eq {literal(object_id(role_definition_id))}",
            "%24expand": ["principal"],
        }
        assigned = await self.rows(RoleAssignment, info, READ_ROLES)
        holders = await gather(*(self._holders(one) for one in assigned if one.directory_scope_id == "/"))
        return list({holder.id: holder for some in holders for holder in some}.values())

    async def _holders(self, assignment: RoleAssignment) -> list[RoleHolder]:
        """Those whom one assignment makes holders; an app is none."""
        principal = object_id(assignment.principal_id)
        if assignment.principal_type == USER:
            info = self.client.users.to_get_request_information()
            info.query_parameters = {"%24filter": f"id eq {literal(principal)}"}
        elif assignment.principal_type == GROUP:
            info = self.client.groups.by_group_id(principal).transitive_members.graph_user.to_get_request_information()
            info.query_parameters = {}
        else:
            return []
        info.query_parameters["%24select"] = RoleHolder.properties()
        return await self.rows(RoleHolder, info, READ_HOLDERS)

    async def memberships(self, user_id: str) -> list[Group]:
        """The groups that the user is in, directly or through other groups.

        https://learn.microsoft.com/graph/api/user-list-transitivememberof
        """
        user = self.client.users.by_user_id(object_id(user_id))
        return await self._groups(user.transitive_member_of.graph_group.to_get_request_information())

    async def owned_groups(self, user_id: str) -> list[Group]:
        """The groups that the user owns. https://learn.microsoft.com/graph/api/user-list-ownedobjects"""
        user = self.client.users.by_user_id(object_id(user_id))
        return await self._groups(user.owned_objects.graph_group.to_get_request_information())

    async def revoke_sessions(self, user_id: str) -> datetime:
        """Makes the user's refresh tokens and session cookies worthless. When it was accepted, by Graph's clock.

        https://learn.microsoft.com/graph/api/user-revokesigninsessions
        """
        user = self.client.users.by_user_id(object_id(user_id))
        return accepted_at(await self.send(user.revoke_sign_in_sessions.to_post_request_information(), REVOKE))

    async def set_account_enabled(self, user_id: str, enabled: bool) -> datetime:
        """Lets the user sign in, or not. When it was accepted. https://learn.microsoft.com/graph/api/user-update"""
        return await self._update(user_id, {"accountEnabled": enabled}, ENABLE)

    async def set_password(self, user_id: str, password: str) -> datetime:
        """A new password, to be changed at the next sign-in. When it was accepted.

        ``Permanent`` also where the password is too weak. https://learn.microsoft.com/graph/api/user-update
        """
        if not password:
            raise ValueError("A password is needed here.")
        profile = {"password": password, "forceChangePasswordNextSignIn": True}
        return await self._update(user_id, {"passwordProfile": profile}, RESET)

    async def _update(self, user_id: str, changes: dict[str, Any], needs: str) -> datetime:
        user = self.client.users.by_user_id(object_id(user_id))
        return accepted_at(await self.write(Method.PATCH, user, changes, needs))

    async def _groups(self, info: RequestInformation) -> list[Group]:
        info.query_parameters = {"%24select": Group.properties()}
        groups = await self.rows(Group, info, READ_GROUPS)
        if any(group.display_name is None for group in groups):
            raise Denied(
                f"{SERVICE} tells the ids of groups, and nothing else. The app needs {READ_GROUPS}.", READ_GROUPS
            )
        return groups

    def of_beta(self, info: RequestInformation) -> RequestInformation:
        """The same request to the beta version: for the little that v1.0 has not got."""
        info.path_parameters["baseurl"] = self._adapter.base_url.removesuffix(_VERSION) + "/beta"
        info.url = info.url
        return info

    async def one[Model: BaseModel](self, model: type[Model], info: RequestInformation, needs: str) -> Model:
        """The one object that a request is about. ``needs`` is the permission that it takes, in words."""
        return _read(model, await self.send(info, needs))

    async def write(
        self, method: Method, builder: BaseRequestBuilder, body: dict[str, Any] | None, needs: str
    ) -> httpx.Response:
        """Sends a request of our own making, as ``asking`` makes it."""
        return await self.send(asking(method, builder, body), needs)

    async def rows[Row: GraphObject](
        self, model: type[Row], info: RequestInformation, needs: str, most: int | None = None
    ) -> list[Row]:
        """All rows of all pages. Raises ``Permanent`` where they cannot all be read: a part would look like the whole.

        With ``most``, the pages until there are more than that many.

        https://learn.microsoft.com/graph/paging
        """
        rows: list[Row] = []
        async with answering(SERVICE, _ALL_PAGES):
            for _ in range(_MOST_PAGES):
                page = _read(_Page[model], await self.send(info, needs))  # type: ignore[valid-type]
                rows += page.value
                if page.next_link is None or (most is not None and len(rows) > most):
                    return rows
                info = self._next(page.next_link)
        raise Permanent(f"{SERVICE} has more than {_MOST_PAGES} pages of this: not all of it could be read.")

    def _next(self, link: str) -> RequestInformation:
        here, there = httpx.URL(self._adapter.base_url), _url(link)
        if (there.scheme, there.netloc, there.userinfo) != (here.scheme, here.netloc, b""):
            raise Permanent(f"{SERVICE} names another host for the next page: not all of it could be read.")
        info = RequestInformation(Method.GET)
        info.url = str(there)
        return info

    async def send(self, info: RequestInformation, needs: str) -> httpx.Response:
        """The answer to a request, where it is a good one; ``needs`` as in ``one``."""
        request_id = str(uuid4())
        info.headers.try_add("client-request-id", request_id)
        info.headers.try_add("Accept", "application/json")
        info.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        async with answering(SERVICE):
            try:
                response = cast("httpx.Response", await self._adapter.send_primitive_async(info, "bytes", {}))
            except ValueError:
                raise Transient(f"{SERVICE} wants another token, in words that could not be read.") from None
        level = logging.DEBUG if response.is_success else logging.INFO
        log.log(level, "graph answered %s, client-request-id %s", response.status_code, request_id)
        if not response.is_success:
            raise graph_error(response, needs)
        return response


def _url(link: str) -> httpx.URL:
    """The URL, an empty one where ``link`` is none."""
    try:
        return httpx.URL(link)
    except httpx.InvalidURL:
        return httpx.URL()


def _read[Model: BaseModel](model: type[Model], response: httpx.Response) -> Model:
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise Transient(f"{SERVICE} gave an answer that could not be read.") from None
