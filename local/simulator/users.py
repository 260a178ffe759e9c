"""Users: read, find, block, reset the password, revoke the sessions."""

from datetime import datetime

from local.simulator.answer import Answer, NotSimulated, bad_request, denied, not_found
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page, shape
from local.simulator.privileges import PASSWORD, holds_role_for, may_change
from local.simulator.records import Json
from local.simulator.tenant import Account

CONTEXT = "users"
BASIC = frozenset(
    ("displayName", "givenName", "id", "mail", "photo", "surname", "userPrincipalName", "securityIdentifier")
)
BASIC_ONLY = "User.ReadBasic.All"
BUILT = frozenset(("accountEnabled", PASSWORD))
SHORTEST, LONGEST, CLASSES = 8, 256, 3


@operation("GET", "/users/{user-id}", options=frozenset(("$select",)))
def read_user(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-get"""
    account = find_account(request)
    check_readable(request)
    selected = f"({','.join(request.query.select)})" if request.query.select else ""
    context = f"{METADATA}/v1.0/$metadata#{CONTEXT}{selected}/$entity"
    return Answer(200, {"@odata.context": context, **shape(account.user.seen, request.query, request.kind)})


@operation("GET", "/users", options=frozenset(("$select", "$filter", "$top", "$count")))
def list_users(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list"""
    check_readable(request)
    users = [account.user.seen for account in request.tenant.accounts]
    rows = [shape(user, request.query, request.kind) for user in users if request.query.keeps(user)]
    return Answer(200, page(request.call, request.query, rows, CONTEXT))


@operation("PATCH", "/users/{user-id}")
def update_user(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-update"""
    account = find_account(request)
    unbuilt = request.body.keys() - BUILT
    if unbuilt:
        raise NotSimulated(f"PATCH /users: {', '.join(sorted(unbuilt))} is not simulated.")
    _check_management(account)
    for name in request.body:
        if not may_change(name, account, request.token, request.tenant):
            raise denied()
    changes: Json = {}
    if "accountEnabled" in request.body:
        changes |= _block(request.body["accountEnabled"])
    if PASSWORD in request.body:
        changes |= _reset(request, account)
    request.tenant.write(account.user, changes)
    return Answer(204)


@operation("POST", "/users/{user-id}/revokeSignInSessions")
def revoke_sign_in_sessions(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-revokesigninsessions"""
    account = find_account(request)
    _check_management(account)
    allowed = request.tenant.behaviour.revoke_on_administrators == "allowed"
    if not allowed and not holds_role_for("accountEnabled", account, request.token, request.tenant):
        raise denied()
    request.tenant.write(account.user, {"signInSessionsValidFromDateTime": stamp(request.call.at)})
    return Answer(200, {"@odata.context": f"{METADATA}/v1.0/$metadata#Edm.Boolean", "value": True})


def find_account(request: GraphRequest) -> Account:
    """The account that the path names, by object id or user principal name. Raises GraphError (404)."""
    identifier = request.parameters["user-id"]
    account = request.tenant.account(identifier)
    if account is None:
        raise not_found(identifier)
    return account


def check_readable(request: GraphRequest) -> None:
    """Refuse more than the basic profile where the token has only the permission for that."""
    beyond_basic = request.token.roles & set(request.operation.permissions) - {BASIC_ONLY}
    if not beyond_basic and not BASIC.issuperset(request.query.select or ()):
        raise denied()


def stamp(at: datetime) -> str:
    """A time as Graph writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_management(account: Account) -> None:
    """A member of a restricted management unit can be changed only by a role scoped to that unit."""
    if account.user.truth.get("isManagementRestricted"):
        raise denied()


def _block(enabled: object) -> Json:
    if not isinstance(enabled, bool):
        raise bad_request("Invalid value specified for property 'accountEnabled' of resource 'User'.")
    return {"accountEnabled": enabled}


def _reset(request: GraphRequest, account: Account) -> Json:
    profile = request.body[PASSWORD]
    password = profile.get("password") if isinstance(profile, dict) else None
    behaviour = request.tenant.behaviour
    if request.tenant.federated(account):
        return _foreign("federated", behaviour.reset_of_federated)
    if account.external:
        return _foreign("guest", behaviour.reset_of_guest)
    if not password:
        raise bad_request("Property passwordProfile.password value is required but is empty or missing.")
    if not _complies(password):
        raise bad_request(
            "The specified password does not comply with password complexity requirements. "
            "Please provide a different password."
        )
    moment = stamp(request.call.at)
    return {"lastPasswordChangeDateTime": moment, "signInSessionsValidFromDateTime": moment}


def _foreign(kind: str, behaviour: str) -> Json:
    if behaviour == "refused":
        raise bad_request(f"Property passwordProfile cannot be set for a {kind} user.")
    return {}


def _complies(password: str) -> bool:
    classes = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    present = sum(any(test(letter) for letter in password) for test in classes)
    return SHORTEST <= len(password) <= LONGEST and present >= CLASSES
