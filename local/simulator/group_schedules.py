"""Memberships of groups for a time or on demand: Privileged Identity Management for groups."""

from uuid import uuid4

from local.simulator.answer import Answer, GraphError, NotSimulated, bad_request
from local.simulator.directory import GROUP, readable_part
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page, shape
from local.simulator.odata_filter import Equals
from local.simulator.records import Json
from local.simulator.role_management import account_by_id, check_licence
from local.simulator.seeds import stable_id
from local.simulator.tenant import ACTIVATED, ASSIGNED, ELIGIBLE, Account

OF = "/identityGovernance/privilegedAccess/group"
LISTED = frozenset(("$filter", "$expand", "$top"))
ACCESS = ("member", "owner")


@operation("GET", f"{OF}/assignmentScheduleInstances", options=LISTED)
def list_assignments(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentscheduleinstances"""
    return _listed(request, (ASSIGNED, ACTIVATED))


@operation("GET", f"{OF}/eligibilityScheduleInstances", options=LISTED)
def list_eligibilities(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-eligibilityscheduleinstances"""
    return _listed(request, (ELIGIBLE,))


@operation("POST", f"{OF}/assignmentScheduleRequests")
def request_assignment(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests"""
    return _requested(request, (ASSIGNED, ACTIVATED))


@operation("POST", f"{OF}/eligibilityScheduleRequests")
def request_eligibility(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-eligibilityschedulerequests"""
    return _requested(request, (ELIGIBLE,))


def _listed(request: GraphRequest, kinds: tuple[str, ...]) -> Answer:
    check_licence(request)
    wanted = request.query.filter
    if not isinstance(wanted, Equals) or wanted.property not in ("principalId", "groupId"):
        raise bad_request("The filter by principalId or groupId is required.", "MissingFilter")
    if set(request.query.expand) - {"group"}:
        raise NotSimulated("Only $expand of group is simulated.")
    rows = [
        _instance(request, account, row)
        for account in request.tenant.accounts
        for row in account.group_schedules.seen["rows"]
        if row["kind"] in kinds
    ]
    shown = [
        {**shape(row, request.query, request.kind), **{name: row[name] for name in request.query.expand}}
        for row in rows
        if request.query.keeps(row)
    ]
    return Answer(200, page(request.call, request.query, shown, "identityGovernance/privilegedAccess/group"))


def _instance(request: GraphRequest, account: Account, row: Json) -> Json:
    group = request.tenant.groups[row["group"]].group
    identifier = stable_id(account.id, row["group"], row["access"], row["kind"])
    return {
        "id": identifier,
        "principalId": account.id,
        "groupId": group["id"],
        "accessId": row["access"],
        "memberType": "direct",
        "assignmentType": row["kind"],
        "startDateTime": row["start"],
        "endDateTime": row.get("end"),
        "assignmentScheduleId": identifier,
        "eligibilityScheduleId": identifier,
        "group": readable_part(GROUP, group, request),
    }


def _requested(request: GraphRequest, kinds: tuple[str, ...]) -> Answer:
    """``adminRemove`` and ``adminAssign``, which are done at once."""
    check_licence(request)
    body = request.body
    account, access = account_by_id(request, str(body.get("principalId"))), body.get("accessId")
    name = _group_name(request)
    if access not in ACCESS:
        raise bad_request("accessId is member or owner.", "InvalidAccessId")
    rows = account.group_schedules.truth["rows"]
    found = [row for row in rows if (row["group"], row["access"]) == (name, access) and row["kind"] in kinds]
    match body.get("action"):
        case "adminRemove":
            if not found:
                raise GraphError(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
            status, rows = "Revoked", [row for row in rows if row not in found]
        case "adminAssign":
            if found:
                raise GraphError(400, "RoleAssignmentExists", "The Role assignment already exists.")
            start, end = _schedule(body)
            new = {"group": name, "access": access, "kind": kinds[0], "start": start, "end": end}
            status, rows = "Provisioned", [*rows, new]
        case _:
            raise bad_request("Only adminRemove and adminAssign are simulated.", "BadRequest")
    request.tenant.write(account.group_schedules, {"rows": rows})
    answer = {"id": uuid4().hex, "status": status, "action": body["action"], "principalId": account.id}
    return Answer(201, {"@odata.context": f"{METADATA}/v1.0/$metadata#requests/$entity", **answer})


def _schedule(body: Json) -> tuple[str, str | None]:
    """From when, and until when. Raises GraphError (400)."""
    match body.get("scheduleInfo"):
        case {"startDateTime": str(start), "expiration": {"type": "noExpiration"}}:
            return start, None
        case {"startDateTime": str(start), "expiration": {"type": "afterDateTime", "endDateTime": str(end)}}:
            return start, end
    message = 'The following policy rules failed: ["ExpirationRule"]'
    raise GraphError(400, "RoleAssignmentRequestPolicyValidationFailed", message)


def _group_name(request: GraphRequest) -> str:
    wanted = request.body.get("groupId")
    name = next((name for name, one in request.tenant.groups.items() if one.group["id"] == wanted), None)
    if name is None:
        raise GraphError(404, "ResourceNotFound", "The group is not found.")
    return name
