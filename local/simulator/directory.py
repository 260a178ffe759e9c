"""Domains, role assignments, memberships, owned objects."""

from local.simulator.answer import Answer, NotSimulated, not_found
from local.simulator.contract import ROLES, TYPES
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page, shape, value_of
from local.simulator.records import Json
from local.simulator.seeds import GroupSeed, stable_id
from local.simulator.tenant import ACTIVE
from local.simulator.users import find_account

USER = "microsoft.graph.user"
GROUP = "microsoft.graph.group"
ROLE = "microsoft.graph.directoryRole"
APPLICATION = "microsoft.graph.application"
GROUP_READERS = frozenset(
    (
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    )
)
ROLE_READERS = frozenset(
    (
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    )
)
USER_READERS = frozenset(("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"))
APPLICATION_READERS = frozenset(
    (
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Application.ReadWrite.OwnedBy",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    )
)
READERS = {USER: USER_READERS, GROUP: GROUP_READERS, ROLE: ROLE_READERS, APPLICATION: APPLICATION_READERS}
MEMBER_PROPERTIES = frozenset((*TYPES[GROUP].properties, *TYPES[ROLE].properties))
OWNED_PROPERTIES = frozenset((*TYPES[GROUP].properties, *TYPES[APPLICATION].properties))
LISTED = frozenset(("$select", "$top"))


@operation("GET", "/domains/{domain-id}", options=frozenset(("$select",)))
def read_domain(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/domain-get"""
    name = request.parameters["domain-id"]
    domain = request.tenant.domain(name)
    if domain is None:
        raise not_found(name)
    context = f"{METADATA}/v1.0/$metadata#domains/$entity"
    return Answer(200, {"@odata.context": context, **shape(domain, request.query, request.kind)})


@operation("GET", "/domains", options=frozenset(("$select",)))
def list_domains(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/domain-list"""
    rows = [shape(domain, request.query, request.kind) for domain in request.tenant.domains]
    return Answer(200, page(request.call, request.query, rows, "domains"))


@operation(
    "GET",
    "/roleManagement/directory/roleAssignments",
    options=frozenset(("$filter", "$expand", "$select", "$top")),
)
def list_role_assignments(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments"""
    if set(request.query.expand) - {"roleDefinition", "principal"}:
        raise NotSimulated("Only $expand of roleDefinition and principal is simulated.")
    rows = [_shown(row, request) for row in _assignments(request) if request.query.keeps(row)]
    return Answer(200, page(request.call, request.query, rows, "roleManagement/directory/roleAssignments"))


@operation("GET", "/users/{user-id}/transitiveMemberOf", options=LISTED, selectable=MEMBER_PROPERTIES)
def list_memberships(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-transitivememberof"""
    return _directory_objects(request, [*_groups(request), *_roles(request)])


@operation("GET", f"/users/{{user-id}}/transitiveMemberOf/{GROUP}", options=LISTED)
def list_groups(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-transitivememberof"""
    return _directory_objects(request, _groups(request))


@operation("GET", f"/users/{{user-id}}/transitiveMemberOf/{ROLE}", options=LISTED)
def list_roles(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-transitivememberof"""
    return _directory_objects(request, _roles(request))


@operation("GET", "/users/{user-id}/ownedObjects", options=LISTED, selectable=OWNED_PROPERTIES)
def list_owned_objects(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-ownedobjects"""
    return _directory_objects(request, [*_owned_groups(request), *_owned_applications(request)])


@operation("GET", f"/users/{{user-id}}/ownedObjects/{GROUP}", options=LISTED)
def list_owned_groups(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-ownedobjects"""
    return _directory_objects(request, _owned_groups(request))


@operation("GET", f"/users/{{user-id}}/ownedObjects/{APPLICATION}", options=LISTED)
def list_owned_applications(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-ownedobjects"""
    return _directory_objects(request, _owned_applications(request))


@operation("GET", f"/groups/{{group-id}}/transitiveMembers/{USER}", options=LISTED)
def list_group_users(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/group-list-transitivemembers

    The properties of a user need a permission on users besides the one on members.
    """
    wanted = request.parameters["group-id"]
    group = next((one for one in request.tenant.groups.values() if _group_id(one) == wanted), None)
    if group is None:
        raise not_found(wanted)
    name = str(group.group["displayName"])
    members = [account.user.seen for account in request.tenant.accounts if name in account.groups]
    return Answer(
        200, page(request.call, request.query, [readable_part(USER, one, request) for one in members], "users")
    )


def _groups(request: GraphRequest) -> list[tuple[str, Json]]:
    return [(GROUP, group.group) for group in request.tenant.groups_shown_of(find_account(request))]


def _owned_groups(request: GraphRequest) -> list[tuple[str, Json]]:
    return [(GROUP, group.group) for group in request.tenant.groups_owned_by(find_account(request))]


def _owned_applications(request: GraphRequest) -> list[tuple[str, Json]]:
    return [(APPLICATION, one) for one in find_account(request).owned_applications]


def _roles(request: GraphRequest) -> list[tuple[str, Json]]:
    account = find_account(request)
    return [
        (
            ROLE,
            {
                "id": stable_id(request.tenant.id, name),
                "displayName": name,
                "description": name,
                "roleTemplateId": ROLES.roles[name].id,
            },
        )
        for name in sorted(request.tenant.roles_of(account))
    ]


def _directory_objects(request: GraphRequest, objects: list[tuple[str, Json]]) -> Answer:
    rows = [readable_part(kind, values, request) for kind, values in objects]
    return Answer(200, page(request.call, request.query, rows, "directoryObjects"))


def readable_part(kind: str, values: Json, request: GraphRequest) -> Json:
    """Of an object of a type that the app may not read, only type and id are told.

    https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
    """
    own = TYPES[kind].properties
    readable = request.token.roles & READERS[kind]
    names = [name for name in request.query.select or own if name in own]
    shown = {name: value_of(values, name, kind) if readable or name == "id" else None for name in names}
    return {"@odata.type": f"#{kind}", **shown}


def _assignments(request: GraphRequest) -> list[Json]:
    """All that are active, those for a time too."""
    tenant = request.tenant
    users = [
        (USER, account.id, row["role"], row["scope"], account.role_id(row))
        for account in tenant.accounts
        for row in account.role_rows.seen["rows"]
        if row["kind"] in ACTIVE
    ]
    groups = [
        (GROUP, _group_id(group), role, "/", stable_id(_group_id(group), role))
        for group in tenant.groups.values()
        for role in group.roles
    ]
    return [
        {
            "id": identifier,
            "principalId": principal,
            "principal": {"@odata.type": f"#{kind}", "id": principal},
            "directoryScopeId": scope,
            "roleDefinitionId": ROLES.roles[role].id,
            "roleDefinition": {
                "id": ROLES.roles[role].id,
                "displayName": role,
                "templateId": ROLES.roles[role].id,
                "isBuiltIn": True,
                "isEnabled": True,
            },
        }
        for kind, principal, role, scope, identifier in [*users, *groups]
    ]


def _group_id(group: GroupSeed) -> str:
    return str(group.group["id"])


def _shown(row: Json, request: GraphRequest) -> Json:
    expanded = {name: row[name] for name in request.query.expand}
    return {**shape(row, request.query, request.kind), **expanded}
