"""NCRONTAB: ``{second} {minute} {hour} {day} {month} {day of week}``, in UTC.

Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_FIVE = 5  # an expression without seconds
_YEARS = 9  # to the next 29 February, past a century's end


@dataclass(frozen=True)
class Schedule:
    """When a timer fires: the values that each field allows."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @classmethod
    def parse(cls, expression: str) -> Self:
        """Raises ``ValueError`` that names the field."""
        parts = expression.split()
        if len(parts) == _FIVE:
            parts = ["0", *parts]
        if len(parts) != len(_FIELDS):
            raise ValueError(f"a schedule has six fields: {expression!r}")
        return cls(*(_values(part, *kind) for part, kind in zip(parts, _FIELDS, strict=True)))

    def after(self, time: datetime) -> datetime:
        """The first time after ``time``. Raises ``ValueError`` where there is none: the 31st of February."""
        candidate = time.replace(microsecond=0) + timedelta(seconds=1)
        last = time + timedelta(days=366 * _YEARS)
        while candidate < last:
            if not self._on(candidate):
                candidate = candidate.replace(hour=0, minute=0, second=0) + timedelta(days=1)
            elif candidate.hour not in self.hours:
                candidate = candidate.replace(minute=0, second=0) + timedelta(hours=1)
            elif candidate.minute not in self.minutes:
                candidate = candidate.replace(second=0) + timedelta(minutes=1)
            elif candidate.second not in self.seconds:
                candidate += timedelta(seconds=1)
            else:
                return candidate
        raise ValueError("the schedule never fires")

    def _on(self, time: datetime) -> bool:
        day = time.day in self.days and time.month in self.months
        return day and time.isoweekday() % 7 in self.weekdays


def _values(part: str, field: str, least: int, most: int, names: tuple[str, ...]) -> frozenset[int]:
    return frozenset(value for item in part.split(",") for value in _range(item, field, least, most, names))


def _range(item: str, field: str, least: int, most: int, names: tuple[str, ...]) -> range:
    span, slash, step = item.partition("/")
    first, dash, last = span.partition("-")
    if span == "*":
        bounds = (least, most)
    elif dash:
        bounds = (_number(first, names), _number(last, names))
    else:
        bounds = (_number(first, names), most if slash else _number(first, names))
    if not least <= bounds[0] <= bounds[1] <= most or (slash and not step.isdecimal()) or step == "0":
        raise ValueError(f"{field}: {item!r} is not between {least} and {most}")
    return range(bounds[0], bounds[1] + 1, int(step or 1))


def _number(text: str, names: tuple[str, ...]) -> int:
    if text.casefold() in names:
        return names.index(text.casefold())
    return int(text) if text.isdecimal() else -1
