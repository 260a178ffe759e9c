"""A body that a door has taken in is kept once, until it is done with."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest_asyncio

from local.storage import azurite
from shared.state.blobs import Blobs
from shared.state.deliveries import Deliveries, Delivery
from shared.state.storage import blobs_of

CAME = datetime(2026, 7, 18, 10, 0, 0, 123456, tzinfo=UTC)


@pytest_asyncio.fixture
async def deliveries(storage: str) -> AsyncIterator[Deliveries]:
    blobs = Blobs(blobs_of(storage))
    yield Deliveries(blobs)
    await blobs.close()


async def test_a_body_comes_back_as_it_came(deliveries: Deliveries) -> None:
    body = f'{{"é": "{uuid4()}"}}\n\x00'.encode()
    kept = await deliveries.keep("entra", body, CAME)
    assert await deliveries.read(kept) == Delivery(kept, "entra", body, CAME)


async def test_the_same_body_at_the_same_door_is_kept_once_as_of_the_first_time(deliveries: Deliveries) -> None:
    body = uuid4().bytes
    first = await deliveries.keep("entra", body, CAME)
    assert await deliveries.keep("entra", body, CAME + timedelta(minutes=1)) == first
    assert await deliveries.keep("sentinel", body, CAME) != first
    read = await deliveries.read(first)
    assert read is not None
    assert read.received_at == CAME


async def test_what_is_done_with_is_gone_and_may_be_done_with_again(deliveries: Deliveries) -> None:
    kept = await deliveries.keep("entra", uuid4().bytes, CAME)
    await deliveries.done(kept)
    await deliveries.done(kept)
    assert await deliveries.read(kept) is None


async def test_what_waits_is_told_from_what_has_just_come(deliveries: Deliveries) -> None:
    kept = await deliveries.keep("entra", uuid4().bytes, CAME)
    assert kept in await deliveries.waiting(datetime.now(UTC) + timedelta(minutes=1))
    assert kept not in await deliveries.waiting(datetime.now(UTC) - timedelta(minutes=1))


async def test_where_nothing_was_ever_kept_nothing_waits(tmp_path: Path) -> None:
    async with azurite(tmp_path) as connection_string:
        blobs = Blobs(blobs_of(connection_string))
        deliveries = Deliveries(blobs)
        assert await deliveries.waiting(datetime.now(UTC)) == []
        assert await deliveries.read("0" * 32) is None
        await deliveries.done("0" * 32)
        assert await deliveries.read(await deliveries.keep("entra", b"x", CAME)) is not None
        await blobs.close()
