"""`make up`: what it prints can be pasted, and stopping it stops it all."""

import argparse
import asyncio
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import jwt
import pytest

from local.child import ROOT
from local.doors import Door, doors
from local.stack import Stack
from local.up import curl
from tests.local.processes import descendants, gone

DEADLINE = 60


@asynccontextmanager
async def running() -> AsyncIterator[tuple[asyncio.subprocess.Process, list[str]]]:
    """`make up` as a process of its own, and the lines that it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "local.run", "local.up", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    said = await asyncio.wait_for(process.stdout.readuntil(b"Ctrl-C stops it all.\n"), DEADLINE)
    try:
        yield process, said.decode().splitlines()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await process.stdout.read()


def as_request(line: str) -> httpx.Request:
    """What curl would send; whatever else it is told is an error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", "-sS", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append")
    parser.add_argument("-d", dest="body")
    parser.add_argument("url")
    given = parser.parse_args(shlex.split(line)[1:])
    headers = [tuple(header.split(": ", 1)) for header in given.headers or ()]
    return httpx.Request(given.method, given.url, headers=headers, content=given.body)


async def sign_in(http: httpx.AsyncClient, lines: list[str]) -> str:
    """What the variable TOKEN holds once its line was pasted."""
    line = next(line for line in lines if line.startswith("TOKEN="))
    return (await http.send(as_request(line.removeprefix("TOKEN=$(").removesuffix(")")))).raise_for_status().text


async def test_a_line_for_each_door_can_be_pasted() -> None:
    async with running() as (_, lines), httpx.AsyncClient(timeout=10) as http:
        token = await sign_in(http, lines)
        curls = [
            line.replace("{id}", "none-such").replace("$TOKEN", token) for line in lines if line.startswith("curl ")
        ]
        answers = [await http.send(as_request(line)) for line in curls]
    statuses = {(answer.request.method, answer.url.path): answer.status_code for answer in answers}
    expected = {"POST": 202, "GET": 200}
    decided = {"set_mode": 200}
    assert jwt.decode(token, options={"verify_signature": False})["roles"] == ["Responder"]
    assert statuses == {
        (door.methods[0], f"/api/{door.route.replace('{id}', 'none-such')}"): (
            404 if "{id}" in door.route else decided.get(door.function, expected[door.methods[0]])
        )
        for door in doors(ROOT)
    }
    assert {202, 200} <= set(statuses.values())


def test_the_line_of_a_decision_takes_the_token_and_no_key() -> None:
    stack = Stack()
    line = curl(stack, Door("release", "incidents/{id}/release", ("DELETE",), keyless=True))
    assert line.endswith(' -H "authorization: Bearer $TOKEN"')
    assert "x-functions-key" not in line


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
async def test_it_stops_all_when_it_is_stopped_by(how: signal.Signals) -> None:
    async with running() as (process, _):
        parts = descendants(process.pid)
        assert len(parts) == len(("azurite", "simulator", "host"))
        process.send_signal(how)
        assert await asyncio.wait_for(process.wait(), DEADLINE) == (-how if how == signal.SIGKILL else 0)
    await gone(parts)
