"""Microsoft Graph: finds the operation, checks the token, the permissions and the request, calls the handler.

Handlers register with ``@operation("GET", "/users/{user-id}")``, by the path as the contract writes it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from local.simulator.answer import Answer, GraphError, NotSimulated, bad_request, denied
from local.simulator.call import Call
from local.simulator.contract import ADDITIONS, OPERATIONS, TYPES, Operation
from local.simulator.odata import Query, element_type, read_query
from local.simulator.records import Json
from local.simulator.tenant import Tenant
from local.simulator.tokens import GRAPH, Issuer, Token, TokenRefused

KEY_SYNTAX = re.compile(r"(\w+)\('((?:[^']|'')*)'\)")
JSON_TYPES: dict[str, type] = {"Edm.Boolean": bool, "Edm.String": str}


@dataclass(frozen=True)
class GraphRequest:
    """A checked request. ``parameters`` are the path's, ``body`` the JSON object, {} where there is none."""

    tenant: Tenant
    call: Call
    token: Token
    operation: Operation
    parameters: dict[str, str]
    query: Query
    body: Json

    @property
    def kind(self) -> str:
        """The type of what is answered."""
        return element_type(self.operation)


type Handler = Callable[[GraphRequest], Answer]


@dataclass(frozen=True)
class Registered:
    handler: Handler
    options: frozenset[str]
    selectable: frozenset[str] | None


HANDLERS: dict[tuple[str, str, str], Registered] = {}


def operation(
    method: str,
    path: str,
    *,
    version: str = "v1.0",
    options: frozenset[str] = frozenset(),
    selectable: frozenset[str] | None = None,
) -> Callable[[Handler], Handler]:
    """Register the handler of an operation, which must be in the contract.

    ``options`` are the query options that it implements: others that the contract has get a 501.
    ``selectable`` are the properties that ``$select`` may name where they aren't those of the type.
    """

    def register(handler: Handler) -> Handler:
        HANDLERS[method, version, path] = Registered(handler, options, selectable)
        return handler

    return register


def answer_graph(call: Call, tenant: Tenant, issuer: Issuer) -> Answer:
    """Answer one call of Graph, errors in Graph's envelope included."""
    try:
        answer = _answer(call, tenant, issuer)
    except TokenRefused as error:
        refusal = GraphError(401, "InvalidAuthenticationToken", str(error))
        answer = error_answer(call, refusal, {"www-authenticate": 'Bearer realm=""'})
    except GraphError as error:
        answer = error_answer(call, error)
    except NotSimulated as error:
        answer = error_answer(call, GraphError(501, "NotSimulated", str(error)))
    return Answer(answer.status, answer.body, {**_headers(call), **answer.headers})


def error_answer(call: Call, error: GraphError, headers: dict[str, str] | None = None) -> Answer:
    """Graph's error envelope."""
    inner = {
        "date": call.at.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": call.request_id,
        "client-request-id": call.client_request_id,
    }
    body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
    return Answer(error.status, body, headers or {})


def _answer(call: Call, tenant: Tenant, issuer: Issuer) -> Answer:
    token = issuer.check(call, GRAPH)
    found, parameters = _route(call)
    if token.roles.isdisjoint(found.permissions):
        raise denied()
    registered = HANDLERS.get((found.method, found.version, found.path))
    query = read_query(call, found, registered.selectable if registered else None)
    body = _body(call, found)
    if registered is None:
        raise NotSimulated(f"{found.method} {found.path} is in the contract, but the simulator has no handler.")
    missing = [name for name in found.query if name in call.query and name not in registered.options]
    if missing:
        raise NotSimulated(f"{found.method} {found.path}: {', '.join(missing)} is not simulated.")
    return registered.handler(GraphRequest(tenant, call, token, found, parameters, query, body))


def _route(call: Call) -> tuple[Operation, dict[str, str]]:
    version, *rest = _expand_keys(call.segments)
    candidates = [
        (operation, parameters)
        for operation in OPERATIONS
        if operation.version == version and (parameters := operation.match(tuple(rest))) is not None
    ]
    if not candidates:
        raise bad_request(f"Resource not found for the segment '{rest[-1]}'.", "BadRequest")
    for operation, parameters in candidates:
        if operation.method == call.method:
            return operation, parameters
    raise GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def _expand_keys(segments: tuple[str, ...]) -> list[str]:
    """``users('x')`` means ``users/x``, and the only way for a key that starts with ``$``."""
    expanded: list[str] = []
    for segment in segments:
        if segment.startswith("$") and segment not in ("$ref", "$count", "$batch"):
            raise bad_request(f"Resource not found for the segment '{segment}'.", "BadRequest")
        key = KEY_SYNTAX.fullmatch(segment)
        name = re.sub(r"^graph\.", "microsoft.graph.", segment)
        expanded += [key[1], key[2].replace("''", "'")] if key else [name]
    return expanded


def _body(call: Call, found: Operation) -> Json:
    try:
        body = call.json
    except ValueError as error:
        raise bad_request("Unable to read JSON request payload.", "BadRequest") from error
    if body is None and found.body is None:
        return {}
    content_type = call.headers.get("content-type", "").partition(";")[0].strip()
    if content_type != "application/json" or not isinstance(body, dict):
        raise bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of "
            "valid JSON format.",
            "BadRequest",
        )
    return check_properties(body, found.body)


def check_properties(body: Json, kind: str | tuple[str, ...] | None) -> Json:
    """The body, every property of it known, writable and of its type. Raises GraphError (400)."""
    types = TYPES[kind].properties if isinstance(kind, str) else dict.fromkeys(kind or (), "")
    read_only = ADDITIONS.read_only.get(kind) if isinstance(kind, str) else None
    for name, value in body.items():
        if name == "@odata.type":
            continue
        if name not in types:
            raise bad_request(f"Invalid property '{name}'.")
        if read_only and name in read_only.properties:
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
        _check_value(name, value, types[name])
    return body


def _check_value(name: str, value: object, kind: str) -> None:
    if kind in TYPES and isinstance(value, dict):
        check_properties(value, kind)
        return
    expected = JSON_TYPES.get(kind, dict if kind in TYPES else None)
    if expected and value is not None and not isinstance(value, expected):
        raise bad_request(f"Invalid value specified for property '{name}' of resource 'User'.")


def _headers(call: Call) -> dict[str, str]:
    return {
        "request-id": call.request_id,
        "client-request-id": call.client_request_id,
        "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Simulator"}}',
        "x-ms-resource-unit": "1",
    }
