"""Ctrl-C ends a command quietly, whatever it is at."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from local.child import ROOT
from local.run import INTERRUPTED
from tests.local.processes import DEADLINE

LOADS_LONG = "import signal\nprint('there', flush=True)\nsignal.pause()\n"
WORKS_LONG = "import signal\ndef main():\n    print('there', flush=True)\n    signal.pause()\n"
ENDS = "def main():\n    return 1\n"


async def start(folder: Path, code: str) -> asyncio.subprocess.Process:
    (folder / "command.py").write_text(code)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.run", "command"),
        cwd=ROOT,
        env={"PYTHONPATH": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [(LOADS_LONG, -signal.SIGINT, b""), (WORKS_LONG, INTERRUPTED, b"Stopped.\n")],
    ids=["while it loads", "while it works"],
)
async def test_it_is_ended_by_ctrl_c(tmp_path: Path, code: str, status: int, says: bytes) -> None:
    process = await start(tmp_path, code)
    assert process.stdout
    assert await asyncio.wait_for(process.stdout.readline(), DEADLINE) == b"there\n"
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.communicate(), DEADLINE) == (says, b"")
    assert process.returncode == status


async def test_its_exit_status_is_what_the_command_returns(tmp_path: Path) -> None:
    process = await start(tmp_path, ENDS)
    assert await asyncio.wait_for(process.wait(), DEADLINE) == 1
