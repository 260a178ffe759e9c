"""How much processor time the parts of the local stack take, and everybody else: proc(5), so Linux only."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PARTS = {"functions host": "local.host", "simulated tenant": "local.simulator", "storage emulator": "azurite"}
_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = (3, 4)  # idle, iowait


@dataclass(frozen=True)
class Used:
    """Seconds of processor time: each part's, and the machine's without its idle ones. Empty where it is not known."""

    parts: dict[str, float]
    machine: float

    @classmethod
    def now(cls) -> Self:
        """Since each began."""
        processes = dict.fromkeys(_PARTS, 0.0)
        for place in Path("/proc").glob("[0-9]*"):
            for part, word in _PARTS.items():
                if _is_ours(place, word):
                    processes[part] += _seconds(place)
        return cls(processes, _machine())

    def since(self, before: "Used") -> "Used":
        """The difference."""
        parts = {name: seconds - before.parts[name] for name, seconds in self.parts.items()}
        return Used(parts, self.machine - before.machine)


def _is_ours(place: Path, word: str) -> bool:
    try:
        parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        return parent == os.getpid() and word in (place / "cmdline").read_text()
    except (OSError, ValueError):
        return False


def _seconds(place: Path) -> float:
    try:
        fields = (place / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _machine() -> float:
    try:
        line = Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]
    except OSError:
        return 0.0
    return sum(int(ticks) for place, ticks in enumerate(line) if place not in _IDLE) / _TICKS
