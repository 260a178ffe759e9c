"""Starts the simulator as a developer does: its own process, a port of its own."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.simulator.client import IDENTITY_HEADER

DEADLINE = 15
READY = re.compile(r"simulator ready (http://127\.0\.0\.1:\d+)\n")


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The process and where it listens; ended at the end where it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "local.simulator",
        *arguments,
        env={**os.environ, "IDENTITY_HEADER": IDENTITY_HEADER},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), DEADLINE)
        ready = READY.fullmatch(line.decode())
        assert ready, line
        yield process, ready[1]
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), DEADLINE)
        await process.stdout.read()
