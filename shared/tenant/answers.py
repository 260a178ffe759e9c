"""What every HTTP answer can tell, whichever service gave it."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isfinite

import httpx

from shared.tenant.errors import Transient

_CODE = re.compile(r"[A-Za-z0-9_]{1,80}")


def accepted_at(response: httpx.Response) -> datetime:
    """The earliest moment, by the service's clock and in UTC, at which it can have done what it has just accepted.

    That is the answer's ``Date`` less the time that the call took, down to the second: the answer is dated when it is
    sent, after the work. Raises ``Transient`` where the answer has no readable ``Date``.
    """
    date = _date(response.headers.get("Date"))
    if date is None:
        raise Transient("The answer carries no readable date, so that nothing can be verified against it.")
    return (date - response.elapsed).replace(microsecond=0)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that the service wants to be left alone, None where it names none.

    Whole or broken seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    value = response.headers.get("Retry-After")
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        until = _date(value)
        if until is None:
            return None
        now = _date(response.headers.get("Date")) or datetime.now(UTC)
        seconds = (until - now) / timedelta(seconds=1)
    return max(seconds, 0.0) if isfinite(seconds) else None


def code(text: str, response: httpx.Response) -> str:
    """``text`` if it is a plain error code, else "".

    It may be shown and logged, so nothing passes that could repeat what we sent: a password, for example.
    """
    return text if _CODE.fullmatch(text) and text.encode() not in response.request.content else ""


def _date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
