"""The audit log of the directory. https://learn.microsoft.com/graph/api/directoryaudit-list"""

from local.simulator.answer import Answer
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import page, shape


@operation("GET", "/auditLogs/directoryAudits", options=frozenset(("$filter", "$top")))
def list_audits(request: GraphRequest) -> Answer:
    """Free of charge, unlike the sign-in log, and as limited as that one."""
    if request.tenant.behaviour.sign_in_log == "five-in-ten-seconds":
        request.tenant.reports.check(request.call.at)
    rows = [
        {"initiatedBy": {"user": {"id": account.id, "userPrincipalName": account.name}}, **row}
        for account in request.tenant.accounts
        for row in account.audits
    ]
    rows = [row for row in rows if request.query.keeps(row)]
    rows.sort(key=lambda row: str(row["activityDateTime"]), reverse=True)
    shown = [shape(row, request.query, request.kind) for row in rows]
    return Answer(200, page(request.call, request.query, shown, "auditLogs/directoryAudits"))
