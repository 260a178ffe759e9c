"""Directory roles: assigned for good, for a time or on demand (Privileged Identity Management), and through groups."""

from collections.abc import Callable
from uuid import uuid4

from local.simulator.answer import Answer, GraphError, bad_request, denied, not_found
from local.simulator.contract import ROLES
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page, shape
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import ACTIVE, DIRECT, ELIGIBLE, Account

OF = "/roleManagement/directory"
LISTED = frozenset(("$filter", "$expand", "$top"))
NOT_LICENSED = "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
MEMBER = "/groups/{group-id}/members/{directoryObject-id}/$ref"
ROLE_MANAGER = "RoleManagement.ReadWrite.Directory"


@operation("POST", f"{OF}/roleAssignments")
def create_assignment(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments"""
    account, role, scope = _named(request)
    if any(
        (row["role"], row["scope"], row["kind"]) == (role, scope, DIRECT) for row in account.role_rows.truth["rows"]
    ):
        message = "A conflicting object with one or more of the specified property values is present in the directory."
        raise bad_request(message)
    row = {"id": stable_id(account.id, role, scope, "again"), "role": role, "scope": scope, "kind": DIRECT}
    _write(request, account, [*account.role_rows.truth["rows"], row])
    body = {
        "id": row["id"],
        "principalId": account.id,
        "roleDefinitionId": ROLES.roles[role].id,
        "directoryScopeId": scope,
    }
    return Answer(201, {"@odata.context": f"{METADATA}/v1.0/$metadata#roleAssignments/$entity", **body})


@operation("DELETE", f"{OF}/roleAssignments/{{unifiedRoleAssignment-id}}")
def delete_assignment(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/unifiedroleassignment-delete"""
    identifier = request.parameters["unifiedRoleAssignment-id"]
    for account in request.tenant.accounts:
        for row in account.role_rows.truth["rows"]:
            if row["kind"] in ACTIVE and account.role_id(row) == identifier:
                _write(request, account, [one for one in account.role_rows.truth["rows"] if one is not row])
                return Answer(204)
    raise not_found(identifier)


@operation("GET", f"{OF}/roleAssignmentScheduleInstances", options=LISTED)
def list_instances(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignmentscheduleinstances"""
    return _schedules(request, lambda row: row["kind"] in ACTIVE)


@operation("GET", f"{OF}/roleEligibilitySchedules", options=LISTED)
def list_eligible(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/rbacapplication-list-roleeligibilityschedules"""
    return _schedules(request, lambda row: row["kind"] == ELIGIBLE)


@operation("POST", f"{OF}/roleAssignmentScheduleRequests")
def request_assignment(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignmentschedulerequests"""
    return _requested(request, ("Assigned", "Activated"))


@operation("POST", f"{OF}/roleEligibilityScheduleRequests")
def request_eligibility(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/rbacapplication-post-roleeligibilityschedulerequests"""
    return _requested(request, (ELIGIBLE,))


@operation("POST", "/groups/{group-id}/members/$ref")
def add_member(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/group-post-members"""
    name = _group(request)
    account = account_by_id(request, str(request.body.get("@odata.id", "")).rpartition("/")[2])
    rows = account.memberships.truth["rows"]
    if name in rows:
        raise bad_request(
            "One or more added object references already exist for the following modified properties: 'members'."
        )
    request.tenant.write(account.memberships, {"rows": [*rows, name]})
    return Answer(204)


@operation("DELETE", MEMBER)
def remove_member(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/group-delete-members"""
    name = _group(request)
    account = account_by_id(request, request.parameters["directoryObject-id"])
    rows = account.memberships.truth["rows"]
    if name not in rows:
        raise not_found(account.id)
    request.tenant.write(account.memberships, {"rows": [one for one in rows if one != name]})
    return Answer(204)


def _requested(request: GraphRequest, kinds: tuple[str, ...]) -> Answer:
    """``adminRemove`` and ``adminAssign``, which are done at once."""
    check_licence(request)
    account, role, scope = _named(request)
    rows = account.role_rows.truth["rows"]
    found = [row for row in rows if (row["role"], row["scope"]) == (role, scope) and row["kind"] in kinds]
    match request.body.get("action"):
        case "adminRemove":
            if not found:
                raise GraphError(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
            _write(request, account, [row for row in rows if row not in found])
            status = "Revoked"
        case "adminAssign":
            if found:
                raise GraphError(400, "RoleAssignmentExists", "The Role assignment already exists.")
            schedule = request.body.get("scheduleInfo")
            if not isinstance(schedule, dict) or "expiration" not in schedule:
                raise GraphError(
                    400,
                    "RoleAssignmentRequestPolicyValidationFailed",
                    'The following policy rules failed: ["ExpirationRule"]',
                )
            _write(
                request, account, [*rows, {"role": role, "scope": scope, "kind": kinds[0], "scheduleInfo": schedule}]
            )
            status = "Provisioned"
        case _:
            raise bad_request("Only adminRemove and adminAssign are simulated.", "BadRequest")
    body = {"id": uuid4().hex, "status": status, "action": request.body["action"], "principalId": account.id}
    return Answer(201, {"@odata.context": f"{METADATA}/v1.0/$metadata#requests/$entity", **body})


def _schedules(request: GraphRequest, wanted: Callable[[Json], bool]) -> Answer:
    check_licence(request)
    rows = [
        {
            "id": account.role_id(row),
            "principalId": account.id,
            "roleDefinitionId": ROLES.roles[row["role"]].id,
            "directoryScopeId": row["scope"],
            "memberType": "Direct",
            "assignmentType": "Activated" if row["kind"] == "Activated" else "Assigned",
            "endDateTime": ((row.get("scheduleInfo") or {}).get("expiration") or {}).get("endDateTime"),
            "scheduleInfo": row.get("scheduleInfo"),
            "status": "Provisioned",
            "roleDefinition": {"id": ROLES.roles[row["role"]].id, "displayName": row["role"]},
        }
        for account in request.tenant.accounts
        for row in account.role_rows.seen["rows"]
        if wanted(row)
    ]
    shown = [
        {**shape(row, request.query, request.kind), **{name: row[name] for name in request.query.expand}}
        for row in rows
        if request.query.keeps(row)
    ]
    return Answer(200, page(request.call, request.query, shown, "roleManagement/directory/schedules"))


def _named(request: GraphRequest) -> tuple[Account, str, str]:
    """Whose, which role, and where. Raises GraphError (400, 404)."""
    body = request.body
    account = account_by_id(request, str(body.get("principalId")))
    names = ROLES.names(frozenset([str(body.get("roleDefinitionId"))]))
    if not names or "directoryScopeId" not in body:
        raise bad_request("roleDefinitionId and directoryScopeId are needed.")
    return account, names.pop(), str(body["directoryScopeId"])


def account_by_id(request: GraphRequest, identifier: str) -> Account:
    """By its object id only. Raises GraphError (404)."""
    found = next((one for one in request.tenant.accounts if one.id.casefold() == identifier.casefold()), None)
    if found is None:
        raise not_found(identifier)
    return found


def _group(request: GraphRequest) -> str:
    """The name of the group. One that roles can be assigned to takes the right to assign roles, besides its own."""
    wanted = request.parameters["group-id"]
    for name, group in request.tenant.groups.items():
        if group.group["id"] == wanted:
            if group.group.get("isAssignableToRole") and ROLE_MANAGER not in request.token.roles:
                raise denied()
            if group.group.get("onPremisesSyncEnabled"):
                raise bad_request(
                    "Unable to update the specified properties for on-premises mastered Directory Sync objects."
                )
            return name
    raise not_found(wanted)


def check_licence(request: GraphRequest) -> None:
    """Privileged Identity Management takes Entra ID P2. Raises GraphError (400)."""
    if request.tenant.licence != "P2":
        raise GraphError(400, "AadPremiumLicenseRequired", NOT_LICENSED)


def _write(request: GraphRequest, account: Account, rows: list[Json]) -> None:
    request.tenant.write(account.role_rows, {"rows": rows})
