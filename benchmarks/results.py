"""What the benchmark found out, in a shape that is printed and written to a file."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.cost import Cost
from benchmarks.ideal import Ideal
from benchmarks.processor import Used
from benchmarks.spread import Spread


@dataclass(frozen=True)
class Compared:
    """One moment of a response, in seconds and as ratios. ``sooner`` is how many times sooner than today's tools."""

    seconds: Spread
    ideal: Ideal
    of_ideal: Spread
    today: Spread
    sooner: Spread


@dataclass(frozen=True)
class One:
    """One incident at a time. ``changed`` compares the last containing change, sent, as today's tools leave it."""

    runs: int
    contained: Compared
    secured: Compared
    changed: Spread
    parts: dict[str, Spread]
    calls: Spread


@dataclass(frozen=True)
class Many:
    """Many incidents at once, seconds each; ``today`` is one process that takes one account after another."""

    incidents: int
    contained: Spread
    secured: Spread
    today: Spread
    used: Used
    elapsed: float
    processors: int


@dataclass(frozen=True)
class Work:
    """What one incident makes storage and the functions do. ``idle`` are the polls that found nothing meanwhile."""

    incidents: int
    queues: dict[str, float]
    tables: dict[str, float]
    entities: float
    idle: float
    executions: dict[str, float]
    cost: Cost


@dataclass(frozen=True)
class Results:
    """All of it. ``poll`` is the longest pause between polls; costs are US dollars a month for each queue or instance
    that is live."""

    latency: float
    poll: float
    queues: int
    one: One
    many: Many
    work: Work
    polling: float
    readiness: float

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)
