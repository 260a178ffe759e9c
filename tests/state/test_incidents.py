"""Incidents: what belongs together is written together, or not at all."""

from asyncio import gather
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from shared.account import Account, Authority, MailboxKind
from shared.state.errors import Conflict
from shared.state.incidents import BATCH, Delete, Incidents, Insert, Put, Replace, Snapshot, Write, transactions
from shared.state.rows import (
    AlertRow,
    ChangeRow,
    FindingRow,
    HistoryRow,
    IncidentRow,
    StepRow,
    StepStatus,
    TaskRow,
)
from tests.state.rows import NOW, incident_row


@pytest_asyncio.fixture
async def incidents(table: TableClient) -> Incidents:
    return Incidents(table)


@pytest_asyncio.fixture
async def opened(incidents: Incidents) -> IncidentRow:
    """An incident with one step, as a door writes it."""
    row = incident_row()
    await incidents.write(row.id, Insert(row), Insert(StepRow(name="triage")))
    return row


async def _read(incidents: Incidents, incident_id: str) -> Snapshot:
    snapshot = await incidents.read(incident_id)
    assert snapshot is not None
    return snapshot


def _changes(count: int) -> list[ChangeRow]:
    return [
        ChangeRow(step="s", round=1, number=n, resource="r", action="a", reason="why", before={"n": n}, after={})
        for n in range(1, count + 1)
    ]


async def test_every_kind_of_row_comes_back_as_it_was_written(incidents: Incidents) -> None:
    account = Account(
        id=str(uuid4()), user_principal_name="a@b.c", authority=Authority.SYNCED, mailbox=MailboxKind.ROOM
    )
    incident = incident_row().model_copy(update={"account": account, "only": ("seal",)})
    (change,) = _changes(1)
    step = StepRow(name="seal", status=StepStatus.RUNNING, round=3, lease_until=NOW, attempts=2, plan_size=0)
    finding = FindingRow(step="seal", round=1, number=1, text="seen", source="there")
    task = TaskRow(step="seal", slug="call", text="Call", secures=True, done_at=NOW, done_by="me")
    alert = AlertRow(alert="0" * 32, source="entra", identity="i", title="t", severity="high", received_at=NOW)
    history = HistoryRow(at=NOW, id="1", event="approved", who="me", why="because")
    await incidents.write(incident.id, *map(Insert, (incident, step, change, finding, task, alert, history)))

    snapshot = await _read(incidents, incident.id)

    rows = [snapshot.incident, *snapshot.steps.values(), *snapshot.changes, *snapshot.findings, *snapshot.tasks]
    assert [*rows, *snapshot.alerts, *snapshot.history] == [
        row.model_copy(update={"etag": found.etag})
        for row, found in zip(
            (incident, step, change, finding, task, alert, history),
            [*rows, *snapshot.alerts, *snapshot.history],
            strict=True,
        )
    ]
    assert all(row.etag for row in rows)


@pytest.mark.parametrize(
    "incident_id", ["0" * 32, "", "f" * 31, "F" * 32, "' or PartitionKey ne '", "../x", "0" * 32 + "\n"]
)
async def test_an_incident_that_is_not_there_is_none_whatever_its_id(incidents: Incidents, incident_id: str) -> None:
    assert await incidents.read(incident_id) is None


async def test_one_row_alone_is_read_without_the_others(incidents: Incidents, opened: IncidentRow) -> None:
    found, step = await incidents.incident(opened.id), await incidents.step(opened.id, "triage")
    assert found is not None
    assert found.id == opened.id
    assert step is not None
    assert step.etag
    assert await incidents.incident("0" * 32) is None
    assert await incidents.step(opened.id, "seal") is None


async def test_rows_without_an_incident_are_no_incident(incidents: Incidents) -> None:
    incident_id = uuid4().hex
    await incidents.write(incident_id, Insert(StepRow(name="triage")))
    assert await incidents.read(incident_id) is None


async def test_incidents_do_not_see_each_others_rows(incidents: Incidents, opened: IncidentRow) -> None:
    other = incident_row()
    await incidents.write(other.id, Insert(other), Insert(StepRow(name="seal")))
    assert list((await _read(incidents, opened.id)).steps) == ["triage"]


async def test_a_row_that_is_there_is_not_inserted_again(incidents: Incidents, opened: IncidentRow) -> None:
    with pytest.raises(Conflict, match=opened.id):
        await incidents.write(opened.id, Insert(StepRow(name="triage", attempts=9)))
    assert (await _read(incidents, opened.id)).steps["triage"].attempts == 0


