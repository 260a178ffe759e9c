"""Trouble that passes: short waits happen within the invocation, long ones become a later message."""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import uniform

from shared.tenant.errors import Throttled, Transient

_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds, each ±20 %
_SHORT = 8.0
FIRST_RETURN = 15.0
_LAST_RETURN = 300.0


class Later(Exception):
    """Not now. ``wait`` is in seconds, None where the tenant named no time; the text says why."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


async def patiently[T](call: Callable[[], Awaitable[T]]) -> T:
    """The result of ``call``, repeated while the tenant is throttling or in transient trouble.

    A time that the tenant names is kept. Raises ``Later`` where it is too long, or the trouble lasts.
    """
    for pause in _PAUSES:
        try:
            return await call()
        except (Throttled, Transient) as error:
            wait = _named(error) or jittered(pause)
            if wait > _SHORT:
                raise Later(str(error), wait) from error
        await sleep(wait)
    try:
        return await call()
    except (Throttled, Transient) as error:
        raise Later(str(error), _named(error)) from error


def comes_back_in(later: Later, attempts: int, first: float = FIRST_RETURN) -> timedelta:
    """How long a step waits after its ``attempts``-th try: doubling from ``first``, never less than the tenant asked
    for."""
    backoff = jittered(min(first * 2 ** (attempts - 1), _LAST_RETURN))
    return timedelta(seconds=max(backoff, later.wait or 0.0))


def jittered(seconds: float) -> float:
    """``seconds``, up to 20 % less or more, so that many who wait don't come back at once."""
    return seconds * uniform(0.8, 1.2)  # noqa: S311 - spreads load, keeps no secret


def _named(error: Throttled | Transient) -> float | None:
    return error.retry_after if isinstance(error, Throttled) else None
