"""The second factors of a user. https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview"""

from local.simulator.answer import Answer, GraphError
from local.simulator.contract import TYPES
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA, page
from local.simulator.privileges import holds_role_for
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Account
from local.simulator.users import find_account, stamp

OF = "/users/{user-id}/authentication"
PASSWORD = {
    "id": "28c10230-6103-485e-b985-444c60001490",
    "@odata.type": "#microsoft.graph.passwordAuthenticationMethod",
}
PHONES = {
    "mobile": "3179e48a-750b-4051-897c-87b9720928f7",
    "alternateMobile": "b6332ec1-7057-4abe-9331-3d72feddfe41",
    "office": "e37fc753-ff3b-4958-9484-eaa9425c82bc",
}
EMAIL = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"
TYPED = {
    "phoneMethods": "phone",
    "emailMethods": "email",
    "microsoftAuthenticatorMethods": "microsoftAuthenticator",
    "softwareOathMethods": "softwareOath",
    "fido2Methods": "fido2",
    "windowsHelloForBusinessMethods": "windowsHelloForBusiness",
    "platformCredentialMethods": "platformCredential",
    "temporaryAccessPassMethods": "temporaryAccessPass",
    "externalAuthenticationMethods": "external",
}
AGAIN = "registered again"
DEFAULT = "Cannot delete default method with other methods configured. Please change default method before deletion."


@operation("GET", f"{OF}/methods", options=frozenset(("$top",)))
def list_methods(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-list-methods"""
    account = find_account(request)
    check(request, account)
    rows = [PASSWORD, *(_shown(row) for row in account.methods.seen["rows"])]
    return Answer(200, page(request.call, request.query, rows, f"users('{account.id}')/authentication/methods"))


@operation("POST", f"{OF}/phoneMethods")
def add_phone(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-post-phonemethods: one of each type."""
    kind, number = request.body.get("phoneType"), request.body.get("phoneNumber")
    if kind not in PHONES or not isinstance(number, str) or not number.startswith("+"):
        raise GraphError(400, "badRequest", "The phone number or its type is not valid.")
    return _add(request, "phone", {"id": PHONES[str(kind)], "phoneType": kind, "phoneNumber": number})


@operation("POST", f"{OF}/emailMethods")
def add_email(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-post-emailmethods"""
    if not isinstance(request.body.get("emailAddress"), str):
        raise GraphError(400, "badRequest", "The e-mail address is not valid.")
    return _add(request, "email", {"id": EMAIL, "emailAddress": request.body["emailAddress"]})


@operation("POST", f"{OF}/externalAuthenticationMethods")
def add_external(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/authentication-post-externalauthenticationmethods: one a provider."""
    values = {name: request.body.get(name) for name in ("configurationId", "displayName")}
    if not all(isinstance(value, str) and value for value in values.values()):
        raise GraphError(400, "badRequest", "The configuration or the name of the external method is missing.")
    account = find_account(request)
    if any(one.get("configurationId") == values["configurationId"] for one in account.methods.truth["rows"]):
        raise GraphError(400, "badRequest", "A method of this provider is registered already.")
    identifier = stable_id(account.id, str(values["configurationId"]), AGAIN)
    return _add(request, "external", {"id": identifier, **values})


def _add(request: GraphRequest, kind: str, values: Json) -> Answer:
    account = find_account(request)
    check(request, account)
    rows = account.methods.truth["rows"]
    row = {**values, "@odata.type": _type(kind), "createdDateTime": stamp(request.call.at)}
    if any(one["id"] == row["id"] for one in rows):
        raise GraphError(400, "badRequest", "A method of this type is registered already.")
    request.tenant.write(account.methods, {"rows": [*rows, row]})
    return Answer(201, {"@odata.context": f"{METADATA}/v1.0/$metadata#authentication/$entity", **_shown(row)})


def _delete(request: GraphRequest, kind: str, identifier: str) -> Answer:
    """The default one, which a seed marks, goes last; an alternate telephone before the first one."""
    account = find_account(request)
    check(request, account)
    rows = account.methods.truth["rows"]
    row = next((one for one in rows if one["id"] == identifier and one["@odata.type"] == _type(kind)), None)
    if row is None:
        raise GraphError(404, "resourceNotFound", "The method was not found.")
    others = [one for one in rows if one is not row]
    if row.get("default") and others:
        raise GraphError(400, "badRequest", DEFAULT)
    if row["id"] == PHONES["mobile"] and any(one["id"] == PHONES["alternateMobile"] for one in others):
        raise GraphError(400, "badRequest", "The mobile phone cannot be deleted while an alternate one is there.")
    request.tenant.write(account.methods, {"rows": others})
    return Answer(204)


def check(request: GraphRequest, account: Account) -> None:
    """Whose account it is decides who may change its methods; reading them is for all who have the permission."""
    if request.call.method != "GET" and not holds_role_for("accountEnabled", account, request.token, request.tenant):
        raise GraphError(403, "accessDenied", "Request Authorization failed")


def _shown(row: Json) -> Json:
    """One of a type that v1.0 does not describe shows its id, and nothing else."""
    kind = TYPES.get(row["@odata.type"].removeprefix("#"))
    properties = kind.properties if kind else ("id",)
    return {"@odata.type": row["@odata.type"], **{name: row.get(name) for name in properties}}


def _type(kind: str) -> str:
    return f"#microsoft.graph.{kind}AuthenticationMethod"


def _register(segment: str, kind: str) -> None:
    parameter = f"{kind}AuthenticationMethod-id"

    @operation("DELETE", f"{OF}/{segment}/{{{parameter}}}")
    def delete(request: GraphRequest) -> Answer:
        return _delete(request, kind, request.parameters[parameter])


for _segment, _kind in TYPED.items():
    _register(_segment, _kind)
