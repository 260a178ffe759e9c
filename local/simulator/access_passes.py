"""Temporary Access Passes, and the tenant's policy for them.

https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethod
"""

import secrets

from local.simulator.answer import Answer, GraphError
from local.simulator.auth_methods import OF, check
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Account
from local.simulator.users import find_account, stamp

ID = "authenticationMethodConfiguration-id"
CONFIGURATION = f"/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{{{ID}}}"
POLICY = "TemporaryAccessPass"
TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethod"
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789+=&^%"
WRITABLE = {"lifetimeInMinutes": int, "isUsableOnce": bool, "startDateTime": str}
FOREIGN = "Temporary Access Pass cannot be added to an external guest user."
POLICY_AGAINST = "Converged UserCredentialPolicy does not allow creating or updating a Temporary Access Pass."


@operation("GET", CONFIGURATION)
def read_policy(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/temporaryaccesspassauthenticationmethodconfiguration-get"""
    if request.parameters[ID].casefold() != POLICY.casefold():
        raise GraphError(404, "resourceNotFound", "The policy was not found.")
    policy = request.tenant.pass_policy
    kind = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration"
    context = f"{METADATA}/v1.0/$metadata#authenticationMethodConfigurations/$entity"
    return Answer(200, {"@odata.context": context, "@odata.type": kind, "id": POLICY, **policy})


@operation("POST", f"{OF}/temporaryAccessPassMethods")
def issue(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-post-temporaryaccesspassmethods

    The pass itself is in this answer and nowhere else; one that the user had before is gone.
    """
    account = find_account(request)
    check(request, account)
    _check_body(request.body)
    policy = request.tenant.pass_policy
    if account.external:
        raise GraphError(400, "badRequest", FOREIGN)
    if policy["state"] != "enabled" or not _in_scope(request, account):
        raise GraphError(400, "badRequest", POLICY_AGAINST)
    lifetime = int(request.body.get("lifetimeInMinutes") or policy["defaultLifetimeInMinutes"])
    if not policy["minimumLifetimeInMinutes"] <= lifetime <= policy["maximumLifetimeInMinutes"]:
        raise GraphError(400, "badRequest", "The lifetime is outside of what the policy allows.")
    if policy["isUsableOnce"] and not request.body.get("isUsableOnce", True):
        raise GraphError(400, "badRequest", "The policy allows passes for one-time use only.")
    row = _row(request, account, lifetime)
    others = [one for one in account.methods.truth["rows"] if one["@odata.type"] != TYPE]
    request.tenant.write(account.methods, {"rows": [*others, row]})
    value = "".join(secrets.choice(ALPHABET) for _ in range(policy["defaultLength"]))
    context = f"{METADATA}/v1.0/$metadata#users('{account.id}')/authentication/temporaryAccessPassMethods/$entity"
    return Answer(201, {"@odata.context": context, **row, "temporaryAccessPass": value})


def _check_body(body: Json) -> None:
    for name, value in body.items():
        if name not in WRITABLE:
            raise GraphError(400, "badRequest", f"Property {name} is read-only and cannot be set.")
        if not isinstance(value, WRITABLE[name]):
            raise GraphError(400, "badRequest", f"Invalid value for property {name}.")
    if "startDateTime" in body:
        raise GraphError(501, "NotSimulated", "A pass that is valid only later is not simulated.")


def _in_scope(request: GraphRequest, account: Account) -> bool:
    mine = {"all_users", *(str(group.group["id"]) for group in request.tenant.groups_of(account))}
    policy = request.tenant.pass_policy
    included, excluded = ({target["id"] for target in policy[name]} for name in ("includeTargets", "excludeTargets"))
    return not mine.isdisjoint(included) and mine.isdisjoint(excluded)


def _row(request: GraphRequest, account: Account, lifetime: int) -> Json:
    return {
        "@odata.type": TYPE,
        "id": stable_id(account.id, POLICY, request.call.request_id),
        "createdDateTime": stamp(request.call.at),
        "startDateTime": stamp(request.call.at),
        "lifetimeInMinutes": lifetime,
        "isUsableOnce": request.body.get("isUsableOnce", False),
        "isUsable": True,
        "methodUsabilityReason": "EnabledByPolicy",
    }
