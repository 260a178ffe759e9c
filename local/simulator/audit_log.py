"""The unified audit log: a search is started, takes its time, and then has records; who may ask is told by workload."""

from uuid import uuid4

from local.simulator.answer import Answer, GraphError, bad_request, not_found
from local.simulator.exchange import CmdletRequest, Output, cmdlet
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page
from local.simulator.records import Json
from local.simulator.tenant import Account, Tenant

QUERIES = "/security/auditLog/queries"
QUERY = f"{QUERIES}/{{auditLogQuery-id}}"
RECORDS = f"{QUERY}/records"
EVERYTHING = "AuditLogsQuery.Read.All"
LOOKS = {"soon": 1, "slow": 3}  # until a search has succeeded
FILTERS = ("filterStartDateTime", "filterEndDateTime", "operationFilters", "userPrincipalNameFilters")
BUILT = {"displayName", *FILTERS}


@cmdlet("Get-AdminAuditLogConfig")
def get_config(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-adminauditlogconfig"""
    return Output([{"AdminAuditLogEnabled": True, "UnifiedAuditLogIngestionEnabled": request.tenant.audited}])


@operation("POST", QUERIES)
def start_in_v1(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/security-auditcoreroot-post-auditlogqueries"""
    _check_version(request)
    return _start(request)


@operation("POST", QUERIES, version="beta")
def start_in_beta(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/security-auditcoreroot-post-auditlogqueries?view=graph-rest-beta"""
    return _start(request)


@operation("GET", QUERY)
def look_in_v1(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/security-auditlogquery-get"""
    _check_version(request)
    return _look(request)


@operation("GET", QUERY, version="beta")
def look_in_beta(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/security-auditlogquery-get?view=graph-rest-beta"""
    return _look(request)


@operation("GET", RECORDS)
def read_in_v1(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/security-auditlogquery-list-records"""
    _check_version(request)
    return _read(request)


@operation("GET", RECORDS, version="beta")
def read_in_beta(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/security-auditlogquery-list-records?view=graph-rest-beta"""
    return _read(request)


def _check_version(request: GraphRequest) -> None:
    """There are tenants where v1.0 has none of this."""
    if request.tenant.behaviour.audit_log == "beta-only":
        raise GraphError(404, "UnknownError", "")


def _start(request: GraphRequest) -> Answer:
    unbuilt = sorted(request.body.keys() - BUILT)
    if unbuilt:
        raise bad_request(f"Not simulated: {', '.join(unbuilt)}.")
    start, end = (str(request.body.get(name) or "") for name in FILTERS[:2])
    if not start or not end or end < start:
        raise bad_request("Invalid request data", "BadRequest")
    query = {
        "id": str(uuid4()),
        "status": "notStarted",
        "looks": 0,
        **request.body,
    }
    request.tenant.audit_queries.append(query)
    return Answer(201, {"@odata.context": f"{METADATA}/v1.0/$metadata#{QUERIES}/$entity", **_shown(query)})


def _look(request: GraphRequest) -> Answer:
    """Each look finds it further on."""
    query = _query(request)
    searches = request.tenant.behaviour.audit_searches
    query["looks"] += 1
    if searches == "busy" and query["looks"] == 1:
        raise bad_request("The request is invalid.", "BadRequest")
    if searches == "failing":
        query["status"] = "failed"
    elif searches != "never" and query["looks"] >= LOOKS.get(searches, 2):
        query["status"] = "succeeded"
    else:
        query["status"] = "running"
    return Answer(200, {"@odata.context": f"{METADATA}/v1.0/$metadata#{QUERIES}/$entity", **_shown(query)})


def _read(request: GraphRequest) -> Answer:
    query = _query(request)
    if query["status"] != "succeeded":
        raise bad_request("The query has not completed.", "BadRequest")
    rows = [
        _record(account, row, number, request.tenant)
        for account in request.tenant.accounts
        for number, row in enumerate(account.audit_records)
        if _may_see(request, row)
    ]
    found = [row for row in rows if request.tenant.audited and _kept(query, row)]
    return Answer(200, page(request.call, request.query, found, f"{QUERIES}('{query['id']}')/records"))


def _query(request: GraphRequest) -> Json:
    identifier = request.parameters["auditLogQuery-id"]
    found = next((one for one in request.tenant.audit_queries if one["id"] == identifier), None)
    if found is None:
        raise not_found(identifier)
    return found


def _shown(query: Json) -> Json:
    return {name: value for name, value in query.items() if name != "looks"}


def _may_see(request: GraphRequest, row: Json) -> bool:
    service = str(row.get("service", "Exchange"))
    return not request.token.roles.isdisjoint((EVERYTHING, f"AuditLogsQuery-{service}.Read.All"))


def _kept(query: Json, row: Json) -> bool:
    people = [str(one).casefold() for one in query.get("userPrincipalNameFilters") or ()]
    operations = [str(one).casefold() for one in query.get("operationFilters") or ()]
    at = str(row["createdDateTime"])
    return (
        query["filterStartDateTime"] <= at < query["filterEndDateTime"]
        and (not people or str(row["userPrincipalName"]).casefold() in people)
        and (not operations or str(row["operation"]).casefold() in operations)
    )


def _record(account: Account, row: Json, number: int, tenant: Tenant) -> Json:
    """The classic record inside; the address stands in there only, and ``userId`` is what was once the UserKey."""
    user = str(row.get("userPrincipalName", account.name))
    data = {
        "@odata.type": "#microsoft.graph.security.defaultAuditData",
        "Operation": row["operation"],
        "UserId": user,
        "Workload": row.get("service", "Exchange"),
        **row.get("auditData", {}),
    }
    return {
        "id": f"{account.id[:-4]}{number:04}",
        "auditLogRecordType": "ExchangeAdmin",
        "organizationId": tenant.id,
        "service": "Exchange",
        "userType": "Regular",
        "userId": account.id,
        "clientIp": None,
        "objectId": None,
        "administrativeUnits": [],
        **row,
        "userPrincipalName": user,
        "auditData": data,
    }
