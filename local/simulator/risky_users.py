"""Entra ID Protection's view of a user. https://learn.microsoft.com/graph/api/resources/riskyuser"""

from local.simulator.answer import Answer, GraphError, bad_request
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, shape
from local.simulator.tenant import Account
from local.simulator.users import stamp

PATH = "/identityProtection/riskyUsers"


@operation("GET", f"{PATH}/{{riskyUser-id}}", options=frozenset(("$select",)))
def read_risky_user(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/riskyuser-get

    What was said about a user is being processed until it shows.
    """
    _check(request)
    identifier = request.parameters["riskyUser-id"]
    account = _known(request, identifier)
    if account is None or not account.risk.truth:
        raise GraphError(404, "ResourceNotFound", f"The risky user with id {identifier} was not found.")
    user = {
        "id": account.id,
        "userDisplayName": account.user.truth.get("displayName"),
        "userPrincipalName": account.name,
        "isDeleted": False,
        "isProcessing": account.risk.seen != account.risk.truth,
        **account.risk.seen,
    }
    context = f"{METADATA}/v1.0/$metadata#identityProtection/riskyUsers/$entity"
    return Answer(200, {"@odata.context": context, **shape(user, request.query, request.kind)})


@operation("POST", f"{PATH}/confirmCompromised")
def confirm_compromised(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/riskyuser-confirmcompromised"""
    return _said(request, "high", "confirmedCompromised", "adminConfirmedUserCompromised")


@operation("POST", f"{PATH}/dismiss")
def dismiss(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/riskyuser-dismiss"""
    return _said(request, "none", "dismissed", "adminDismissedAllRiskForUser")


def _said(request: GraphRequest, level: str, state: str, detail: str) -> Answer:
    _check(request)
    ids = request.body.get("userIds")
    if not isinstance(ids, list) or not ids or len(ids) > 60:
        raise bad_request("userIds must name 1 to 60 users.", "BadRequest")
    accounts = [_known(request, str(one)) for one in ids]
    for account in accounts:
        if account is None:
            raise GraphError(404, "ResourceNotFound", "One of the users was not found.")
        changes = {"riskLevel": level, "riskState": state, "riskDetail": detail}
        request.tenant.write(account.risk, {**changes, "riskLastUpdatedDateTime": stamp(request.call.at)})
    return Answer(204)


def _known(request: GraphRequest, identifier: str) -> Account | None:
    """By its object id and nothing else: a user principal name is no key here."""
    return next((one for one in request.tenant.accounts if one.id.casefold() == identifier.casefold()), None)


def _check(request: GraphRequest) -> None:
    if request.tenant.licence != "P2":
        raise GraphError(403, "Forbidden", "Your tenant is not licensed for this feature.")
    if request.tenant.behaviour.identity_protection == "one-a-second":
        request.tenant.risk_calls.check(request.call.at)
