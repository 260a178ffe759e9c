"""The ``incidents`` table: one partition an incident, so that what belongs together is written in one transaction."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient

from .entity import decode, encode
from .errors import Conflict
from .rows import (
    KINDS,
    AlertRow,
    ChangeRow,
    ContactsRow,
    FindingRow,
    HistoryRow,
    IncidentRow,
    Row,
    StepRow,
    TaskRow,
)

BATCH = 100  # entities in one transaction
_PAYLOAD = 768 * 1024  # bytes of them: 4 MiB is the most, but above one the event loop stands still meanwhile
_AGAIN = ("POST",)  # a transaction whose answer was lost conflicts with itself: its writer knows it again
_CONFLICTS = (409, 412, 404)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Snapshot:
    """All rows of one incident, as one query saw them."""

    incident: IncidentRow
    steps: dict[str, StepRow] = field(default_factory=dict)
    changes: tuple[ChangeRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    contacts: tuple[ContactsRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    alerts: tuple[AlertRow, ...] = ()
    history: tuple[HistoryRow, ...] = ()


@dataclass(frozen=True)
class Insert:
    """Write a row that must not be there yet."""

    row: Row

    def operation(self, partition: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return "create", encode(partition, self.row.key, self.row), {}


@dataclass(frozen=True)
class Replace:
    """Write a row that must still be the one that was read."""

    row: Row

    def operation(self, partition: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        conditions = {
            "mode": UpdateMode.REPLACE,
            "etag": self.row.etag,
            "match_condition": MatchConditions.IfNotModified,
        }
        return "update", encode(partition, self.row.key, self.row), conditions


@dataclass(frozen=True)
class Put:
    """Write a row whatever is there: for what the row of the step, in the same transaction, already fences."""

    row: Row

    def operation(self, partition: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return "upsert", encode(partition, self.row.key, self.row), {"mode": UpdateMode.REPLACE}


@dataclass(frozen=True)
class Delete:
    """Remove a row, as ``Put`` writes one."""

    row: Row

    def operation(self, partition: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return "delete", {"PartitionKey": partition, "RowKey": self.row.key}, {}


Write = Insert | Replace | Put | Delete


def transactions(writes: Iterable[Write]) -> Iterator[tuple[Write, ...]]:
    """The writes in as few transactions as can hold them, each with room for the row of the step that owns them.

    https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
    """
    together: list[Write] = []
    payload = 0
    for write in writes:
        size = len(json.dumps(write.operation("")[1]))
        if together and (len(together) == BATCH - 1 or payload + size > _PAYLOAD):
            yield tuple(together)
            together, payload = [], 0
        together.append(write)
        payload += size
    yield tuple(together)


class Incidents:
    """Reads and writes whole incidents."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def read(self, incident_id: str) -> Snapshot | None:
        """All rows of an incident, None where there is none of this id."""
        if not _ID.fullmatch(incident_id):
            return None
        query = self._table.query_entities("PartitionKey eq @id", parameters={"id": incident_id})
        rows = [decode(KINDS[entity["RowKey"].partition(":")[0]], entity) async for entity in query]
        return _snapshot(rows)

    async def incident(self, incident_id: str) -> IncidentRow | None:
        """The row of the incident alone."""
        try:
            return decode(IncidentRow, await self._table.get_entity(incident_id, IncidentRow.prefix))
        except ResourceNotFoundError:
            return None

    async def step(self, incident_id: str, name: str) -> StepRow | None:
        """The row of one step alone."""
        try:
            return decode(StepRow, await self._table.get_entity(incident_id, f"step:{name}"))
        except ResourceNotFoundError:
            return None

    async def write(self, incident_id: str, *writes: Write) -> tuple[str, ...]:
        """One transaction, all or nothing: at most ``BATCH`` rows. The new ETags, in the order of ``writes``, "" for a
        row that was deleted.

        Raises ``Conflict`` where one of the rows is not what the write expects.
        """
        operations = [write.operation(incident_id) for write in writes]
        try:
            results = await self._table.submit_transaction(operations, retry_on_methods=_AGAIN)
        except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError) as error:
            raise Conflict(f"incident {incident_id}: a row has changed") from error
        except TableTransactionError as error:
            if error.status_code in _CONFLICTS:
                raise Conflict(f"incident {incident_id}: a row has changed") from error
            raise
        return tuple(str(result.get("etag", "")) for result in results)


def _snapshot(rows: list[Row]) -> Snapshot | None:
    incident = next((row for row in rows if isinstance(row, IncidentRow)), None)
    if incident is None:
        return None
    return Snapshot(
        incident=incident,
        steps={row.name: row for row in rows if isinstance(row, StepRow)},
        changes=tuple(row for row in rows if isinstance(row, ChangeRow)),
        findings=tuple(row for row in rows if isinstance(row, FindingRow)),
        contacts=tuple(row for row in rows if isinstance(row, ContactsRow)),
        tasks=tuple(row for row in rows if isinstance(row, TaskRow)),
        alerts=tuple(row for row in rows if isinstance(row, AlertRow)),
        history=tuple(row for row in rows if isinstance(row, HistoryRow)),
    )
