"""Where a world is: storage and a tenant of its own, their state saved and put back."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

import httpx
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from local.child import Child
from local.stack import READY
from local.storage import azurite
from shared.state.storage import TABLES
from tests.simulator.client import IDENTITY_HEADER, TENANT

BATCH = 100

type Json = dict[str, Any]
type Rows = dict[tuple[str, str], TableEntity]


@dataclass(frozen=True)
class Places:
    """The connection string of the storage, and where the tenant listens."""

    storage: str
    tenant: str

    @property
    def environment(self) -> dict[str, str]:
        """What a worker needs in its environment."""
        return {
            "IDENTITY_ENDPOINT": f"{self.tenant}/msi/token",
            "IDENTITY_HEADER": IDENTITY_HEADER,
            "REGAIN_TENANT_ID": TENANT,
        }


@asynccontextmanager
async def places(folder: Path) -> AsyncIterator[Places]:
    """An empty storage account, and the tenant as its seeds describe it; it shows each write at once."""
    async with azurite(folder) as storage:
        simulator = await Child.start(
            *(sys.executable, "-m", "local.simulator", "--lag", "0"),
            ready=READY.format("simulator"),
            log=folder / "simulator.log",
            environment={"IDENTITY_HEADER": IDENTITY_HEADER},
        )
        try:
            yield Places(storage, *simulator.ready)
        finally:
            await simulator.stop()


class Tables:
    """All tables, read and put back as a whole."""

    def __init__(self, service: TableServiceClient) -> None:
        self._tables = {name: service.get_table_client(name) for name in TABLES}

    async def read(self) -> dict[str, Rows]:
        """Every row."""
        return {name: await _rows(table) for name, table in self._tables.items()}

    async def put_back(self, saved: dict[str, Rows]) -> None:
        """Makes the tables hold what was saved, and nothing else."""
        for name, table in self._tables.items():
            await _replace(table, await _rows(table), saved[name])


async def _rows(table: TableClient) -> Rows:
    return {(row["PartitionKey"], row["RowKey"]): row async for row in table.list_entities()}


async def _replace(table: TableClient, there: Rows, wanted: Rows) -> None:
    writes: dict[str, list[Any]] = {}
    for (partition, key), row in there.items():
        if (partition, key) not in wanted:
            writes.setdefault(partition, []).append(("delete", row))
    for (partition, key), row in wanted.items():
        if there.get((partition, key)) != row:
            writes.setdefault(partition, []).append(("upsert", row, {"mode": UpdateMode.REPLACE}))
    for operations in writes.values():
        for batch in batched(operations, BATCH, strict=False):
            await table.submit_transaction(batch)


class Simulator:
    """The simulated tenant, as its operator sees it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def state(self) -> Json:
        """What is true in the tenant."""
        return dict((await self._http.get("/_simulator/state")).raise_for_status().json())

    async def put_state(self, state: Json, ahead: float) -> None:
        """Makes it so, with a clock that is so many seconds ahead of the machine's."""
        tenant = state["tenant"] | {"clockOffset": ahead}
        (await self._http.put("/_simulator/state", json=state | {"tenant": tenant})).raise_for_status()

    async def put_grants(self, grants: Json) -> None:
        """What our identity is granted from now on."""
        (await self._http.put("/_simulator/grants", json=grants)).raise_for_status()

    async def calls(self) -> list[Json]:
        """Every call since the last ``forget``, in order."""
        return list((await self._http.get("/_simulator/calls")).raise_for_status().json())

    async def fault(self, **fault: Any) -> None:
        """Makes trouble."""
        (await self._http.post("/_simulator/faults", json=fault)).raise_for_status()

    async def forget(self, grants: Json) -> None:
        """No more trouble, these grants, and an empty log of calls."""
        await self.put_grants(grants)
        (await self._http.delete("/_simulator/faults")).raise_for_status()
        (await self._http.delete("/_simulator/calls")).raise_for_status()
