"""The audit log of the directory. https://learn.microsoft.com/graph/api/directoryaudit-list"""

from local.simulator.answer import Answer
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import page, shape
from local.simulator.records import Json
from local.simulator.tenant import Account


@operation("GET", "/auditLogs/directoryAudits", options=frozenset(("$filter", "$top")))
def list_audits(request: GraphRequest) -> Answer:
    """Free of charge, unlike the sign-in log, and as limited as that one."""
    if request.tenant.behaviour.sign_in_log == "five-in-ten-seconds":
        request.tenant.reports.check(request.call.at)
    rows = [_row(account, row) for account in request.tenant.accounts for row in account.audits]
    rows = [row for row in rows if request.query.keeps(row)]
    rows.sort(key=lambda row: str(row["activityDateTime"]), reverse=True)
    shown = [shape(row, request.query, request.kind) for row in rows]
    return Answer(200, page(request.call, request.query, shown, "auditLogs/directoryAudits"))


def _row(account: Account, row: Json) -> Json:
    """Where a seed does not say who did it, it was the account; where it names no other user, it was done to it."""
    own = {"id": account.id, "userPrincipalName": account.name}
    by = row.get("initiatedBy", {"user": {}})
    by = by | {"user": own | by["user"]} if by.get("user") is not None else by
    whom = own | {"displayName": account.user.truth.get("displayName")}
    targets = [(whom if one.get("type") == "User" else {}) | one for one in row.get("targetResources", [])]
    return {**row, "initiatedBy": by, "targetResources": targets}
