"""What applications may do in users' names: delegated permission grants, app role assignments, service principals."""

from local.simulator.answer import Answer, GraphError, bad_request, not_found
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page, shape
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Account
from local.simulator.users import find_account, stamp

GRANTS = "/oauth2PermissionGrants"
GRANT = f"{GRANTS}/{{oAuth2PermissionGrant-id}}"
ASSIGNMENTS = "/users/{user-id}/appRoleAssignments"
AGAIN = "again"  # what is made anew has another id than what a seed has made
WRITTEN = ("clientId", "consentType", "principalId", "resourceId", "scope")


@operation("GET", "/users/{user-id}/oauth2PermissionGrants", options=frozenset(("$top",)))
def list_users_grants(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-oauth2permissiongrants

    Only what is allowed for this user alone: what is allowed for everybody does not show here.
    """
    account = find_account(request)
    rows = [shape(row, request.query, request.kind) for row in _grants(account, account.grants.seen)]
    return Answer(200, page(request.call, request.query, rows, "oauth2PermissionGrants"))


@operation("GET", GRANTS, options=frozenset(("$filter", "$top")))
def list_grants(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-list"""
    own = [row for account in request.tenant.accounts for row in _grants(account, account.grants.seen)]
    rows = [row for row in (*request.tenant.grants_for_all, *own) if request.query.keeps(row)]
    shown = [shape(row, request.query, request.kind) for row in rows]
    return Answer(200, page(request.call, request.query, shown, "oauth2PermissionGrants"))


@operation("POST", GRANTS)
def create_grant(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-post"""
    missing = [name for name in WRITTEN if name not in request.body]
    if missing or request.body["consentType"] != "Principal":
        raise bad_request(f"Only a grant for one user is simulated, with all of {', '.join(WRITTEN)}.")
    account = request.tenant.account(str(request.body["principalId"]))
    if account is None:
        raise not_found(str(request.body["principalId"]))
    for name in ("clientId", "resourceId"):
        _principal(request, str(request.body[name]))
    pair = request.body["clientId"], request.body["resourceId"]
    if any((row["clientId"], row["resourceId"]) == pair for row in account.grants.truth["rows"]):
        raise GraphError(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
    grant = {
        "id": stable_id(account.id, *map(str, pair), AGAIN),
        **{name: request.body[name] for name in WRITTEN if name != "principalId"},
    }
    request.tenant.write(account.grants, {"rows": [*account.grants.truth["rows"], grant]})
    return _created(request, {**grant, "principalId": account.id}, "oauth2PermissionGrants")


@operation("PATCH", GRANT)
def update_grant(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-update: only the scopes."""
    account, place = _grant(request)
    if request.body.keys() != {"scope"}:
        raise bad_request("Only the property 'scope' can be updated.")
    rows = list(account.grants.truth["rows"])
    rows[place] = {**rows[place], **request.body}
    request.tenant.write(account.grants, {"rows": rows})
    return Answer(204)


@operation("DELETE", GRANT)
def delete_grant(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-delete"""
    account, place = _grant(request)
    rows = list(account.grants.truth["rows"])
    del rows[place]
    request.tenant.write(account.grants, {"rows": rows})
    return Answer(204)


@operation("GET", ASSIGNMENTS, options=frozenset(("$top",)))
def list_assignments(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-approleassignments"""
    account = find_account(request)
    seen = [_assignment(request, account, row) for row in account.assignments.seen["rows"]]
    rows = [shape(row, request.query, request.kind) for row in seen]
    return Answer(200, page(request.call, request.query, rows, "appRoleAssignments"))


@operation("POST", ASSIGNMENTS)
def create_assignment(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-post-approleassignments"""
    account = find_account(request)
    if request.body.keys() != {"principalId", "resourceId", "appRoleId"} or request.body["principalId"] != account.id:
        raise bad_request("principalId, resourceId and appRoleId are needed, and nothing else.")
    _principal(request, str(request.body["resourceId"]))
    key = request.body["resourceId"], request.body["appRoleId"]
    rows = account.assignments.truth["rows"]
    if any((row["resourceId"], row["appRoleId"]) == key for row in rows):
        raise bad_request("Permission being assigned already exists on the object")
    row = {
        "id": stable_id(account.id, *map(str, key), AGAIN),
        "appRoleId": key[1],
        "resourceId": key[0],
        "createdDateTime": stamp(request.call.at),
    }
    request.tenant.write(account.assignments, {"rows": [*rows, row]})
    return _created(request, _assignment(request, account, row), "appRoleAssignments")


@operation("DELETE", f"{ASSIGNMENTS}/{{appRoleAssignment-id}}")
def delete_assignment(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-delete-approleassignments

    What came through a group cannot be taken away at the user.
    """
    account = find_account(request)
    identifier = request.parameters["appRoleAssignment-id"]
    rows = account.assignments.truth["rows"]
    found = next((row for row in rows if _assignment(request, account, row)["id"] == identifier), None)
    if found is None:
        raise not_found(identifier)
    if found.get("principalType", "User") != "User":
        raise bad_request("The assignment belongs to a group.")
    request.tenant.write(account.assignments, {"rows": [row for row in rows if row is not found]})
    return Answer(204)


@operation("GET", "/servicePrincipals/{servicePrincipal-id}", options=frozenset(("$select",)))
def read_service_principal(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-get"""
    found = _principal(request, request.parameters["servicePrincipal-id"])
    context = f"{METADATA}/v1.0/$metadata#servicePrincipals/$entity"
    return Answer(200, {"@odata.context": context, **shape(found, request.query, request.kind)})


def _principal(request: GraphRequest, identifier: str) -> Json:
    found = next((one for one in request.tenant.service_principals if one["id"] == identifier), None)
    if found is None:
        raise not_found(identifier)
    nobody = {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None}
    return {"servicePrincipalType": "Application", "accountEnabled": True, "verifiedPublisher": nobody, **found}


def _grants(account: Account, what: Json) -> list[Json]:
    """The grants for one user; one that a seed has made has an id of its own in each tenant."""
    return [
        {"id": stable_id(account.id, row["clientId"], row["resourceId"]), "principalId": account.id, **row}
        for row in what["rows"]
    ]


def _grant(request: GraphRequest) -> tuple[Account, int]:
    """Whose grant it is, and its place among them."""
    identifier = request.parameters["oAuth2PermissionGrant-id"]
    for account in request.tenant.accounts:
        for place, row in enumerate(_grants(account, account.grants.truth)):
            if row["id"] == identifier:
                return account, place
    raise not_found(identifier)


def _assignment(request: GraphRequest, account: Account, row: Json) -> Json:
    resource = next((one for one in request.tenant.service_principals if one["id"] == row["resourceId"]), {})
    return {
        "id": stable_id(account.id, row["resourceId"], row["appRoleId"]),
        "principalId": account.id,
        "principalType": "User",
        "principalDisplayName": account.user.truth.get("displayName"),
        "resourceDisplayName": resource.get("displayName"),
        **row,
    }


def _created(request: GraphRequest, row: Json, context: str) -> Answer:
    body = {"@odata.context": f"{METADATA}/v1.0/$metadata#{context}/$entity", **shape(row, request.query, request.kind)}
    return Answer(201, body)
