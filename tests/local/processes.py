"""What runs on this machine, as the kernel tells it (proc(5))."""

import asyncio
import time
from pathlib import Path

DEADLINE = 15


def descendants(pid: int) -> set[int]:
    """The processes that ``pid`` started, and those that they started."""
    parents = dict(_running())
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


async def gone(pids: set[int]) -> None:
    """Wait until none of these runs. Raises ``TimeoutError``."""
    deadline = time.monotonic() + DEADLINE
    while left := pids & {pid for pid, _ in _running()}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"still running: {left}")
        await asyncio.sleep(0.02)


def _running() -> list[tuple[int, int]]:
    """The id of each process and of its parent; those that have ended and are not yet buried are left out."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found.append((int(stat.parent.name), int(parent)))
    return found
