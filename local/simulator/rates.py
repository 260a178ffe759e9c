"""How often something may be asked: so many times in so many seconds, for all apps of the tenant together.

https://learn.microsoft.com/graph/throttling-limits
"""

from collections import deque
from datetime import datetime, timedelta

from local.simulator.answer import GraphError


class Rate:
    """``most`` calls in ``span``. Whoever is refused is not told how long to wait."""

    def __init__(self, most: int, span: timedelta) -> None:
        self._most, self._span = most, span
        self._calls: deque[datetime] = deque()

    def check(self, at: datetime) -> None:
        """Counts a call. Raises GraphError (429) where it is one too many."""
        while self._calls and self._calls[0] <= at - self._span:
            self._calls.popleft()
        if len(self._calls) >= self._most:
            raise GraphError(429, "TooManyRequests", "Too many requests.")
        self._calls.append(at)
