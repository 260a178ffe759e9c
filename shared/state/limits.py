"""The ``limits`` table: one partition a period, one row a slot. Insert-only: a slot that is taken stays taken."""

from azure.core.exceptions import ResourceExistsError
from azure.data.tables.aio import TableClient


class Slots:
    """Counts across all workers, without a counter."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def take(self, period: str, incident_id: str, limit: int) -> bool:
        """Whether the incident is one of the first ``limit`` of the period. Asking again costs nothing."""
        while True:
            taken = await self._taken(period)
            if incident_id in taken:
                return True
            if len(taken) >= limit:
                return False
            slot = {"PartitionKey": period, "RowKey": f"{len(taken) + 1:06}", "incident": incident_id}
            try:
                await self._table.create_entity(slot)
            except ResourceExistsError:
                continue  # somebody else has just taken this one
            return True

    async def _taken(self, period: str) -> set[str]:
        query = self._table.query_entities("PartitionKey eq @period", parameters={"period": period})
        return {str(entity["incident"]) async for entity in query}
