"""The ways in which Microsoft's alert sources write a time, read into one."""

import re
from datetime import UTC, datetime

_MISSING_HOUR_DIGIT = re.compile(r"(?<=[T ])(?=[0-9]:)")
_US = "%m/%d/%Y %I:%M:%S %p"
_OLDEST = 1970  # .NET writes a time that was never set as the year 1


def utc(value: object) -> datetime | None:
    """``value`` as an aware time in UTC, None where it is no text or no time.

    Read: ISO 8601 with ``T`` or a space, an hour of one or two digits, any number of decimals (microseconds are
    kept), ``Z`` or an offset; and the US form ``7/18/2026 2:03:03 PM`` of diagnostic settings. No zone means UTC.
    """
    if not isinstance(value, str):
        return None
    try:
        time = _read(value.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if time.year >= _OLDEST else None


def _read(text: str) -> datetime:
    if "/" in text:
        return datetime.strptime(text, _US).replace(tzinfo=UTC)
    time = datetime.fromisoformat(_MISSING_HOUR_DIGIT.sub("0", text))
    return time if time.tzinfo else time.replace(tzinfo=UTC)
