"""``/_simulator/…``: look into the tenant, replace it, see the calls, plan faults, change the grants, sign in."""

from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.simulator.faults import Fault
from local.simulator.grants import Grants
from local.simulator.seeds import State
from local.simulator.sign_in import SignIn
from local.simulator.simulation import Simulation

type Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(simulation: Simulation) -> list[Route]:
    """The routes over one simulation."""

    async def state(request: Request) -> Response:
        if request.method == "PUT":
            simulation.replace(State.model_validate_json(await request.body()))
        return JSONResponse(simulation.tenant.state().model_dump(mode="json", by_alias=True))

    async def grants(request: Request) -> Response:
        if request.method == "PUT":
            simulation.grants = Grants.model_validate_json(await request.body())
        return JSONResponse(simulation.grants.model_dump(mode="json"))

    async def calls(request: Request) -> Response:
        if request.method == "DELETE":
            simulation.calls.clear()
        return JSONResponse(simulation.calls.rows())

    async def passwords(request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
        return JSONResponse(simulation.calls.passwords)

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            simulation.faults.clear()
        else:
            simulation.faults.add(Fault.model_validate_json(await request.body()))
        return Response(status_code=204)

    return [
        Route("/_simulator/state", _explained(state), methods=["GET", "PUT"]),
        Route("/_simulator/grants", _explained(grants), methods=["GET", "PUT"]),
        Route("/_simulator/calls", calls, methods=["GET", "DELETE"]),
        Route("/_simulator/passwords", passwords, methods=["GET"]),
        Route("/_simulator/sign-in", _explained(_sign_in(simulation)), methods=["POST"]),
        Route("/_simulator/faults", _explained(faults), methods=["POST", "DELETE"]),
    ]


def _sign_in(simulation: Simulation) -> Endpoint:
    """Answers the token alone, so that a shell can use it as it is.

    Entra gives one for a password and a second factor, on pages that only a browser can walk through. A script can not,
    and a way around them would be one that Entra does not have: so this is no path of Entra's.
    """

    async def answer(request: Request) -> Response:
        asked = SignIn.model_validate_json(await request.body())
        base_url = str(request.base_url).rstrip("/")
        return Response(simulation.authority.token(asked, simulation.tenant, base_url), media_type="application/jwt")

    return answer


def _explained(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as error:
            return JSONResponse(
                {"detail": error.errors(include_url=False, include_context=False, include_input=False)}, 400
            )
        except ValueError as error:
            return JSONResponse({"detail": str(error)}, 400)

    return answer
