"""The sign-in log: v1.0 shows what people did, beta what programs did besides."""

from local.simulator.answer import Answer, GraphError
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import page, shape
from local.simulator.records import Json

PATH = "/auditLogs/signIns"
OPTIONS = frozenset(("$filter", "$top"))
INTERACTIVE = "interactiveUser"
NOT_PREMIUM = "Neither tenant is B2C or tenant doesn't have premium license"


@operation("GET", PATH, options=OPTIONS)
def list_sign_ins(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/signin-list"""
    rows = [row for row in _log(request) if INTERACTIVE in row["signInEventTypes"]]
    return _listed(request, rows)


@operation("GET", PATH, version="beta", options=OPTIONS)
def list_all_sign_ins(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta"""
    return _listed(request, _log(request))


def _listed(request: GraphRequest, rows: list[Json]) -> Answer:
    found = sorted(filter(request.query.keeps, rows), key=lambda row: str(row["createdDateTime"]), reverse=True)
    shown = [shape(row, request.query, request.kind) for row in found]
    return Answer(200, page(request.call, request.query, shown, "auditLogs/signIns"))


def _log(request: GraphRequest) -> list[Json]:
    """All sign-ins of all accounts; who is asked is limited, and has to have paid."""
    if request.tenant.licence == "free":
        raise GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", NOT_PREMIUM)
    if request.tenant.behaviour.sign_in_log == "five-in-ten-seconds":
        request.tenant.reports.check(request.call.at)
    return [
        {
            "userId": account.id,
            "userPrincipalName": account.name,
            "userDisplayName": account.user.truth.get("displayName"),
            "isInteractive": INTERACTIVE in row.get("signInEventTypes", [INTERACTIVE]),
            "signInEventTypes": [INTERACTIVE],
            **row,
        }
        for account in request.tenant.accounts
        for row in account.sign_ins
    ]
