"""Several measurements of the same thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True)
class Spread:
    """The median, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Raises ``ValueError`` where there is none."""
        measured = sorted(values)
        return cls(median(measured), measured[0], measured[-1])
