"""Storage fails once in the middle of a step: the message comes back, and the step goes on then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from azure.core.exceptions import ServiceRequestError, ServiceResponseError

from .crashes import Kind, Undisturbed
from .pool import Pool
from .scenarios import INCIDENT
from .taps import Call, Life, Send
from .world import Saving, World

STEP = "block-sign-in"
SOON = timedelta(seconds=45)  # the message is back after thirty; a lease is sixty


@dataclass(kw_only=True)
class Cut(Life):
    """A process whose ``nth`` transaction as the function ``STEP`` fails; with ``late``, after it has arrived."""

    nth: int
    late: bool

    async def through(self, call: Call, send: Send) -> None:
        if call.by == STEP and call.path.endswith("/$batch"):
            self.nth -= 1
            if self.nth == 0 and not self.late:
                raise ServiceRequestError("The connection is gone.")
        await super().through(call, send)
        if call.by == STEP and call.path.endswith("/$batch") and self.nth == 0 and self.late:
            self.nth -= 1
            raise ServiceResponseError("The connection is gone.")


@pytest.mark.parametrize("late", [False, True], ids=["before it arrives", "after it has arrived"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_step_does_not_wait_for_the_end_of_its_own_lease(
    nth: int, late: bool, pool: Pool, unharmed: Callable[[str], list[Undisturbed]]
) -> None:
    act, *_ = unharmed("response")
    start = next(one for one in act.starts if one.kind is Kind.STEP and one.name.startswith(STEP))

    (took,) = pool.run(verified_after, [(start.before, nth, late)])

    assert took < SOON


async def verified_after(world: World, before: Saving, nth: int, late: bool) -> timedelta:
    """How long it takes from there until the step's change is verified, where its ``nth`` transaction fails."""
    await world.put_back(before)
    worker = world.start()
    worker.life = Cut(note=worker.life.note, detour=worker.life.detour, nth=nth, late=late)
    since = world.clock.now()
    await world.run()
    snapshot = await world.state.incidents.read(INCIDENT)
    assert snapshot is not None
    assert worker.life.nth <= 0
    (verified_at,) = [change.verified_at for change in snapshot.changes if change.step == STEP]
    assert verified_at is not None
    return verified_at - since
