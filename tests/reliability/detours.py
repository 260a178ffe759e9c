"""Servers that misbehave, each in one way: where a call goes that is to go wrong."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from .taps import Detour

_LENGTH = re.compile(rb"(?i)^content-length: *(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Detours:
    """A 503; a 412; a connection that is reset before the call has arrived; one that is reset after; no answer."""

    busy: Detour
    precondition: Detour
    reset: Detour
    lost: Detour
    silent: Detour


@asynccontextmanager
async def detours() -> AsyncIterator[Detours]:
    """All of them, on ports of their own."""
    async with AsyncExitStack() as exits:

        async def serve(answer: Callable[[StreamReader, StreamWriter], Awaitable[None]]) -> str:
            server = await exits.enter_async_context(await asyncio.start_server(answer, "127.0.0.1"))
            return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

        reset = await serve(_reset)
        yield Detours(
            busy=Detour(await serve(_answering(503, "ServerBusy"))),
            precondition=Detour(await serve(_answering(412, "UpdateConditionNotSatisfied"))),
            reset=Detour(reset),
            lost=Detour(reset, after=True),
            silent=Detour(await serve(_silent), silent=True),
        )


def _answering(status: int, code: str) -> Callable[[StreamReader, StreamWriter], Awaitable[None]]:
    head = f"HTTP/1.1 {status} -\r\nx-ms-error-code: {code}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(request)
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(head.encode())
        writer.close()

    return answer


async def _reset(reader: StreamReader, writer: StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def _silent(reader: StreamReader, writer: StreamWriter) -> None:
    await reader.read()
    writer.close()
