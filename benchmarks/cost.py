"""What an incident and an idle deployment cost, by list price.

Source: Azure Retail Prices API, pay as you go, US dollars, locally redundant general-purpose v2 storage, without any
free grant. Azure cannot be asked from here, so each price is as somebody else has recorded it; ``docs/performance.md``
says who, and when.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from benchmarks.hostlog import Execution
from benchmarks.traffic import Traffic

QUEUE = 0.004 / 10_000  # an operation, of either class
TABLE = 0.00036 / 10_000  # an operation
EXECUTION = 0.40 / 1_000_000
GB_SECOND = 0.000026  # on demand; 0.000016 on an instance that is always ready
READY_GB_SECOND = 0.000004  # for each second that an instance is kept ready

INSTANCE = 2.0  # GB; 512 MB and 4 GB can be had
MONTH = timedelta(hours=730)
_LEAST, _STEP = 1.0, 0.1  # seconds: an execution is billed for one at least, and then in tenths


@dataclass(frozen=True)
class Cost:
    """US dollars for a thousand incidents. ``tables`` counts each entity of a transaction: the dearer reading."""

    queues: float
    tables: float
    executions: float
    compute: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.queues + self.tables + self.executions + self.compute


def of_a_thousand(traffic: Traffic, executions: list[Execution], incidents: int) -> Cost:
    """From what ``incidents`` of them did. Polls that find nothing are not theirs: ``of_polling``."""
    times = 1000 / incidents
    tables = sum(traffic.tables.values()) - traffic.tables["transaction"] + traffic.entities
    return Cost(
        queues=sum(traffic.worked.values()) * times * QUEUE,
        tables=tables * times * TABLE,
        executions=len(executions) * times * EXECUTION,
        compute=sum(billed(one.seconds) for one in executions) * INSTANCE * times * GB_SECOND,
    )


def billed(seconds: float) -> float:
    """The seconds that an execution is billed for, where it has an instance to itself."""
    return max(_LEAST, ceil(round(seconds / _STEP, 6)) * _STEP)


def of_polling(longest: timedelta) -> float:
    """US dollars a month for one queue of one live instance that finds nothing."""
    return MONTH / longest * QUEUE


def of_readiness() -> float:
    """US dollars a month for one instance that is always ready, before it does anything."""
    return MONTH.total_seconds() * INSTANCE * READY_GB_SECOND
