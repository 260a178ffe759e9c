"""Who is asked for a second factor: per user (beta), by security defaults, by Conditional Access."""

from local.simulator.answer import Answer, GraphError, bad_request
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page, shape
from local.simulator.users import find_account

REQUIREMENTS = "/users/{user-id}/authentication/requirements"
STATES = ("disabled", "enabled", "enforced")
NOT_PREMIUM = "Neither tenant is B2C or tenant doesn't have premium license"


@operation("GET", REQUIREMENTS, version="beta")
def read_requirements(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-get?view=graph-rest-beta"""
    account = find_account(request)
    return Answer(200, {"@odata.context": f"{METADATA}/beta/$metadata#requirements", **account.mfa.seen})


@operation("PATCH", REQUIREMENTS, version="beta")
def update_requirements(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-update?view=graph-rest-beta"""
    account = find_account(request)
    if request.body.keys() != {"perUserMfaState"} or request.body["perUserMfaState"] not in STATES:
        raise bad_request("Invalid value for perUserMfaState.", "badRequest")
    request.tenant.write(account.mfa, request.body)
    return Answer(204)


@operation("GET", "/policies/identitySecurityDefaultsEnforcementPolicy")
def read_security_defaults(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/identitysecuritydefaultsenforcementpolicy-get"""
    body = {"id": "00000000-0000-0000-0000-000000000005", "isEnabled": request.tenant.security_defaults}
    return Answer(200, {"@odata.context": f"{METADATA}/v1.0/$metadata#policies", **body})


@operation("GET", "/identity/conditionalAccess/policies", options=frozenset(("$top",)))
def list_policies(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies"""
    if request.tenant.licence == "free":
        raise GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", NOT_PREMIUM)
    rows = [shape(policy, request.query, request.kind) for policy in request.tenant.access_policies]
    return Answer(200, page(request.call, request.query, rows, "identity/conditionalAccess/policies"))
