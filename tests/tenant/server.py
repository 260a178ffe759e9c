"""A server on loopback that plays exact answers, byte for byte where wanted, and remembers what it was asked.

It stands in for Graph, Exchange and the identity endpoint where an answer has to be odd; what they normally do is the
simulated tenant's affair.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import Parser
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-that-must-stay-secret"
DATE = "Tue, 03 Mar 2026 10:00:07 GMT"


@dataclass(frozen=True)
class Received:
    """One request; ``target`` is path and query as they came over the wire."""

    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as JSON unless it is bytes. ``only`` cuts the answer after so many bytes and hangs up."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    only: int | None = None

    def encode(self) -> bytes:
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {"Date": DATE, "Content-Length": str(len(content))} | self.headers
        lines = [f"HTTP/1.1 {self.status} Played", *(f"{name}: {value}" for name, value in headers.items() if value)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


type Play = Answer | Callable[[Received], Answer]


def good_token(received: Received) -> Answer:
    """What App Service's identity endpoint answers.

    https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
    """
    resource = parse_qs(urlsplit(received.target).query)["resource"][0]
    return Answer(
        200, {"access_token": TOKEN, "expires_on": "4102444800", "resource": resource, "token_type": "Bearer"}
    )


@dataclass
class Server:
    """``calls`` leaves out those to the identity endpoint, which are in ``token_calls``.

    ``unexpected`` are those that no answer was left for. ``silent``: it listens, and never answers.
    """

    url: str = ""
    calls: list[Received] = field(default_factory=list)
    token_calls: list[Received] = field(default_factory=list)
    answers: deque[Play] = field(default_factory=deque)
    token_answers: deque[Play] = field(default_factory=deque)
    unexpected: list[Received] = field(default_factory=list)
    silent: bool = False

    def play(self, *answers: Play) -> None:
        self.answers.extend(answers)

    def answer(self, received: Received) -> Answer:
        if received.target.startswith("/msi/token"):
            self.token_calls.append(received)
            play = self.token_answers.popleft() if self.token_answers else good_token
        else:
            self.calls.append(received)
            play = self.answers.popleft() if self.answers else self._unexpected(received)
        return play if isinstance(play, Answer) else play(received)

    def _unexpected(self, received: Received) -> Answer:
        self.unexpected.append(received)
        return Answer(418)


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A server, for as long as the block runs."""
    server = Server()
    open_connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_connections.add(task)
        try:
            await _converse(server, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has hung up, or the test is over
        finally:
            open_connections.discard(task)
            writer.close()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for task in list(open_connections):
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)


async def _converse(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, _, rest = head.partition("\r\n")
        method, target, _ = first.split(" ")
        headers = Parser().parsestr(rest)
        body = await reader.readexactly(int(headers.get("Content-Length", 0)))
        answer = server.answer(Received(method, target, headers, body))
        if server.silent:
            await asyncio.Event().wait()
        writer.write(answer.encode()[: answer.only])
        await writer.drain()
        if answer.only is not None:
            return
