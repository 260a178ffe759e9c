"""The switch: one call stops all writing, within a second, for everybody."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from shared.policy import Mode
from shared.state.switch import Position, Switch


@pytest_asyncio.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that switches go by: one number, which the test moves."""
    now = [100.0]
    monkeypatch.setattr("shared.state.switch.monotonic", lambda: now[0])
    return now


async def _turned(table: TableClient, mode: Mode) -> None:
    """Somebody else, in another process, has set the switch."""
    await table.upsert_entity({"PartitionKey": "switch", "RowKey": "switch", "mode": mode.value})


def _set_to(mode: Mode) -> Position:
    return Position(mode=mode, who="rosa@contoso.com", why="an exercise", at=datetime(2026, 11, 2, tzinfo=UTC))


async def test_a_switch_that_nobody_has_set_lowers_nothing(table: TableClient) -> None:
    assert await Switch(table).mode() is Mode.ENFORCE


async def test_it_is_set_for_every_worker(table: TableClient) -> None:
    await Switch(table).set(_set_to(Mode.REPORT_ONLY))
    assert await Switch(table).mode() is Mode.REPORT_ONLY
    await Switch(table).set(_set_to(Mode.ENFORCE))
    assert await Switch(table).mode() is Mode.ENFORCE


async def test_a_worker_knows_of_it_a_second_later(table: TableClient, clock: list[float]) -> None:
    worker = Switch(table)
    assert await worker.mode() is Mode.ENFORCE
    await _turned(table, Mode.REPORT_ONLY)

    clock[0] += 1.01
    assert await worker.mode() is Mode.REPORT_ONLY


async def test_within_that_second_storage_is_not_asked_again(table: TableClient, clock: list[float]) -> None:
    worker = Switch(table)
    await worker.mode()
    await table.delete_table()

    clock[0] += 0.99
    assert await worker.mode() is Mode.ENFORCE


async def test_a_switch_that_cannot_be_understood_is_an_error_and_not_a_yes(table: TableClient) -> None:
    await table.create_entity({"PartitionKey": "switch", "RowKey": "switch", "mode": "destroy"})
    with pytest.raises(ValueError, match="destroy"):
        await Switch(table).mode()
