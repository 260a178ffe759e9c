"""The report of an incident that has ended is kept once, and its hash is in the incident's row."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from azure.storage.blob.aio import BlobServiceClient

from functions.wiring import playbook
from local.storage import azurite
from shared.playbook.engine import Engine, utc_now
from shared.playbook.keeping import keep_report
from shared.playbook.page import page
from shared.playbook.sweep import Sweep
from shared.playbook.views import incident_view
from shared.settings import Settings
from shared.state.errors import Conflict
from shared.state.incidents import Insert, Snapshot
from shared.state.index import OpenIncident
from shared.state.reports import CONTAINER
from shared.state.rows import Ending
from shared.state.storage import Storage
from shared.tenant.tenant import Tenant
from tests.playbook.incident import OPENED, incident

ENDED = OPENED + timedelta(hours=3)


@pytest_asyncio.fixture(scope="module")
async def own_storage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The sweep looks at all that there is: so there is nothing of other tests."""
    async with azurite(tmp_path_factory.mktemp("storage")) as connection_string:
        yield connection_string


@pytest_asyncio.fixture
async def engine(own_storage: str) -> AsyncIterator[Engine]:
    settings = Settings(tenant_id=str(uuid4()), AzureWebJobsStorage=own_storage)
    storage, tenant = Storage.from_settings(settings), Tenant.from_settings(settings)
    await storage.prepare()
    yield Engine(playbook(), storage, tenant, settings)
    await storage.close()
    await tenant.close()


@pytest_asyncio.fixture
async def without_blobs(engine: Engine, own_storage: str) -> AsyncIterator[Engine]:
    """The same, where nobody answers for the blobs."""
    nobody = re.sub(r"BlobEndpoint=http://[^/]+", "BlobEndpoint=http://127.0.0.1:9", own_storage)
    storage = Storage.from_settings(Settings(tenant_id=engine.settings.tenant_id, AzureWebJobsStorage=nobody))
    yield replace(engine, storage=storage)
    await storage.close()


async def _ended(engine: Engine, ending: Ending | None = Ending.CLOSED, nudges: int = 0) -> str:
    """An incident that has ended so, and that the sweep has not seen since: its id."""
    made = incident(id=uuid4().hex, ending=ending, ended_at=ENDED if ending else None)
    rows = [made.incident, *made.steps.values(), *made.changes]
    await engine.storage.incidents.write(made.incident.id, *map(Insert, rows))
    await engine.storage.index.add(made.incident.id, OPENED, due_at=OPENED)
    listed = await _listed(engine, made.incident.id)
    await engine.storage.index.look_again(listed.model_copy(update={"nudges": nudges}))
    return made.incident.id


async def _listed(engine: Engine, incident_id: str) -> OpenIncident:
    rows = await engine.storage.index.due(datetime.max.replace(tzinfo=UTC))
    return next(row for row in rows if row.incident == incident_id)


async def _is_listed(engine: Engine, incident_id: str) -> bool:
    rows = await engine.storage.index.due(datetime.max.replace(tzinfo=UTC))
    return incident_id in {row.incident for row in rows}


async def _read(engine: Engine, incident_id: str) -> Snapshot:
    snapshot = await engine.storage.incidents.read(incident_id)
    assert snapshot is not None
    return snapshot


async def _kept(own_storage: str, incident_id: str) -> bytes | None:
    """What somebody sees who comes for the blob with tools of their own."""
    async with BlobServiceClient.from_connection_string(own_storage) as blobs:
        blob = blobs.get_blob_client(CONTAINER, f"{incident_id}.html")
        return bytes(await (await blob.download_blob()).readall()) if await blob.exists() else None


@pytest.mark.parametrize("ending", [Ending.RELEASED, Ending.RESTORED, Ending.CLOSED, Ending.CANCELLED])
async def test_what_has_ended_is_kept_as_it_is_shown_and_its_hash_is_told(
    engine: Engine, own_storage: str, ending: Ending
) -> None:
    ended = await _ended(engine, ending)
    await Sweep(engine).run()
    kept, snapshot = await _kept(own_storage, ended), await _read(engine, ended)
    view = incident_view(playbook(), snapshot)
    assert kept == page(view).encode()
    assert view.report_sha256 == sha256(kept).hexdigest()
    assert not await _is_listed(engine, ended)


