"""A step at which every worker dies: of too much memory, of a bug under Python."""

from datetime import timedelta

from shared.state.rows import StepRow, StepStatus

from .messages import Taken
from .pool import Pool
from .scenarios import INCIDENT, alert
from .taps import Dead
from .world import World

STEP = "block-sign-in"
LONG_ENOUGH = timedelta(hours=2)


def test_it_is_given_up_at_its_deadline_and_the_others_go_on(pool: Pool) -> None:
    ((rows, lasted),) = pool.run(every_worker_dies, [()])

    assert [name for name, row in rows.items() if not row.status.finished] == []
    assert [name for name, row in rows.items() if row.status is StepStatus.FAILED] == [STEP]
    assert rows[STEP].reason
    assert lasted < timedelta(hours=1)


async def every_worker_dies(world: World) -> tuple[dict[str, StepRow], timedelta]:
    """The rows of the steps, and how long it took until nothing moved any more."""
    await alert(world)
    began = world.clock.now()

    async def watch(taken: Taken | None) -> None:
        life = (world.worker or world.start()).life
        life.dies_after = len(life.calls) + 3 if taken and taken.queue == STEP else None

    while world.clock.now() < began + LONG_ENOUGH:
        try:
            await world.run(watch, within=timedelta(hours=1))
            break
        except Dead:
            continue
    snapshot = await world.state.incidents.read(INCIDENT)
    assert snapshot is not None
    return snapshot.steps, max(row.finished_at or world.clock.now() for row in snapshot.steps.values()) - began
