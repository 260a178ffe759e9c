"""Timers: the schedule's language, and that they fire."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.ncrontab import Schedule
from tests.host.running import Running, until

START = datetime(2026, 11, 24, 3, 17, 30, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("* * * * * *", datetime(2026, 11, 24, 3, 17, 31, tzinfo=UTC)),
        ("0 * * * * *", datetime(2026, 11, 24, 3, 18, 0, tzinfo=UTC)),
        ("*/20 * * * * *", datetime(2026, 11, 24, 3, 17, 40, tzinfo=UTC)),
        ("30 17 3 * * *", datetime(2026, 11, 25, 3, 17, 30, tzinfo=UTC)),
        ("0 0 9 * * Mon-Fri", datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC)),
        ("0 0 0 * * 0", datetime(2026, 11, 29, 0, 0, 0, tzinfo=UTC)),
        ("0 0 0 1 Jan *", datetime(2027, 1, 1, 0, 0, 0, tzinfo=UTC)),
        ("0 5,35 * * * *", datetime(2026, 11, 24, 3, 35, 0, tzinfo=UTC)),
        ("0 0 0 29 2 *", datetime(2028, 2, 29, 0, 0, 0, tzinfo=UTC)),
        ("5/30 * * * * *", datetime(2026, 11, 24, 3, 17, 35, tzinfo=UTC)),
        ("* * * * *", datetime(2026, 11, 24, 3, 18, 0, tzinfo=UTC)),
    ],
)
def test_a_schedule_says_when(expression: str, first: datetime) -> None:
    assert Schedule.parse(expression).after(START) == first


@pytest.mark.parametrize(
    "expression",
    ["", "* * *", "60 * * * * *", "* * * * * 7", "* * * * Foo *", "*/0 * * * * *", "9-3 * * * * *", "*/x * * * * *"],
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each field has its own text
        Schedule.parse(expression)


def test_a_schedule_that_never_fires_says_so() -> None:
    with pytest.raises(ValueError, match="never"):
        Schedule.parse("0 0 0 31 2 *").after(START)


@given(
    second=st.integers(0, 59),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_a_daily_schedule_fires_within_a_day_at_its_time(second: int, minute: int, hour: int, start: datetime) -> None:
    start = start.replace(tzinfo=UTC)
    due = Schedule.parse(f"{second} {minute} {hour} * * *").after(start)
    assert start < due <= start + timedelta(days=1)
    assert (due.hour, due.minute, due.second, due.microsecond) == (hour, minute, second, 0)


async def test_a_timer_fires_on_its_schedule(host: Running) -> None:
    await until(lambda: len(host.noted("ticks")) >= 3)
    assert {note["past_due"] for note in host.noted("ticks")} == {False}