async def test_a_row_is_replaced_only_as_long_as_nobody_else_has_written_it(
    incidents: Incidents, opened: IncidentRow
) -> None:
    first = await incidents.step(opened.id, "triage")
    assert first is not None
    (etag,) = await incidents.write(opened.id, Replace(first.model_copy(update={"attempts": 1})))

    with pytest.raises(Conflict):
        await incidents.write(opened.id, Replace(first.model_copy(update={"attempts": 2})))
    again = await incidents.step(opened.id, "triage")
    assert again is not None
    assert (again.attempts, again.etag) == (1, etag)


async def test_a_row_that_is_gone_is_not_replaced(incidents: Incidents, opened: IncidentRow) -> None:
    step = await incidents.step(opened.id, "triage")
    assert step is not None
    await incidents.write(opened.id, Delete(step))
    with pytest.raises(Conflict):
        await incidents.write(opened.id, Replace(step))


async def test_replacing_forgets_what_the_new_row_does_not_hold(incidents: Incidents, opened: IncidentRow) -> None:
    step = StepRow(name="seal", reason="why", not_before=NOW, plan_size=2)
    await incidents.write(opened.id, Insert(step))
    stored = await incidents.step(opened.id, "seal")
    assert stored is not None
    await incidents.write(opened.id, Replace(StepRow(name="seal", etag=stored.etag)))
    assert await incidents.step(opened.id, "seal") == StepRow(
        name="seal", etag=(await _read(incidents, opened.id)).steps["seal"].etag
    )


async def test_of_many_who_replace_one_row_at_once_one_does(incidents: Incidents, opened: IncidentRow) -> None:
    step = await incidents.step(opened.id, "triage")
    assert step is not None
    results = await gather(
        *(incidents.write(opened.id, Replace(step.model_copy(update={"owner": str(n)}))) for n in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Conflict) for result in results) == 9
    winner = next(n for n, result in enumerate(results) if isinstance(result, tuple))
    stored = await incidents.step(opened.id, "triage")
    assert stored is not None
    assert stored.owner == str(winner)


@pytest.mark.parametrize("place", ["first", "last"])
async def test_where_one_row_is_not_as_expected_none_is_written(
    incidents: Incidents, opened: IncidentRow, place: str
) -> None:
    stale = Replace(StepRow(name="triage", etag="W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\""))
    writes: list[Write] = [Put(change) for change in _changes(3)]
    writes.insert(0 if place == "first" else len(writes), stale)
    with pytest.raises(Conflict):
        await incidents.write(opened.id, *writes)
    assert (await _read(incidents, opened.id)).changes == ()


async def test_a_transaction_takes_a_hundred_rows_and_returns_their_versions(
    incidents: Incidents, opened: IncidentRow
) -> None:
    changes = _changes(BATCH)
    etags = await incidents.write(opened.id, *map(Insert, changes))
    stored = (await _read(incidents, opened.id)).changes

    assert BATCH == 100
    assert [change.number for change in stored] == list(range(1, BATCH + 1))
    assert tuple(change.etag for change in stored) == etags


async def test_a_put_writes_whatever_is_there_and_a_delete_removes_it(
    incidents: Incidents, opened: IncidentRow
) -> None:
    (change,) = _changes(1)
    for resource in ("first", "second"):
        await incidents.write(opened.id, Put(change.model_copy(update={"resource": resource})))
    assert [one.resource for one in (await _read(incidents, opened.id)).changes] == ["second"]

    etags = await incidents.write(opened.id, Put(StepRow(name="seal")), Delete(change))
    assert [bool(etag) for etag in etags] == [True, False], "what is gone has no version"
    assert (await _read(incidents, opened.id)).changes == ()


async def test_more_rows_than_fit_a_page_are_all_read(incidents: Incidents, opened: IncidentRow) -> None:
    changes = _changes(1100)
    for start in range(0, len(changes), BATCH):
        await incidents.write(opened.id, *map(Insert, changes[start : start + BATCH]))
    numbers = [change.number for change in (await _read(incidents, opened.id)).changes]
    assert numbers == list(range(1, 1101)), "the journal is read in the order in which it was written"


@pytest.mark.parametrize(
    ("rows", "size", "needed"),
    [(0, 1, 1), (BATCH - 1, 1, 1), (BATCH, 1, 2), (9, 128 * 1024, 2), (5, 128 * 1024, 1)],
    ids=["nothing", "as many as fit", "one more", "larger than a transaction", "as much as fits"],
)
async def test_what_is_written_together_fits_into_its_transactions(
    incidents: Incidents, opened: IncidentRow, rows: int, size: int, needed: int
) -> None:
    writes = [Put(change.model_copy(update={"before": {"text": "x" * size}})) for change in _changes(rows)]
    parts = list(transactions(writes))
    assert [write for part in parts for write in part] == writes
    assert len(parts) == needed
    for part in filter(None, parts):
        await incidents.write(opened.id, Put(StepRow(name="seal")), *part)
    assert len((await _read(incidents, opened.id)).changes) == rows
