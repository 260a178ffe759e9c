"""Everything that goes to storage, counted: a proxy in front of the emulator that the functions host is pointed at.

It sees what both the app and the triggers of the host ask. It slows them down a little, so nothing is timed through it.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, DummyCookieJar, web
from yarl import URL

_ENDPOINT = re.compile(r"(Queue|Table)Endpoint=(http://[^/]+)/")
_BETWEEN_TWO_ONLY = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_SIGNED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # none may be added on the way
_LARGEST = 5 * 1024 * 1024  # bytes: a table transaction has at most 4 MiB
_IN_A_TRANSACTION = b"HTTP/1.1"
_MESSAGE = b"<QueueMessage>"
_QUEUES = {
    "POST": "send a message",
    "DELETE": "delete a message",
    "PUT": "hide a message for longer",
}
_TABLES = {
    "GET": "read",
    "POST": "insert",
    "PUT": "write",
    "MERGE": "write",
    "PATCH": "write",
    "DELETE": "delete",
}

_IDLE = "poll that finds nothing"


@dataclass
class Traffic:
    """How often each kind of request was made. ``entities`` is how many the tables' transactions held in all."""

    queues: Counter[str] = field(default_factory=Counter)
    tables: Counter[str] = field(default_factory=Counter)
    entities: int = 0

    @property
    def worked(self) -> dict[str, int]:
        """The requests to queues that were for something."""
        return {kind: times for kind, times in self.queues.items() if kind != _IDLE}

    @property
    def idle(self) -> int:
        """The polls that found nothing."""
        return self.queues[_IDLE]

    def clear(self) -> None:
        """Counts from zero."""
        self.queues.clear()
        self.tables.clear()
        self.entities = 0

    def count(self, service: str, request: web.Request, body: bytes, answer: bytes) -> None:
        """Counts one request, once it is answered."""
        if service == "Queue":
            self.queues[_queue_kind(request, answer)] += 1
        elif request.path.endswith("/$batch"):
            self.tables["transaction"] += 1
            self.entities += body.count(_IN_A_TRANSACTION)
        else:
            self.tables[_TABLES.get(request.method, request.method)] += 1


@asynccontextmanager
async def counting(storage: str, traffic: Traffic) -> AsyncIterator[str]:
    """A connection string that leads to ``storage`` and through the counter."""
    async with AsyncExitStack() as exits:
        session = await exits.enter_async_context(ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar()))
        for service, upstream in _ENDPOINT.findall(storage):
            runner = web.AppRunner(_application(service, upstream, session, traffic))
            await runner.setup()
            exits.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            port = runner.addresses[0][1]
            storage = storage.replace(upstream, f"http://127.0.0.1:{port}")
        yield storage


def _application(service: str, upstream: str, session: ClientSession, traffic: Traffic) -> web.Application:
    async def pass_on(request: web.Request) -> web.Response:
        body = await request.read()
        url = URL(upstream + request.raw_path, encoded=True)  # signed too
        async with session.request(
            request.method,
            url,
            headers=_passed_on(request.headers.items()),
            skip_auto_headers=_SIGNED,
            data=body or None,
            allow_redirects=False,
        ) as answer:
            content = await answer.read()
            traffic.count(service, request, body, content)
            return web.Response(status=answer.status, body=content, headers=_passed_on(answer.headers.items()))

    app = web.Application(client_max_size=_LARGEST)
    app.router.add_route("*", "/{path:.*}", pass_on)
    return app


def _passed_on(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _BETWEEN_TWO_ONLY]


def _queue_kind(request: web.Request, answer: bytes) -> str:
    if "/messages" not in request.path:
        return "create a queue"
    if request.method == "GET":
        return "poll that finds something" if _MESSAGE in answer else _IDLE
    return _QUEUES[request.method]
