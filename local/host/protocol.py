"""Stand-ins for the messages of the worker protocol, as far as Microsoft's worker library uses them.

The library takes these classes from its caller (in Azure: from the generated gRPC code).
Source: Azure/azure-functions-language-worker-protobuf, FunctionRpc.proto.
"""

import builtins
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import SimpleNamespace
from typing import Any, Self


@dataclass
class TypedData:
    """A value of one kind: the one field that is set."""

    string: str | None = None
    bytes: "builtins.bytes | None" = None
    json: str | None = None
    http: "RpcHttp | None" = None
    int: "builtins.int | None" = None
    double: float | None = None

    def WhichOneof(self, _: str) -> str | None:  # noqa: N802 - the name that protobuf gives it
        """The name of the field that is set."""
        return next((name for name, value in vars(self).items() if value is not None), None)


@dataclass
class ParameterBinding:
    """A named argument."""

    name: str
    data: TypedData

    def WhichOneof(self, _: str) -> str:  # noqa: N802 - the name that protobuf gives it
        """Always data: the shared memory of the protocol is not used."""
        return "data"


@dataclass
class RpcHttp:
    """A request or an answer."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: TypedData = field(default_factory=TypedData)
    params: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    status_code: str = ""
    cookies: list["RpcHttpCookie"] | None = None
    enable_content_negotiation: bool = False


@dataclass
class Nullable:
    """One of the protocol's nullable scalars."""

    value: Any


@dataclass
class RpcHttpCookie:
    """A cookie of an answer."""

    class SameSite(IntEnum):
        """Its values as the protocol names them."""

        Lax = 1
        Strict = 2
        ExplicitNone = 3

    name: str
    value: str
    domain: Nullable | None = None
    path: Nullable | None = None
    expires: Nullable | None = None
    secure: Nullable | None = None
    http_only: Nullable | None = None
    same_site: Any = None
    max_age: Nullable | None = None


setattr(RpcHttpCookie.SameSite, "None", 0)


class BindingInfo:
    """What the worker says of a binding. ``undefined`` must be None: the library tests it with ``is``."""

    undefined = None
    out = 1
    inout = 2

    def __init__(self, type: str, data_type: object, direction: int) -> None:  # noqa: A002 - the protocol's name
        self.type = type
        self.data_type = data_type
        self.direction = direction


@dataclass
class RpcException:
    """What a function raised."""

    message: str = ""
    stack_trace: str = ""


class Status(StrEnum):
    """How a request to the worker ended."""

    FAILURE = "failure"
    SUCCESS = "success"


@dataclass
class StatusResult:
    """The end of a request, with what was raised."""

    Failure = Status.FAILURE
    Success = Status.SUCCESS

    status: Status
    exception: RpcException | None = None


@dataclass
class RpcFunctionMetadata:
    """A function that the worker has indexed. ``raw_bindings`` are JSON texts, as in a function.json."""

    name: str
    function_id: str
    directory: str
    script_file: str
    entry_point: str
    language: str
    bindings: dict[str, BindingInfo]
    raw_bindings: list[str]
    properties: dict[str, str]
    managed_dependency_enabled: bool = False
    is_proxy: bool = False
    retry_options: object = None


class Message(SimpleNamespace):
    """Any other message: its fields are attributes."""


@dataclass
class InvocationResponse:
    """What an invocation gave."""

    invocation_id: str
    result: StatusResult
    return_value: TypedData | None = None
    output_data: list[ParameterBinding] = field(default_factory=list)


@dataclass
class Request:
    """What the worker library's handlers take."""

    request: Message
    properties: dict[str, Any]

    @classmethod
    def of(cls, kind: str, **fields: Any) -> Self:
        """A request of one kind: ``worker_init_request``, ``invocation_request``, …"""
        return cls(Message(**{kind: Message(**fields)}), {"host": "127.0.0.1", "protos": PROTOS})


PROTOS = SimpleNamespace(
    BindingInfo=BindingInfo,
    FunctionLoadResponse=Message,
    FunctionMetadataResponse=Message,
    InvocationResponse=InvocationResponse,
    NullableBool=Nullable,
    NullableDouble=Nullable,
    NullableString=Nullable,
    NullableTimestamp=Nullable,
    ParameterBinding=ParameterBinding,
    RpcException=RpcException,
    RpcFunctionMetadata=RpcFunctionMetadata,
    RpcHttp=RpcHttp,
    RpcHttpCookie=RpcHttpCookie,
    RpcRetryOptions=Message,
    StatusResult=StatusResult,
    TypedData=TypedData,
    WorkerInitResponse=Message,
    WorkerMetadata=Message,
)
