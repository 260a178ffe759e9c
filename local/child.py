"""A child process of the local stack: it says when it is ready, writes its log to a file, and never outlives us."""

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
LEASH = Path(__file__).with_name("leash.py")
READY_WITHIN = 60.0  # seconds
ENDED_WITHIN = 10.0
LOOK_EVERY = 0.02
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")


class NotReady(Exception):
    """A process ended, or took too long, before it said that it was ready. The text holds its log."""


class Child:
    """One running process. ``ready`` is the text that its ready line captured."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log
        self.ready: tuple[str, ...] = ()

    @classmethod
    async def start(cls, *command: str, ready: str, log: Path, environment: dict[str, str] | None = None) -> Self:
        """Run ``command`` (its first word an absolute path) until its output matches the pattern ``ready``.

        ``environment`` is added to the few variables that every program needs; nothing else is passed on.
        Raises ``NotReady``.
        """
        passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        with log.open("ab") as output:
            from_here = output.tell()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-IS", str(LEASH), str(os.getpid())),
                *command,
                cwd=ROOT,
                env=passed_on | (environment or {}),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us: we end our children in good order
            )
        child = cls(process, log)
        try:
            child.ready = await child._until(re.compile(ready), from_here)
        except BaseException:
            await child.kill()
            raise
        return child

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended, by itself or not."""
        return self._process.returncode is not None

    def pause(self) -> None:
        """SIGSTOP: it stands still, until ``resume``."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT: it goes on where it was."""
        self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """Ask it to end, insist after a while."""
        if not self.ended:
            self.resume()  # what stands still cannot end in good order
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """SIGKILL: no chance to clean up."""
        await self._end(signal.SIGKILL)

    async def _until(self, ready: re.Pattern[str], from_here: int) -> tuple[str, ...]:
        deadline = time.monotonic() + READY_WITHIN
        while True:
            ended = self._process.returncode is not None
            said = self._log.read_bytes()[from_here:].decode(errors="replace")
            if match := ready.search(said):
                return match.groups()
            if ended or time.monotonic() > deadline:
                trouble = (
                    f"ended with {self._process.returncode}" if ended else f"was not ready in {READY_WITHIN:.0f} s"
                )
                raise NotReady(f"{self._log.stem} {trouble}:\n{said}")
            await asyncio.sleep(LOOK_EVERY)

    async def _end(self, how: signal.Signals) -> None:
        if self._process.returncode is not None:
            return
        self._process.send_signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), ENDED_WITHIN)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
