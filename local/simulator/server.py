"""The HTTP side: one port for all services, a ``Date`` of the simulated clock on every answer, real drops."""

import asyncio
import json
from email.utils import format_datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.serving import Server
from local.simulator.answer import Answer
from local.simulator.call import read_call, service_of
from local.simulator.control import control_routes
from local.simulator.simulation import Simulation

TRANSPORT = "transport"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class Connection(H11Protocol):
    """Lets the application see its connection, so that it can drop it as a broken network does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.app_state = {**self.app_state, TRANSPORT: transport}


class Dropped(Response):
    """No answer at all: the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        scope["state"][TRANSPORT].abort()
        await receive()


def create_app(simulation: Simulation) -> Starlette:
    """The application over one simulation."""

    async def serve(request: Request) -> Response:
        service = service_of(request.url.path)
        if service is None:
            return Response(status_code=404)
        call = await read_call(request, service, simulation.tenant.now())
        answer = await simulation.answer(call)
        if answer is None:
            return Dropped()
        return _response(answer, {"date": format_datetime(call.at, usegmt=True)})

    return Starlette(routes=[*control_routes(simulation), Route("/{path:path}", serve, methods=METHODS)])


def create_server(simulation: Simulation, port: int) -> Server:
    """A server bound to ``port`` of loopback (0: any free one), not yet listening."""
    config = uvicorn.Config(
        create_app(simulation),
        http=Connection,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return Server(config, "simulator", port)


def _response(answer: Answer, headers: dict[str, str]) -> Response:
    content: Any = answer.body
    if content is not None and not isinstance(content, bytes):
        content = json.dumps(content).encode()
        headers = {"content-type": "application/json", **headers}
    return Response(content, answer.status, {**headers, **answer.headers})
