"""One HTTP call as the simulated services see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from starlette.requests import Request

from local.simulator.records import Json

SERVICES = {
    "/msi/token": "token",
    "/adminapi/": "exchange",
    "/compliance/adminapi/": "compliance",
    "/v1.0/": "graph",
    "/beta/": "graph",
}
CMDLETS = ("exchange", "compliance")  # the services that are called by cmdlets
OPENID = ("/v2.0/.well-known/openid-configuration", "/discovery/v2.0/keys")  # after the tenant's id


@dataclass(frozen=True)
class Call:
    """``path`` is as sent, ``segments`` are percent-decoded once; ``at`` is the server's clock.

    ``client_request_id`` is the caller's own, or one of ours where he sent none.
    """

    service: str
    method: str
    path: str
    segments: tuple[str, ...]
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    raw_body: bytes
    base_url: str
    at: datetime
    request_id: str
    client_request_id: str

    @property
    def json(self) -> Any:
        """The body; None where it is empty. Raises ValueError where it is not JSON."""
        return json.loads(self.raw_body) if self.raw_body.strip() else None

    @property
    def cmdlet(self) -> str | None:
        """The cmdlet that an Exchange call names, None otherwise or where the body is no envelope."""
        name = self._cmdlet_input().get("CmdletName")
        return name if isinstance(name, str) else None

    @property
    def parameters(self) -> object:
        """What the call log shows of the body: a cmdlet's parameters, or the JSON body itself."""
        return self._cmdlet_input().get("Parameters") if self.service in CMDLETS else self._json_or_none()

    def _cmdlet_input(self) -> Json:
        body = self._json_or_none() if self.service in CMDLETS else None
        envelope = body.get("CmdletInput") if isinstance(body, dict) else None
        return envelope if isinstance(envelope, dict) else {}

    def _json_or_none(self) -> Any:
        try:
            return self.json
        except ValueError:
            return None


def service_of(path: str) -> str | None:
    """Which simulated service owns a path, None where nobody does."""
    if path.endswith(OPENID):
        return "login"
    return next((service for prefix, service in SERVICES.items() if path.startswith(prefix)), None)


async def read_call(request: Request, service: str, at: datetime) -> Call:
    """The call that a request makes on ``service``, received at ``at``."""
    path = request.scope["raw_path"].decode("ascii")
    return Call(
        service=service,
        method=request.method,
        path=path,
        segments=tuple(unquote(segment) for segment in path.strip("/").split("/")),
        query={key: tuple(request.query_params.getlist(key)) for key in request.query_params},
        headers=request.headers,
        raw_body=await request.body(),
        base_url=str(request.base_url).rstrip("/"),
        at=at,
        request_id=str(uuid4()),
        client_request_id=request.headers.get("client-request-id", str(uuid4())),
    )
