"""What the simulated services answer: a value, or one of their refusals raised as an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. ``body`` is JSON to be, raw bytes, or None for an empty one."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class GraphError(Exception):
    """A refusal of Microsoft Graph. https://learn.microsoft.com/graph/errors"""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class ExchangeError(Exception):
    """A failure of a cmdlet; ``kind`` is the .NET exception type that the service names in its answer."""

    def __init__(self, kind: str, message: str, status: int = 400, code: str = "BadRequest") -> None:
        super().__init__(message)
        self.kind, self.message, self.status, self.code = kind, message, status, code


class NotSimulated(Exception):
    """The documentation has it, the simulator does not (yet): answered with 501 so that nobody is misled."""


def denied() -> GraphError:
    """The directory's refusal for want of a permission or a role."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def not_found(identifier: str) -> GraphError:
    """The directory's answer for an object that does not exist (or is no id at all)."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{identifier}' does not exist or one of its queried reference-property objects are not present.",
    )


def bad_request(message: str, code: str = "Request_BadRequest") -> GraphError:
    """A malformed or invalid request."""
    return GraphError(400, code, message)
