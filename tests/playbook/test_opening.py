"""Opening incidents: an alert's own identity is what counts, however often and however close together it comes."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from functions.wiring import playbook
from shared.alerts.alert import Alert, NamedAccount
from shared.playbook.listing import Filters, list_incidents
from shared.playbook.opening import Opening
from shared.settings import Settings
from shared.state.storage import Storage


async def test_deliveries_within_one_millisecond_open_one_incident_that_is_listed_once(
    state: Storage, settings: Settings
) -> None:
    account = NamedAccount(id=str(uuid4()))
    alert = Alert("entra", uuid4().hex, "Leaked credentials", "high", None, (account,))
    first, ticks = datetime.now(UTC).replace(microsecond=123_000), count()
    opening = Opening(state, settings, lambda: first + timedelta(microseconds=next(ticks)))

    opened = await gather(*(opening.receive(alert) for _ in range(30)))

    assert len({row.id for rows in opened for row in rows}) == 1
    page = await list_incidents(state, playbook(), Filters(account=account.id))
    assert [line.id for line in page.incidents] == [opened[0][0].id]
