"""The mode switch: one row that is read before every change, so that one call stops all writing at once."""

from time import monotonic

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.policy import Mode

_KEY = "switch"
_FRESH = 1.0  # seconds


class Switch:
    """Reads and sets it. Where it was never set, ``enforce``: it only ever lowers what the settings allow."""

    def __init__(self, table: TableClient) -> None:
        self._table = table
        self._mode = Mode.ENFORCE
        self._read_at = float("-inf")

    async def mode(self) -> Mode:
        """The switch, at most a second old."""
        if monotonic() - self._read_at > _FRESH:
            self._mode = await self._read()
            self._read_at = monotonic()
        return self._mode

    async def set(self, mode: Mode) -> None:
        """Sets the switch for every worker."""
        await self._table.upsert_entity(
            {"PartitionKey": _KEY, "RowKey": _KEY, "mode": mode.value}, mode=UpdateMode.REPLACE
        )

    async def _read(self) -> Mode:
        try:
            return Mode((await self._table.get_entity(_KEY, _KEY))["mode"])
        except ResourceNotFoundError:
            return Mode.ENFORCE
