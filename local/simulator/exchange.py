"""The Exchange Online admin API, ``POST /adminapi/beta/{tenant}/InvokeCommand``, and that of Security & Compliance.

It has no public contract: this is what Microsoft's own module sends and what was seen on the wire. Cmdlets and
parameters are those of https://learn.microsoft.com/powershell/module/exchange/. Handlers register with
``@cmdlet("Get-Mailbox")``. Parameter names are taken as the documentation writes them, never abbreviated.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import uuid4

from local.simulator.answer import Answer, ExchangeError, NotSimulated
from local.simulator.call import Call
from local.simulator.contract import CMDLETS, COMPLIANCE_ROLES, EXCHANGE_ROLES, Cmdlet, ExchangeRole
from local.simulator.records import Json
from local.simulator.tenant import Tenant
from local.simulator.tokens import EXCHANGE, Issuer, Token, TokenRefused
from local.simulator.tokens import PROTECTION as TOKENS_OF_PROTECTION

MANAGE_AS_APP = "Exchange.ManageAsApp"
DEFAULT_RESULT_SIZE = 1000
NULS = Answer(403, b"\x00" * 64, {"content-type": "application/octet-stream"})
AMBIGUOUS = "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException"
TRANSFORMATION = "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException"
BINDING = "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterBindingException"
MISSING = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
MANY = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException"
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "Boolean": (bool, type(None)),
    "SwitchParameter": (bool,),
    "MailboxIdParameter": (str, type(None)),
    "RecipientIdParameter": (str, type(None)),
    "ProxyAddress": (str, type(None)),
}


@dataclass(frozen=True)
class Endpoint:
    """One of the two places that take cmdlets: whom its tokens are for, below which path it is found here (both are
    one server), what directory roles open there, and which cmdlets and parameters there are."""

    name: str
    audience: str
    path: tuple[str, ...]
    roles: Mapping[str, ExchangeRole]

    def has(self, described: Cmdlet) -> bool:
        return described.compliance if self.path else described.exchange

    def lacks(self, described: Cmdlet, parameter: str) -> bool:
        return bool(self.path) and parameter in described.not_in_compliance


ONLINE = Endpoint("Exchange Online", EXCHANGE, (), EXCHANGE_ROLES)
PROTECTION = Endpoint("Security & Compliance", TOKENS_OF_PROTECTION, ("compliance",), COMPLIANCE_ROLES)


@dataclass(frozen=True)
class CmdletRequest:
    """A checked cmdlet call. A parameter that is absent and one that is null are told apart by ``in``."""

    tenant: Tenant
    endpoint: Endpoint
    call: Call
    parameters: Json


@dataclass(frozen=True)
class Output:
    """What a cmdlet returns: rows, warnings."""

    rows: Iterable[Json] = ()
    warnings: tuple[str, ...] = ()


type Handler = Callable[[CmdletRequest], Output]


@dataclass(frozen=True)
class Registered:
    handler: Handler
    parameters: frozenset[str]


HANDLERS: dict[str, Registered] = {}


def cmdlet(name: str, *parameters: str) -> Callable[[Handler], Handler]:
    """Register the handler of a cmdlet and the parameters that it implements: others get a 501."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = Registered(handler, frozenset(parameters))
        return handler

    return register


def answer_exchange(call: Call, tenant: Tenant, issuer: Issuer, endpoint: Endpoint) -> Answer:
    """Answer one call of the admin API, failures in its envelope included."""
    headers = {"request-id": call.request_id}
    try:
        answer = _answer(call, tenant, issuer, endpoint)
    except TokenRefused:
        answer = Answer(401, None, {"www-authenticate": "Bearer"})
    except ExchangeError as error:
        answer = error_answer(error)
    except NotSimulated as error:
        answer = Answer(501, {"error": {"code": "NotSimulated", "message": str(error)}})
    return Answer(answer.status, answer.body, {**headers, **answer.headers})


def error_answer(error: ExchangeError) -> Answer:
    """The failure envelope: the outer message says nothing, the inner exception everything."""
    outer = "Invalid Operation" if error.kind.startswith("Microsoft.Exchange.AdminApi") else "Error executing cmdlet"
    code = "" if outer == "Invalid Operation" else "Ex6F9304"
    detail = {
        "code": "Client" if outer == "Invalid Operation" else "Context",
        "target": "",
        "message": f"{code}|{error.kind}|{error.message}",
    }
    inner = {
        "message": outer,
        "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        "stacktrace": "",
        "internalexception": {"message": error.message, "type": error.kind, "stacktrace": ""},
    }
    body = {
        "error": {
            "code": error.code,
            "message": outer,
            "details": [detail],
            "innererror": inner,
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": [],
        }
    }
    return Answer(error.status, body)


