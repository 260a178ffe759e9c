"""A clock that does not wait: while nobody waits for an answer, the next timer is due at once.

Leases, pauses and deadlines pass as fast as the work between them, and still in their order. An answer that is on its
way holds the clock: what another process does takes the time that it takes.
"""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from selectors import SelectorKey


class Clock:
    """``now`` is what workers are given for a time. It may be set; the loop's own time only moves on."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._ahead = timedelta()
        self._waiting = 0

    @property
    def skipped(self) -> float:
        """Seconds that nobody had to wait."""
        return self._skipped

    @property
    def held(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._waiting > 0

    @property
    def offset(self) -> timedelta:
        """How far ``now`` is from the machine's clock."""
        return self._ahead + timedelta(seconds=self._skipped)

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC) + self.offset

    def set(self, now: datetime) -> None:
        """Puts the clock to ``now``."""
        self._ahead += now - self.now()

    def skip(self, seconds: float) -> None:
        """Moves on, and with it every timer of the loop."""
        self._skipped += seconds

    @contextmanager
    def holding(self) -> Iterator[None]:
        """No time is skipped inside."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


class _Selector(selectors.DefaultSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if not timeout or timeout < 0 or self._clock.held:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self._clock.skip(timeout)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        super().__init__(_Selector(clock))

    def time(self) -> float:
        return super().time() + self._clock.skipped

    def run_in_executor[*Arguments, Result](
        self, executor: Executor | None, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """At once, in this thread: what is asked for (where a name leads, who may log in there) takes no time."""
        del executor
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to whoever awaits it
            future.set_exception(error)
        return future


def runner(clock: Clock) -> asyncio.Runner:
    """Runs what is to go by ``clock``, on a loop of its own."""
    return asyncio.Runner(loop_factory=lambda: _Loop(clock))
