"""A time is read in every form that Microsoft's sources write."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.alerts.times import utc

FIRST, LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
TIMES = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-07-17T10:07:37.5365166Z", datetime(2026, 7, 17, 10, 7, 37, 536516, UTC)),
        ("2026-07-17T10:07:37.123456789Z", datetime(2026, 7, 17, 10, 7, 37, 123456, UTC)),
        ("2026-07-17T10:07:37.7Z", datetime(2026, 7, 17, 10, 7, 37, 700000, UTC)),
        ("2026-07-17T10:07:37Z", datetime(2026, 7, 17, 10, 7, 37, 0, UTC)),
        ("2026-07-17T9:07:37.729Z", datetime(2026, 7, 17, 9, 7, 37, 729000, UTC)),
        ("2026-07-17T10:07:37+05:30", datetime(2026, 7, 17, 4, 37, 37, 0, UTC)),
        ("2026-07-17T23:07:37-08:00", datetime(2026, 7, 18, 7, 7, 37, 0, UTC)),
        ("2026-07-17T10:07:37", datetime(2026, 7, 17, 10, 7, 37, 0, UTC)),
        ("2019-01-11 05:48:11", datetime(2019, 1, 11, 5, 48, 11, 0, UTC)),
        ("2019-01-11 5:48:11.1234567", datetime(2019, 1, 11, 5, 48, 11, 123456, UTC)),
        ("7/18/2026 2:03:03 PM", datetime(2026, 7, 18, 14, 3, 3, 0, UTC)),
        ("12/13/2024 4:34:03 AM", datetime(2024, 12, 13, 4, 34, 3, 0, UTC)),
        ("1/2/2026 12:00:00 AM", datetime(2026, 1, 2, 0, 0, 0, 0, UTC)),
        ("1/2/2026 12:00:00 PM", datetime(2026, 1, 2, 12, 0, 0, 0, UTC)),
        (" 2026-07-17T10:07:37Z ", datetime(2026, 7, 17, 10, 7, 37, 0, UTC)),
    ],
)
def test_a_form_that_sources_write_is_read(text: str, time: datetime) -> None:
    assert utc(text) == time


@pytest.mark.parametrize(
    "value",
    [
        "", "NA", "never", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-07-17T25:00:00Z", "13/13/2026 2:03:03 PM", "7/18/2026 14:03:03 PM", "2021-10-26T16:28:17.8202975Z)",
        "9999-12-31T23:59:59-12:00", "\ud800", None, 1752833983, 17.5, True, ["2026-07-17T10:07:37Z"], {},
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(value: object) -> None:
    assert utc(value) is None


@given(TIMES, st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))))
def test_an_iso_time_in_any_zone_comes_back(time: datetime, zone: timezone) -> None:
    assert utc(time.astimezone(zone).isoformat()) == time


@given(TIMES)
def test_a_us_time_comes_back_to_the_second(time: datetime) -> None:
    text = f"{time.month}/{time.day}/{time.year} {time.hour % 12 or 12}:{time:%M:%S} {'PM' if time.hour > 11 else 'AM'}"
    assert utc(text) == time.replace(microsecond=0)


@given(TIMES)
def test_a_time_with_a_one_digit_hour_comes_back(time: datetime) -> None:
    text = f"{time.date()}T{time.hour}:{time:%M:%S.%f}Z"
    assert utc(text) == time


@given(st.text() | st.from_regex(r"[0-9/:T .+\-Z]{1,40}", fullmatch=True))
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    time = utc(text)
    assert time is None or time.tzinfo is UTC