def _answer(call: Call, tenant: Tenant, issuer: Issuer, endpoint: Endpoint) -> Answer:
    token = issuer.check(call, endpoint.audience)
    if MANAGE_AS_APP not in token.roles:
        raise TokenRefused(f"The token lacks the role {MANAGE_AS_APP}.")
    if not any(wid in endpoint.roles for wid in token.wids):
        return _no_directory_role(tenant)
    if call.segments[len(endpoint.path) :] == ("AdminApi", "v1.0", tenant.id, "EXOModuleFile"):
        return Answer(200, {"value": []})
    _check_address(call, tenant, endpoint)
    name, parameters = _envelope(call)
    described = CMDLETS.get(name)
    if described is None or not endpoint.has(described) or not _may_call(name, token, endpoint):
        return NULS
    checked = _check_parameters(described, parameters, endpoint)
    registered = HANDLERS.get(name)
    if registered is None:
        raise NotSimulated(f"{name} is in the contract, but the simulator has no handler.")
    unbuilt = checked.keys() - registered.parameters
    if unbuilt:
        raise NotSimulated(f"{name}: {', '.join(sorted(unbuilt))} is not simulated.")
    return _success(call, tenant, checked, registered.handler(CmdletRequest(tenant, endpoint, call, checked)))


def _no_directory_role(tenant: Tenant) -> Answer:
    message = (
        f"The role assigned to application {tenant.identity.client_id} isn't supported in this scenario. Please "
        "check online documentation for assigning correct Directory Roles to Azure AD Application for EXO "
        "App-Only Authentication."
    )
    return Answer(403, {"error": {"code": "Forbidden", "message": message}})


def _check_address(call: Call, tenant: Tenant, endpoint: Endpoint) -> None:
    match call.segments[len(endpoint.path) :]:
        case ("adminapi", "beta" | "v1.0", tenant_id, "InvokeCommand"):
            if tenant_id.casefold() not in (tenant.id.casefold(), tenant.initial_domain.casefold()):
                raise ExchangeError(BINDING, f"The tenant '{tenant_id}' was not found.")
        case _:
            raise ExchangeError(BINDING, f"Resource not found: {call.path}", 404, "NotFound")
    if call.method != "POST":
        raise ExchangeError(BINDING, "The requested resource does not support this method.", 405)
    if "$skiptoken" in call.query:
        message = "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
        raise ExchangeError(BINDING, message)
    unknown = call.query.keys() - {"$select"}
    if unknown:
        raise ExchangeError(BINDING, f"Unknown query option: {', '.join(sorted(unknown))}")


def _envelope(call: Call) -> tuple[str, Json]:
    content_type = call.headers.get("content-type", "").partition(";")[0].strip()
    try:
        body = call.json if content_type == "application/json" else None
    except ValueError:
        body = None
    match body:
        case {"CmdletInput": {"CmdletName": str(name), "Parameters": dict(parameters), **more}, **others}:
            if not more and not others:
                return name, parameters
    raise ExchangeError(BINDING, "The body is not a valid CmdletInput.")


def _may_call(name: str, token: Token, endpoint: Endpoint) -> bool:
    patterns = (p for wid in token.wids if wid in endpoint.roles for p in endpoint.roles[wid].cmdlets)
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _check_parameters(described: Cmdlet, parameters: Json, endpoint: Endpoint) -> Json:
    for name, value in parameters.items():
        if name not in described.parameters or endpoint.lacks(described, name):
            raise ExchangeError(
                AMBIGUOUS,
                "Parameter set cannot be resolved using the specified named parameters. "
                f"Invalid cmdlet parameters specified. {name}",
            )
        expected = JSON_TYPES.get(described.parameters[name])
        if expected and not isinstance(value, expected):
            raise ExchangeError(
                TRANSFORMATION,
                f"Cannot process argument transformation on parameter '{name}'. "
                f"Cannot convert value to type {described.parameters[name]}.",
            )
    for name in described.required:
        if parameters.get(name) in (None, ""):
            raise ExchangeError(BINDING, f"Cannot bind argument to parameter '{name}' because it is null.")
    return parameters


def _success(call: Call, tenant: Tenant, parameters: Json, output: Output) -> Answer:
    rows = [_selected(row, call) for row in output.rows]
    context = f"{EXCHANGE}/adminapi/beta/{tenant.id}/$metadata#Collection(Exchange.GenericHashTable)"
    warnings = list(output.warnings)
    body: dict[str, Any] = {
        "@odata.context": context,
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": warnings,
    }
    size = _result_size(parameters.get("ResultSize", DEFAULT_RESULT_SIZE), len(rows))
    page = _page_size(call.headers.get("prefer", ""), len(rows))
    shown = rows[: min(size, page)]
    if len(shown) < len(rows):
        warnings.append(
            f"There are more results available than are currently displayed. By default, only the first "
            f"{len(shown)} are returned. To view them, increase the value for the ResultSize parameter."
        )
    if page < min(size, len(rows)):
        body["@odata.nextLink"] = f"{call.base_url}{call.path}?$skiptoken={uuid4().hex}"
    return Answer(200, {**body, "value": shown})


def _selected(row: Json, call: Call) -> Json:
    if "$select" not in call.query:
        return row
    names = call.query["$select"][0].split(",")
    return {name: row[name] for name in names if name in row}


def _result_size(value: object, everything: int) -> int:
    if value == "Unlimited":
        return everything
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ExchangeError(TRANSFORMATION, "Cannot process argument transformation on parameter 'ResultSize'.")


def _page_size(prefer: str, everything: int) -> int:
    for preference in prefer.split(";"):
        name, _, value = preference.strip().partition("=")
        if name == "odata.maxpagesize" and value.isdigit() and int(value) > 0:
            return int(value)
    return everything
