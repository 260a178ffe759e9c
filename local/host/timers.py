"""Timer triggers: one run at a time, never two for one moment.

Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

import json
import logging
from asyncio import Event, timeout
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .ncrontab import Schedule
from .protocol import TypedData
from .worker import Function, FunctionFailed, Worker

log = logging.getLogger("host.timers")


@dataclass
class Timer:
    """Runs one function on its schedule."""

    worker: Worker
    function: Function
    time_limit: timedelta
    _stopping: Event = field(default_factory=Event)

    async def run(self) -> None:
        """Runs until ``stop``; what is running then ends first. Raises ``ValueError`` for an impossible schedule."""
        schedule = Schedule.parse(self.function.trigger["schedule"])
        if self.function.trigger.get("runOnStartup"):
            await self._fire()
        last = datetime.now(UTC)
        while True:
            due = schedule.after(max(last, datetime.now(UTC)))
            await self._pause((due - datetime.now(UTC)).total_seconds())
            if self._stopping.is_set():
                return
            await self._fire()
            last = due

    def stop(self) -> None:
        """Fires no more."""
        self._stopping.set()

    async def _fire(self) -> None:
        status = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}
        try:
            async with timeout(self.time_limit.total_seconds()):
                await self.worker.invoke(self.function, TypedData(json=json.dumps(status)))
        except (FunctionFailed, TimeoutError) as error:
            log.error("%s failed: %s", self.function.name, str(error) or "time-out")

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with timeout(max(seconds, 0)):
                await self._stopping.wait()
