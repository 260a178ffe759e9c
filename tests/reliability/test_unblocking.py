"""A sender that Exchange has blocked: when the account may send again, and what it waits for until then."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from shared.alerts.alert import Alert, NamedAccount
from shared.playbook.opening import Opening
from shared.playbook.status import IncidentStatus, incident_status, settled
from shared.playbook.watch import sealed_at
from shared.policy import Gate
from shared.state.incidents import Snapshot
from shared.state.rows import Skip, StepStatus
from tests.simulator.client import TAKEN_OVER

from .world import Story, World

STEP = "unblock-sending"


async def _blocked(here: World) -> bool:
    accounts = (await here.simulator.state())["accounts"]
    return bool(next(one for one in accounts if one["user"]["id"] == TAKEN_OVER)["blockedSender"])


async def _open(here: World) -> str:
    alert = Alert("entra", uuid4().hex, "Leaked credentials", "high", None, (NamedAccount(id=TAKEN_OVER),))
    rows = await here.does("door", lambda worker: Opening(worker.storage, here.settings, here.clock.now).receive(alert))
    return str(rows[0].id)


async def _read(here: World, incident_id: str) -> Snapshot:
    snapshot = await here.state.incidents.read(incident_id)
    assert snapshot is not None
    return snapshot


def test_while_a_stolen_token_may_live_nobody_sends_and_the_watch_lets_the_user_send_again(
    tell: Callable[[Story], None],
) -> None:
    async def story(here: World) -> None:
        here.settings = here.settings.model_copy(update={"steps": {"disable-mail-protocols": Gate.OFF}})
        incident_id = await _open(here)
        waiting: list[Snapshot] = []

        async def look(taken: object) -> None:
            snapshot = await _read(here, incident_id)
            if not waiting and settled(snapshot):
                assert await _blocked(here), taken
                waiting.append(snapshot)

        await here.run(look)
        snapshot = await _read(here, incident_id)

        (first,) = waiting
        assert (first.steps[STEP].status, first.steps[STEP].skip) == (StepStatus.SKIPPED, Skip.NOT_YET)
        assert "a stolen token may still send" in first.steps[STEP].reason
        assert first.steps["report"].status is StepStatus.DONE, "the report waits for nobody"
        assert incident_status(here.playbook, first) is IncidentStatus.SECURED

        row, sealed = snapshot.steps[STEP], sealed_at(here.playbook, snapshot)
        assert (row.status, row.round) == (StepStatus.DONE, 2)
        assert sealed
        assert row.started_at
        assert row.started_at - sealed >= here.settings.token_lifetime - timedelta(seconds=1)
        assert not await _blocked(here)
        assert incident_status(here.playbook, snapshot) is IncidentStatus.SECURED

    tell(story)
