"""The ``index`` table: which incidents the sweep must look at, and all incidents, newest first.

A cache: it is written before the incident, so that nothing can be open without being found.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient
from pydantic import BaseModel, ConfigDict, Field

from .entity import decode, encode

_OPEN = "open"
_ALL = "all"
_LAST_MILLISECOND = 10**15 - 1


class OpenIncident(BaseModel):
    """An incident that may need a nudge at ``due_at``. ``progress`` is what the last look saw."""

    model_config = ConfigDict(frozen=True)

    etag: str | None = Field(None, exclude=True)
    incident: str
    opened_at: datetime
    due_at: datetime
    nudges: int = 0
    progress: str = ""


class Index:
    """Reads and writes the lists."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def add(self, incident_id: str, opened_at: datetime, due_at: datetime) -> None:
        """Puts an incident on both lists. Safe to repeat with the same time."""
        row = OpenIncident(incident=incident_id, opened_at=opened_at, due_at=due_at)
        await self._table.upsert_entity(encode(_OPEN, incident_id, row), mode=UpdateMode.REPLACE)
        await self._table.upsert_entity(encode(_ALL, _newest_first(opened_at, incident_id), row))

    async def due(self, now: datetime) -> list[OpenIncident]:
        """The incidents that must be looked at by now."""
        query = self._table.query_entities("PartitionKey eq @open", parameters={"open": _OPEN})
        rows = [decode(OpenIncident, entity) async for entity in query]
        return [row for row in rows if row.due_at <= now]

    async def look_again(self, row: OpenIncident) -> None:
        """Stores when to look at an open incident next; leaves the row where somebody else has just written it."""
        with suppress(ResourceModifiedError, ResourceNotFoundError):
            await self._table.update_entity(
                encode(_OPEN, row.incident, row),
                mode=UpdateMode.REPLACE,
                etag=row.etag,
                match_condition=MatchConditions.IfNotModified,
            )

    async def settled(self, row: OpenIncident) -> None:
        """Takes an incident off the list of what may need a nudge, unless somebody has just put it there again."""
        with suppress(ResourceModifiedError, ResourceNotFoundError):
            await self._table.delete_entity(
                encode(_OPEN, row.incident, row),
                etag=row.etag,
                match_condition=MatchConditions.IfNotModified,
            )

    async def newest(self, limit: int, after: str = "") -> tuple[list[OpenIncident], str]:
        """At most ``limit`` incidents as they were listed, newest first, from the place ``after`` on; and the place for
        the next page, "" where this was the last.

        Two deliveries of one alert may list an incident twice: only the line with its own ``opened_at`` counts.
        """
        query = self._table.query_entities(
            "PartitionKey eq @all and RowKey gt @after",
            parameters={"all": _ALL, "after": after},
            results_per_page=limit,
        )
        async for page in query.by_page():
            entities = [entity async for entity in page]
            more = entities[-1]["RowKey"] if len(entities) == limit else ""
            return [decode(OpenIncident, entity) for entity in entities], more
        return [], ""


def _newest_first(opened_at: datetime, incident_id: str) -> str:
    milliseconds = int((opened_at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    return f"{_LAST_MILLISECOND - milliseconds:015}-{incident_id}"
