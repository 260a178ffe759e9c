"""Runs an installer and listens to what it says."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

LAST_LINES = 20


class CommandFailed(Exception):
    """An installer ended with an error. The text is the last that it said."""


async def run(
    *command: str,
    cwd: Path,
    first_on_path: Path | None = None,
    each_line: Callable[[str], None] = lambda _: None,
) -> str:
    """All that ``command`` printed, stderr included. Raises ``CommandFailed``."""
    path = os.environ.get("PATH", os.defpath)
    environment = {**os.environ, "PATH": f"{first_on_path}:{path}" if first_on_path else path}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise CommandFailed(f"{command[0]}: {error.strerror}") from None
    try:
        return await _listen(process, command[0], each_line)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _listen(process: asyncio.subprocess.Process, name: str, each_line: Callable[[str], None]) -> str:
    said: list[str] = []
    async for raw in cast(asyncio.StreamReader, process.stdout):
        line = raw.decode(errors="replace")
        said.append(line)
        each_line(line)
    if await process.wait() != 0:
        raise CommandFailed(f"{name} failed:\n{''.join(said[-LAST_LINES:])}")
    return "".join(said)
