"""Taps: one place that every call of a worker goes through, whichever client makes it, to storage or to the tenant.

They sit under the real clients, where bytes leave the process: the transport of azure-core (tables, queues, the
identity endpoint) and that of httpx (Graph, Exchange). Who makes a call is known by its context, so that what a worker
does in the background is counted with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from unittest import mock
from urllib.parse import urlsplit, urlunsplit

import httpx
from azure.core.pipeline.transport import AioHttpTransport

from .clock import Clock

_moments = count(1)
LIFE: ContextVar["Life | None"] = ContextVar("life", default=None)
FUNCTION: ContextVar[str] = ContextVar("function", default="")
WORK: ContextVar[int] = ContextVar("work", default=0)


class Dead(BaseException):
    """The process is no more: nothing may catch this, as nothing catches a SIGKILL."""


@dataclass
class Call:
    """One call, made by the function ``by``; those of one delivery share a number of ``work``. ``began`` and ``ended``
    count the moments of all calls.

    ``ended`` is None while there is no answer; ``status`` and ``answer`` are what it said.
    """

    method: str
    url: str
    body: bytes
    by: str = field(default_factory=FUNCTION.get)
    work: int = field(default_factory=WORK.get)
    began: int = field(default_factory=lambda: next(_moments))
    ended: int | None = None
    status: int = 0
    answer: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Detour:
    """Where a call is sent instead. ``after``: once it has arrived where it should, so that only its answer is lost.
    ``silent``: nobody answers there, so that time passes."""

    to: str
    after: bool = False
    silent: bool = False


type Send = Callable[[Detour | None], Awaitable[tuple[int, bytes]]]


@dataclass
class Life:
    """One process of the app, from its start to its end.

    ``calls`` are all that it makes, ``dies_after`` the number of the one after whose answer it dies, None to live on.
    ``note`` is told of each answer; ``detour`` is asked about each call.
    """

    note: Callable[[Call], None]
    detour: Callable[[Call], Detour | None]
    dies_after: int | None = None
    calls: list[Call] = field(default_factory=list)
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: int = 0

    async def through(self, call: Call, send: Send) -> None:
        """Makes one call. Raises ``Dead`` where the process is dead, or dies of it."""
        if self.dead.is_set():
            raise Dead
        self.calls.append(call)
        number = len(self.calls)
        self._under_way += 1
        self._quiet.clear()
        try:
            detour = self.detour(call)
            if detour is None or detour.after:
                self._arrived(call, *await send(None))
            if detour is not None:
                self._arrived(call, *await send(detour))
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()
        if number == self.dies_after:
            self.dead.set()
        if self.dead.is_set():
            raise Dead

    def _arrived(self, call: Call, status: int, answer: bytes) -> None:
        call.status, call.answer, call.ended = status, answer, next(_moments)
        self.note(call)

    async def live[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of ``work``, done by this process. Raises ``Dead`` where the process dies, with all that it did.

        What was on its way by then arrives: a dead process cannot call it back.
        """
        context = copy_context()
        context.run(LIFE.set, self)
        task = asyncio.create_task(work, context=context)
        death = asyncio.create_task(self.dead.wait())
        await asyncio.wait({task, death}, return_when=asyncio.FIRST_COMPLETED)
        death.cancel()
        if not self.dead.is_set():
            return await task
        if self._under_way:
            await self._quiet.wait()
        remains = [one for one in asyncio.all_tasks() if one.get_context().get(LIFE) is self]
        for one in remains:
            one.cancel()
        await asyncio.gather(task, *remains, return_exceptions=True)
        raise Dead


@contextmanager
def tapped(clock: Clock) -> Iterator[None]:
    """Every call of this process goes through the tap inside, and holds the clock."""
    azure_send, httpx_send = AioHttpTransport.send, httpx.AsyncHTTPTransport.handle_async_request

    async def send(transport: AioHttpTransport, request: Any, **options: Any) -> Any:
        content = request.content if hasattr(request, "content") else request.body
        call = Call(request.method, request.url, _bytes(content))
        responses = []

        async def over_the_wire(detour: Detour | None) -> tuple[int, bytes]:
            straight = request.url
            request.url = _by_way_of(straight, detour)
            try:
                with _holding(clock, detour):
                    response = await azure_send(transport, request, **options)
                    content = await response.read() if options.get("stream") else response.body()
            finally:
                request.url = straight
            responses.append(response)
            return response.status_code, content

        await _through(call, over_the_wire)
        return responses[-1]

    async def handle(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        call = Call(request.method, str(request.url), await request.aread())
        responses = []

        async def over_the_wire(detour: Detour | None) -> tuple[int, bytes]:
            request.url = httpx.URL(_by_way_of(call.url, detour))
            with _holding(clock, detour):
                response = await httpx_send(transport, request)
                assert isinstance(response.stream, httpx.AsyncByteStream)
                content = b"".join([part async for part in response.stream])
                await response.aclose()
            stream = httpx.ByteStream(content)
            responses.append(httpx.Response(response.status_code, headers=response.headers, stream=stream))
            return response.status_code, content

        await _through(call, over_the_wire)
        return responses[-1]

    with (
        mock.patch.object(AioHttpTransport, "send", send),
        mock.patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle),
    ):
        yield


async def _through(call: Call, send: Send) -> None:
    life = LIFE.get()
    await (life.through(call, send) if life else send(None))


def _by_way_of(url: str, detour: Detour | None) -> str:
    return urlunsplit(urlsplit(url)._replace(netloc=detour.to)) if detour else url


def _holding(clock: Clock, detour: Detour | None) -> AbstractContextManager[None]:
    return nullcontext() if detour and detour.silent else clock.holding()


def _bytes(body: object) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b""
