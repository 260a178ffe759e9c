"""The worker: Microsoft's own library indexes, converts and invokes, as it does in Azure. One app a process."""

import json
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Self
from uuid import uuid4

import azure_functions_runtime as runtime

from .protocol import InvocationResponse, Message, ParameterBinding, Request, RpcFunctionMetadata, Status, TypedData

log = logging.getLogger("host")


class LoadError(Exception):
    """The app cannot be indexed. The text is the worker library's."""


class FunctionFailed(Exception):
    """A function raised. The text is its traceback."""


@dataclass(frozen=True)
class Function:
    """An indexed function. ``trigger`` and ``outputs`` hold bindings as a function.json does."""

    name: str
    id: str
    trigger: dict[str, Any]
    outputs: dict[str, dict[str, Any]]

    @property
    def kind(self) -> str:
        """``httpTrigger``, ``queueTrigger``, ``timerTrigger``, …"""
        return str(self.trigger["type"])

    @property
    def group(self) -> str:
        """What it shares its instances with on Flex Consumption: ``http``, or nothing but itself: ``function:<name>``.

        Source: Azure Functions Flex Consumption plan, per-function scaling.
        """
        return "http" if self.kind == "httpTrigger" else f"function:{self.name}"


@dataclass(frozen=True)
class Result:
    """What a function gave: its return value, and what it set its outputs to, by their names."""

    value: TypedData | None
    outputs: dict[str, TypedData]


class Worker:
    """The app's functions, loaded."""

    def __init__(self, functions: tuple[Function, ...]) -> None:
        self.functions = functions

    @classmethod
    async def load(cls, root: Path, group: str | None = None) -> Self:
        """Indexes ``function_app.py`` in ``root``, which becomes the working directory; of a ``group``, the others are
        not there. Raises ``LoadError``."""
        sys.path.insert(0, str(root))
        os.chdir(root)
        init = Request.of("worker_init_request", capabilities={}, function_app_directory=str(root))
        _ok(await runtime.worker_init_request(init))
        indexed = await runtime.functions_metadata_request(Request.of("functions_metadata_request"))
        _ok(indexed)
        known = [_function(metadata) for metadata in indexed.function_metadata_results or ()]
        functions = tuple(function for function in known if group in (None, function.group))
        if not functions:
            raise LoadError(f"No function is in the group {group}. There are: {', '.join(_groups(known))}.")
        for function in functions:
            load = Request.of("function_load_request", function_id=function.id)
            _ok(await runtime.function_load_request(load))
        return cls(functions)

    async def invoke(self, function: Function, data: TypedData, metadata: dict[str, str] | None = None) -> Result:
        """Runs a function. ``metadata`` is that of its trigger. Raises ``FunctionFailed``."""
        began = monotonic()
        response: InvocationResponse = await runtime.invocation_request(
            Request.of(
                "invocation_request",
                invocation_id=str(uuid4()),
                function_id=function.id,
                input_data=[ParameterBinding(function.trigger["name"], data)],
                trigger_metadata={name: TypedData(string=value) for name, value in (metadata or {}).items()},
                trace_context=Message(trace_parent="", trace_state="", attributes={}),
                retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
            )
        )
        failure = response.result.exception if response.result.status is Status.FAILURE else None
        took = (monotonic() - began) * 1000
        log.info("%s %s in %.0f ms", function.name, "failed" if failure else "succeeded", took)
        if failure:
            raise FunctionFailed(failure.stack_trace or failure.message)
        return Result(response.return_value, {output.name: output.data for output in response.output_data})


def _groups(functions: list[Function]) -> list[str]:
    return sorted({function.group for function in functions})


def _function(metadata: RpcFunctionMetadata) -> Function:
    bindings = [json.loads(raw) for raw in metadata.raw_bindings]
    trigger = next(binding for binding in bindings if binding["type"].endswith("Trigger"))
    outputs = {binding["name"]: binding for binding in bindings if binding["direction"] == "OUT"}
    return Function(metadata.name, metadata.function_id, trigger, outputs)


def _ok(response: Message) -> None:
    if response.result.status is Status.FAILURE:
        raise LoadError(response.result.exception.stack_trace or response.result.exception.message)
