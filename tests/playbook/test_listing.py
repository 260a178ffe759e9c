"""The list of incidents: newest first, page by page, each once, by what its own rows say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableServiceClient
from pydantic import ValidationError

from functions.wiring import playbook
from shared.account import Account
from shared.alerts.alert import NamedAccount
from shared.playbook.listing import Filters, Line, list_incidents
from shared.playbook.status import IncidentStatus
from shared.policy import Mode
from shared.settings import Settings
from shared.state.incidents import Incidents, Insert
from shared.state.index import Index
from shared.state.rows import Ending, IncidentRow, StepRow
from shared.state.storage import Storage

NOW = datetime(2026, 7, 18, 10, 0, tzinfo=UTC)
JOINED: dict[str, Any] = {"ending": Ending.JOINED, "ended_at": NOW, "joined_to": "0" * 32}


@pytest_asyncio.fixture
async def empty(storage: str, settings: Settings) -> AsyncIterator[Storage]:
    """A storage without any incident: its list is all that a test puts there."""
    state = Storage.from_settings(settings)
    async with TableServiceClient.from_connection_string(storage) as tables:
        state.index = Index(await tables.create_table(f"t{uuid4().hex}"))
        state.incidents = Incidents(await tables.create_table(f"t{uuid4().hex}"))
        yield state
    await state.close()


async def _open(state: Storage, minutes: int = 0, **values: Any) -> str:
    """An incident that was opened so many minutes from now, as its door writes it. Its id."""
    known: dict[str, Any] = {
        "id": uuid4().hex, "source": "entra", "reason": "Leaked credentials", "mode": Mode.ENFORCE,
        "named": NamedAccount(name="alex@contoso.com"), "opened_at": NOW + timedelta(minutes=minutes),
    }  # fmt: skip
    row = IncidentRow.model_validate(known | values)
    await state.index.add(row.id, row.opened_at, row.opened_at)
    await state.incidents.write(row.id, Insert(row), Insert(StepRow(name="triage")))
    return row.id


async def _pages(state: Storage, **filters: Any) -> list[list[Line]]:
    pages, after = [], ""
    while True:
        page = await list_incidents(state, playbook(), Filters(after=after, **filters))
        pages.append(page.incidents)
        after = page.next
        if not after:
            return pages


async def _ids(state: Storage, **filters: Any) -> list[str]:
    return [line.id for page in await _pages(state, **filters) for line in page]


async def test_a_line_says_what_the_incident_is_about(empty: Storage) -> None:
    incident = await _open(empty)
    (line,) = (await list_incidents(empty, playbook(), Filters())).incidents
    assert line == Line(
        id=incident,
        account="alex@contoso.com",
        status=IncidentStatus.OPEN,
        reason="Leaked credentials",
        opened_at=NOW,
        contained_at=None,
        secured_at=None,
        href=f"/api/incidents/{incident}",
    )


async def test_an_account_that_is_known_is_called_by_its_own_name(empty: Storage) -> None:
    await _open(empty, account=Account(id=str(uuid4()), user_principal_name="Alex.Wilber@contoso.com"))
    ((line,),) = await _pages(empty)
    assert line.account == "Alex.Wilber@contoso.com"


@pytest.mark.parametrize("limit", [1, 2, 24, 25, 26, 200])
async def test_all_are_listed_once_newest_first_whatever_the_size_of_a_page(empty: Storage, limit: int) -> None:
    opened = [await _open(empty, minutes) for minutes in range(25)]
    pages = await _pages(empty, limit=limit)

    assert [line.id for page in pages for line in page] == opened[::-1]
    assert all(len(page) <= limit for page in pages)


async def test_a_page_is_filled_with_what_fits_however_far_down_it_is(empty: Storage) -> None:
    wanted = [await _open(empty, minutes, **JOINED) for minutes in range(3)]
    for minutes in range(3, 30):
        await _open(empty, minutes)
    first = await list_incidents(empty, playbook(), Filters(status=IncidentStatus.JOINED, limit=2))
    assert [line.id for line in first.incidents] == wanted[:0:-1]
    assert await _ids(empty, status=IncidentStatus.JOINED, limit=2) == wanted[::-1]


async def test_a_status_is_that_of_the_rows_today(empty: Storage) -> None:
    joined, is_open = await _open(empty, **JOINED), await _open(empty, 1)
    assert await _ids(empty, status=IncidentStatus.JOINED) == [joined]
    assert await _ids(empty, status=IncidentStatus.OPEN) == [is_open]
    assert await _ids(empty, status=IncidentStatus.SECURED) == []


@pytest.mark.parametrize("asked", ["id", "upn", "UPN", "named id", "named name", "NAMED NAME"])
async def test_an_account_is_found_by_any_name_it_has_in_its_incident(empty: Storage, asked: str) -> None:
    account_id, named_id = str(uuid4()), str(uuid4())
    account = Account(id=account_id, user_principal_name="Alex.Wilber@contoso.com")
    named = NamedAccount(id=named_id, name="alex@contoso.com")
    wanted = await _open(empty, account=account, named=named)
    await _open(empty, 1, named=NamedAccount(name="megan@contoso.com"))
    names = {
        "id": account_id.upper(),
        "upn": "alex.wilber@contoso.com",
        "UPN": "ALEX.WILBER@CONTOSO.COM",
        "named id": named_id,
        "named name": "alex@contoso.com",
        "NAMED NAME": "ALEX@contoso.com",
    }
    assert await _ids(empty, account=names[asked]) == [wanted]


@pytest.mark.parametrize("account", ["", "contoso.com", "alex", "nobody@contoso.com", "' or 1 eq 1"])
async def test_what_names_nobody_finds_nobody(empty: Storage, account: str) -> None:
    await _open(empty)
    assert await _ids(empty, account=account) == []


async def test_an_alert_that_was_delivered_twice_at_once_leaves_one_line(empty: Storage) -> None:
    incident = await _open(empty)
    await empty.index.add(incident, NOW + timedelta(seconds=1), NOW)
    assert await _ids(empty) == [incident]


async def test_what_a_door_died_over_is_not_listed(empty: Storage) -> None:
    await empty.index.add(uuid4().hex, NOW, NOW)
    assert await _ids(empty) == []


async def test_without_incidents_the_list_is_one_empty_page(empty: Storage) -> None:
    assert await _pages(empty) == [[]]


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 201}, {"limit": "many"}, {"status": "great"}], ids=str)
def test_a_filter_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Filters.model_validate(wrong)
