"""HTTP triggers: routes, keys, requests and answers as the worker protocol carries them.

Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
"""

import logging
import re
from asyncio import timeout
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .keys import Keys
from .protocol import RpcHttp, TypedData
from .worker import Function, FunctionFailed, Worker

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
MAX_BODY = 100 * 1024 * 1024  # bytes
_CONSTRAINTS = {
    "": r"[^/]+",
    "int": r"-?[0-9]+",
    "alpha": r"[A-Za-z]+",
    "guid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}
_SEGMENT = re.compile(r"\{(?P<rest>\*)?(?P<name>\w+)(?::(?P<constraint>\w+))?(?P<optional>\?)?\}")

log = logging.getLogger("host.http")


@dataclass(frozen=True)
class Door:
    """A function's route, compiled. More literal routes come before those with parameters."""

    function: Function
    pattern: re.Pattern[str]
    literals: int

    @classmethod
    def of(cls, function: Function, prefix: str) -> "Door":
        """Raises ``ValueError`` for a constraint that this host does not know."""
        route = f"{prefix}/{function.trigger.get('route') or function.name}".strip("/")
        segments = route.split("/")
        pattern = "".join(_compiled(segment) for segment in segments)
        literals = sum(not _SEGMENT.fullmatch(segment) for segment in segments)
        return cls(function, re.compile(pattern, re.IGNORECASE), literals)

    @property
    def methods(self) -> list[str]:
        """The methods that it takes; all of them where it names none."""
        return [method.upper() for method in self.function.trigger.get("methods") or METHODS]


@dataclass
class Front:
    """All HTTP functions of the app."""

    worker: Worker
    keys: Keys
    doors: list[Door]
    time_limit: timedelta

    def app(self) -> Starlette:
        """The application."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=METHODS)])

    async def _answer(self, request: Request) -> Response:
        path = "/" + request.scope["raw_path"].decode("ascii").strip("/")
        found = ((door, door.pattern.fullmatch(path)) for door in self.doors if request.method in door.methods)
        door, match = next(((door, match) for door, match in found if match), (None, None))
        if door is None or match is None:
            return Response(status_code=404)
        level = door.function.trigger.get("authLevel") or "FUNCTION"
        if not self.keys.open(door.function.name, level, request.headers, request.query_params):
            return Response(status_code=401)
        body = await request.body()
        if len(body) > MAX_BODY:
            return Response(status_code=413)
        params = {name: _decoded(value) for name, value in match.groupdict().items() if value is not None}
        return await self._run(door.function, _rpc(request, body, params))

    async def _run(self, function: Function, http: RpcHttp) -> Response:
        try:
            async with timeout(self.time_limit.total_seconds()):
                result = await self.worker.invoke(function, TypedData(http=http))
        except (FunctionFailed, TimeoutError) as error:
            log.error("%s failed: %s", function.name, str(error) or "time-out")
            return Response(status_code=500)
        answer = result.value.http if result.value else None
        if answer is None:
            return Response(status_code=204)
        content = answer.body.bytes if answer.body.bytes is not None else (answer.body.string or "").encode()
        return Response(content, int(answer.status_code), answer.headers)


def front(worker: Worker, keys: Keys, prefix: str, time_limit: timedelta) -> Front:
    """The HTTP functions of a worker, in the order in which their routes are tried."""
    doors = [Door.of(function, prefix) for function in worker.functions if function.kind == "httpTrigger"]
    return Front(worker, keys, sorted(doors, key=lambda door: -door.literals), time_limit)


def _compiled(segment: str) -> str:
    match = _SEGMENT.fullmatch(segment)
    if match is None:
        return ("/" if segment else "") + re.escape(segment)
    constraint = _CONSTRAINTS.get(match["constraint"] or "")
    if constraint is None:
        raise ValueError(f"unknown route constraint: {segment}")
    value = f"/(?P<{match['name']}>{'.*' if match['rest'] else constraint})"
    return f"(?:{value})?" if match["optional"] or match["rest"] else value


def _rpc(request: Request, body: bytes, params: dict[str, str]) -> RpcHttp:
    headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
    query = {name: ",".join(request.query_params.getlist(name)) for name in request.query_params}
    return RpcHttp(request.method, str(request.url), headers, TypedData(bytes=body), params, query)


def _decoded(value: str) -> str:
    """An encoded slash stays encoded, as in ASP.NET: it is no separator."""
    return "%2F".join(map(unquote, re.split("%2f", value, flags=re.IGNORECASE)))
