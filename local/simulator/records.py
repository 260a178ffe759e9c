"""What is true in the tenant, and what a read sees of it so far: writes become visible only after a lag."""

import time
from collections import deque
from typing import Any

type Json = dict[str, Any]


class Record:
    """One object of the tenant: ``truth`` is what was written, ``seen`` what reads answer by now."""

    def __init__(self, values: Json) -> None:
        self.truth = values
        self._seen = dict(values)
        self._pending: deque[tuple[float, Json]] = deque()

    @property
    def seen(self) -> Json:
        """Writes are shown in their order: a late one holds back those behind it."""
        while self._pending and self._pending[0][0] <= time.monotonic():
            self._seen.update(self._pending.popleft()[1])
        return self._seen

    def write(self, changes: Json, lag: float) -> None:
        """Make ``changes`` true now and visible after ``lag`` seconds."""
        self.truth.update(changes)
        self._pending.append((time.monotonic() + lag, changes))
