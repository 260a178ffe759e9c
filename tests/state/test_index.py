"""The index: what the sweep must look at, and all incidents, newest first."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient
from hypothesis import given
from hypothesis import strategies as st

from shared.state.index import Index, OpenIncident, _newest_first

NOW = datetime(2026, 7, 18, 10, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2600, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


@pytest_asyncio.fixture
async def index(table: TableClient) -> Index:
    return Index(table)


async def _only(index: Index, now: datetime = SOON) -> OpenIncident:
    (row,) = await index.due(now)
    return row


async def _all(index: Index, limit: int) -> list[list[str]]:
    pages, after = [], ""
    while True:
        rows, after = await index.newest(limit, after)
        pages.append([row.incident for row in rows])
        if not after:
            return pages


async def test_an_incident_is_due_when_its_time_has_come(index: Index) -> None:
    incident = uuid4().hex
    await index.add(incident, NOW, SOON)

    assert await index.due(SOON - MILLISECOND) == []
    assert (await _only(index)).incident == incident


async def test_adding_it_again_leaves_one_line(index: Index) -> None:
    incident = uuid4().hex
    for _ in range(3):
        await index.add(incident, NOW, SOON)
    assert len(await index.due(SOON)) == 1
    assert await _all(index, 10) == [[incident]]


async def test_a_look_is_put_off(index: Index) -> None:
    await index.add(uuid4().hex, NOW, SOON)
    row = await _only(index)
    await index.look_again(row.model_copy(update={"due_at": SOON + MILLISECOND, "nudges": 2, "progress": "p"}))

    assert await index.due(SOON) == []
    later = await _only(index, SOON + MILLISECOND)
    assert (later.nudges, later.progress) == (2, "p")


async def test_what_somebody_else_has_just_written_stays(index: Index) -> None:
    incident = uuid4().hex
    await index.add(incident, NOW, SOON)
    stale = await _only(index)
    await index.add(incident, NOW, SOON)

    await index.look_again(stale.model_copy(update={"nudges": 7}))
    assert (await _only(index)).nudges == 0
    await index.settled(stale)
    assert (await _only(index)).incident == incident


async def test_what_is_settled_is_looked_at_no_more_and_still_listed(index: Index) -> None:
    incident = uuid4().hex
    await index.add(incident, NOW, SOON)
    row = await _only(index)
    await index.settled(row)

    assert await index.due(SOON) == []
    assert await _all(index, 10) == [[incident]]
    for late in (index.settled, index.look_again):
        await late(row)
    assert await index.due(SOON) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_all_are_listed_newest_first_page_by_page(index: Index, limit: int) -> None:
    ids = [uuid4().hex for _ in range(7)]
    for minutes, incident in enumerate(ids):
        await index.add(incident, NOW + timedelta(minutes=minutes), SOON)

    pages = await _all(index, limit)

    assert [incident for page in pages for incident in page] == ids[::-1]
    assert all(len(page) <= limit for page in pages)


async def test_an_empty_list_is_one_empty_page(index: Index) -> None:
    assert await index.newest(50) == ([], "")


@pytest.mark.parametrize("after", ["zzz", "' or PartitionKey eq 'open", "\x00"])
async def test_a_place_that_somebody_made_up_shows_nothing_that_is_not_listed(index: Index, after: str) -> None:
    incident = uuid4().hex
    await index.add(incident, NOW, SOON)
    rows, _ = await index.newest(50, after)
    assert [row.incident for row in rows] in ([], [incident])


@given(TIMES, IDS, TIMES, IDS)
def test_of_two_times_the_later_one_is_listed_first(one: datetime, a: str, other: datetime, b: str) -> None:
    if one - other >= MILLISECOND:
        assert _newest_first(one, a) < _newest_first(other, b)
