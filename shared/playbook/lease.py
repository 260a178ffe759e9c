"""Owning a step: one worker at a time, fenced by the ETag of the step's row.

Everything an owner writes goes in one transaction with its row. Whoever takes the step over, or decides about it, just
writes the row: the old owner's next write fails with ``Fenced``, and it stops.
"""

import logging
from asyncio import CancelledError, Lock, Task, create_task, sleep
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from azure.core.exceptions import AzureError

from shared.state.errors import Conflict
from shared.state.incidents import Incidents, Replace, Write
from shared.state.rows import StepRow

LEASE = timedelta(seconds=60)
CLOCK_MARGIN = timedelta(seconds=5)
_RENEW_EVERY = LEASE / 2

log = logging.getLogger("regain.lease")


class Fenced(Exception):
    """The step belongs to somebody else now: stop, and change nothing more."""


def leased(row: StepRow, now: datetime) -> bool:
    """Whether a worker may still be at work on the step, by a clock that may be a little off."""
    return row.lease_until is not None and now < row.lease_until + CLOCK_MARGIN


class Owner:
    """The right to work on one step. Renews its lease by itself while it is entered."""

    def __init__(self, incidents: Incidents, incident_id: str, row: StepRow, now: Callable[[], datetime]) -> None:
        self._incidents = incidents
        self._incident_id = incident_id
        self._now = now
        self._lock = Lock()
        self._renewal: Task[None] | None = None
        self._owner = uuid4().hex
        self.row = row

    async def claim(self, **values: Any) -> None:
        """Takes the step, if its row is still the one that was read. Raises ``Fenced`` where it is not."""
        await self.write(owner=self._owner, **values)

    async def write(self, *writes: Write, **values: Any) -> None:
        """One transaction: ``writes`` and the step's row with new ``values`` and a full lease.

        Raises ``Fenced`` where the step has changed hands, ``Conflict`` where only another row was not as expected.
        """
        await self._write(writes, values | {"lease_until": self._now() + LEASE})

    async def finish(self, *writes: Write, **values: Any) -> None:
        """The last write: as ``write``, and gives the lease back."""
        await self._write(writes, values | {"lease_until": None})

    async def give_back(self) -> None:
        """Gives the lease back after an attempt that broke off, as far as storage answers: the message comes back soon,
        and whoever gets it need not wait for the end of the lease."""
        with suppress(Fenced, Conflict, AzureError):
            current = await self._incidents.step(self._incident_id, self.row.name)
            if current is not None and current.owner == self._owner:
                self.row = current
                await self.finish()

    async def _write(self, writes: tuple[Write, ...], values: dict[str, Any]) -> None:
        async with self._lock:
            row = self.row.model_copy(update=values | {"version": self.row.version + 1})
            try:
                etag, *_ = await self._incidents.write(self._incident_id, Replace(row), *writes)
                self.row = row.model_copy(update={"etag": etag})
            except Conflict:
                self.row = await self._after_conflict(row)

    async def _after_conflict(self, attempted: StepRow) -> StepRow:
        """A write whose answer was lost, and that was sent again, conflicts with itself."""
        current = await self._incidents.step(self._incident_id, attempted.name)
        if current is not None and (current.owner, current.version) == (self._owner, attempted.version):
            return current
        if current is not None and current.etag == self.row.etag:
            raise Conflict(f"incident {self._incident_id}: a row beside {attempted.name} has changed")
        raise Fenced(f"incident {self._incident_id}: {attempted.name} has changed hands")

    async def __aenter__(self) -> Self:
        self._renewal = create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._renewal is None:
            return
        self._renewal.cancel()
        try:
            await self._renewal
        except CancelledError:
            self._renewal = None

    async def _renew(self) -> None:
        """Ends by itself when fenced: the worker finds out at its next write."""
        while True:
            await sleep(self._until_renewal())
            if self._until_renewal() > 0 or self.row.lease_until is None:
                continue
            try:
                await self.write()
            except Fenced:
                return
            except AzureError as error:
                log.warning("renewal failed incident=%s error=%s", self._incident_id, type(error).__name__)

    def _until_renewal(self) -> float:
        """Seconds until half of the lease is gone; at least one after a renewal that failed."""
        if self.row.lease_until is None:
            return 1.0
        return max((self.row.lease_until - _RENEW_EVERY - self._now()).total_seconds(), 0.0)