async def test_what_is_open_or_told_by_another_is_not_kept(engine: Engine, own_storage: str) -> None:
    still_open, joined = await _ended(engine, None), await _ended(engine, Ending.JOINED)
    await Sweep(engine).run()
    assert await _kept(own_storage, still_open) is await _kept(own_storage, joined) is None
    assert (await _read(engine, joined)).incident.report_sha256 is None
    assert not await _is_listed(engine, joined)


async def test_who_dies_before_the_hash_is_noted_leaves_a_report_that_is_never_written_again(
    engine: Engine, own_storage: str
) -> None:
    ended = await _ended(engine)
    await engine.storage.reports.keep(ended, b"an earlier version of the page")
    await Sweep(engine).run()
    assert await _kept(own_storage, ended) == b"an earlier version of the page"
    told = (await _read(engine, ended)).incident.report_sha256
    assert told == sha256(b"an earlier version of the page").hexdigest()


async def test_keeping_twice_changes_nothing(engine: Engine, own_storage: str) -> None:
    ended = await _ended(engine)
    await keep_report(engine.storage, engine.playbook, await _read(engine, ended))
    first, kept = await _read(engine, ended), await _kept(own_storage, ended)
    await keep_report(engine.storage, engine.playbook, first)
    assert (await _read(engine, ended)).incident == first.incident
    assert await _kept(own_storage, ended) == kept


async def test_who_dies_before_the_incident_is_off_the_list_changes_nothing_more(
    engine: Engine, own_storage: str
) -> None:
    ended = await _ended(engine)
    await keep_report(engine.storage, engine.playbook, await _read(engine, ended))
    noted, kept = (await _read(engine, ended)).incident, await _kept(own_storage, ended)
    await Sweep(engine).run()
    assert (await _read(engine, ended)).incident == noted
    assert await _kept(own_storage, ended) == kept
    assert not await _is_listed(engine, ended)


async def test_two_at_once_keep_one_report(engine: Engine, own_storage: str) -> None:
    ended = await _ended(engine)
    snapshot = await _read(engine, ended)
    await keep_report(engine.storage, engine.playbook, snapshot)
    with pytest.raises(Conflict):
        await keep_report(engine.storage, engine.playbook, snapshot)
    kept = await _kept(own_storage, ended)
    assert kept is not None
    assert (await _read(engine, ended)).incident.report_sha256 == sha256(kept).hexdigest()


async def test_a_report_that_cannot_be_kept_holds_nobody_up_and_is_kept_later(
    engine: Engine, without_blobs: Engine
) -> None:
    ended, joined = await _ended(engine), await _ended(engine, Ending.JOINED)
    await Sweep(without_blobs).run()
    assert not await _is_listed(engine, joined)
    waiting = await _listed(engine, ended)
    assert (waiting.nudges, waiting.due_at > utc_now()) == (1, True)

    await engine.storage.index.look_again(waiting.model_copy(update={"due_at": OPENED}))
    await Sweep(engine).run()
    assert (await _read(engine, ended)).incident.report_sha256
    assert not await _is_listed(engine, ended)


@pytest.mark.parametrize(("nudges", "minutes"), [(0, 1), (4, 16), (5, 32), (60, 32), (5_000, 32)])
async def test_the_pause_doubles_to_half_an_hour_and_stays_there(
    engine: Engine, without_blobs: Engine, nudges: int, minutes: int
) -> None:
    ended, before = await _ended(engine, nudges=nudges), utc_now()
    await Sweep(without_blobs).run()
    pause = (await _listed(engine, ended)).due_at - before
    assert round(pause / timedelta(minutes=1)) == minutes


async def test_nothing_is_there_for_who_has_no_key(engine: Engine, own_storage: str) -> None:
    ended = await _ended(engine)
    await Sweep(engine).run()
    async with BlobServiceClient.from_connection_string(own_storage) as blobs, httpx.AsyncClient() as http:
        answer = await http.get(blobs.get_blob_client(CONTAINER, f"{ended}.html").url)
    assert answer.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT)
