"""What the functions hosts say in their logs: which incidents have ended, which functions ran and for how long."""

import asyncio
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

_RAN = re.compile(r" host: (\w+) (?:succeeded|failed) in (\d+) ms")
_ENDED = re.compile(r" regain\.engine: incident=(\w+) step=report .*outcome=")
_LOOK_EVERY = 0.1
_NOT_OURS = ("incident", "sweep")  # the benchmark's own questions; the timer that runs anyway


@dataclass(frozen=True)
class Execution:
    """One run of a function."""

    function: str
    seconds: float


class HostLog:
    """The logs from now on. Watched, so that nobody has to ask a host: that would slow down what is measured."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._from = {path: path.stat().st_size for path in paths}

    async def ended(self, incidents: Collection[str], within: float) -> None:
        """Waits until the last step of each incident has ended. Raises ``TimeoutError``."""
        until = monotonic() + within
        while left := set(incidents) - set(_ENDED.findall(self._text())):
            if monotonic() > until:
                raise TimeoutError(f"{len(left)} of {len(incidents)} incidents have not ended within {within:.0f} s")
            await asyncio.sleep(_LOOK_EVERY)

    def executions(self) -> list[Execution]:
        """The functions that ran for incidents."""
        ran = ((name, int(milliseconds) / 1000) for name, milliseconds in _RAN.findall(self._text()))
        return [Execution(name, seconds) for name, seconds in ran if name not in _NOT_OURS]

    def _text(self) -> str:
        return "\n".join(_tail(path, begin) for path, begin in self._from.items())


def _tail(path: Path, begin: int) -> str:
    with path.open("rb") as log:
        log.seek(begin)
        return log.read().decode(errors="replace")
