"""Fault points: ``after-return:<function>`` and ``before-return:<function>``, each with ``:<n>`` for the n-th time.

The process kills itself there, as a machine that fails does: after the function has run and before its message is
deleted, or while it still runs.
"""

import os
import signal
from asyncio import sleep
from dataclasses import dataclass
from typing import Self

_MOMENT = 0.15  # seconds into the function


@dataclass
class Fault:
    """One point. ``left`` counts down to it."""

    point: str
    function: str
    left: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ``ValueError``."""
        point, _, rest = text.partition(":")
        function, _, times = rest.partition(":")
        if point not in ("after-return", "before-return") or not function:
            raise ValueError(f"no fault point: {text}")
        return cls(point, function, int(times or 1))

    def reached(self, point: str, function: str) -> bool:
        """Whether this is the one."""
        if (point, function) != (self.point, self.function):
            return False
        self.left -= 1
        return self.left == 0

    async def strike_soon(self) -> None:
        """Kills this process in a moment: the function is at work by then."""
        await sleep(_MOMENT)
        strike()


def strike() -> None:
    """Kills this process, now."""
    os.kill(os.getpid(), signal.SIGKILL)
