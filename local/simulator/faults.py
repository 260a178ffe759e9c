"""Trouble on demand: ``POST /_simulator/faults``.

The first fault that matches a call and has ``times`` left is used, once. ``do`` is one of:
``{"status", "code"?, "message"?, "headers"?, "body"?}``  answer that instead, in the service's own envelope;
``{"delay": seconds}``                    wait, then answer as usual;
``{"drop": "before" | "after", "delay"?}``  wait, then close the connection; after: what was asked for has happened;
``{"echo": true}``                        a 400 whose message repeats the body of the request;
``{"expires_in": seconds}``               token endpoint: a token of that life.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from local.simulator import exchange, graph
from local.simulator.answer import Answer, ExchangeError, GraphError
from local.simulator.call import Call


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(Strict):
    """Which calls: all that is given must fit. ``path`` is a regular expression, searched for."""

    service: Literal["graph", "exchange", "token", "login"] | None = None
    method: str | None = None
    path: str | None = None
    cmdlet: str | None = None

    @field_validator("path")
    @classmethod
    def _is_a_pattern(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    def fits(self, call: Call) -> bool:
        wanted = (self.service, self.method, self.cmdlet)
        actual = (call.service, call.method, call.cmdlet)
        equal = all(want is None or want == have for want, have in zip(wanted, actual, strict=True))
        return equal and (self.path is None or re.search(self.path, call.path) is not None)


class Refuse(Strict):
    """``code`` is Graph's error code, or the exception type of a cmdlet."""

    status: int = Field(ge=200, le=599)
    code: str = "SimulatedFault"
    message: str = "A fault that the simulator was told to make."
    headers: dict[str, str] = {}
    body: Any = None


class Delay(Strict):
    delay: float = Field(ge=0)


class Drop(Strict):
    drop: Literal["before", "after"]
    delay: float = Field(0.0, ge=0)


class Echo(Strict):
    echo: Literal[True]


class ShortLife(Strict):
    expires_in: float


class Fault(Strict):
    """``times``: how often, None for always."""

    match: Match = Match()
    times: int | None = Field(default=None, ge=1)
    do: Refuse | Delay | Drop | Echo | ShortLife


@dataclass
class _Planned:
    fault: Fault
    left: int | None


class Faults:
    """The faults that are still to be made, in the order in which they came."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(self, fault: Fault) -> None:
        self._planned.append(_Planned(fault, fault.times))

    def clear(self) -> None:
        self._planned.clear()

    def take(self, call: Call) -> Refuse | Delay | Drop | Echo | ShortLife | None:
        """What to do to this call; counts it as done."""
        for planned in self._planned:
            if planned.left != 0 and planned.fault.match.fits(call):
                if planned.left is not None:
                    planned.left -= 1
                return planned.fault.do
        return None


def refusal(do: Refuse | Echo, call: Call) -> Answer:
    """The answer that a fault puts in the place of the service's own."""
    if isinstance(do, Echo):
        text = call.raw_body.decode(errors="replace")
        return _in_envelope(call, 400, "Request_BadRequest", f"The request could not be understood: {text}", {})
    if do.body is not None:
        body = do.body.encode() if isinstance(do.body, str) else do.body
        return Answer(do.status, body, do.headers)
    return _in_envelope(call, do.status, do.code, do.message, do.headers)


def _in_envelope(call: Call, status: int, code: str, message: str, headers: dict[str, str]) -> Answer:
    if call.service == "graph":
        answer = graph.error_answer(call, GraphError(status, code, message))
    elif call.service == "exchange":
        answer = exchange.error_answer(ExchangeError(code, message, status))
    else:
        answer = Answer(status, {"statusCode": status, "message": message})
    return Answer(status, answer.body, {"request-id": call.request_id, **answer.headers, **headers})
