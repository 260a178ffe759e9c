"""The mode switch: one row that is read before every change, so that one call stops all writing at once."""

from datetime import datetime
from time import monotonic

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient
from pydantic import BaseModel, ConfigDict, Field

from shared.policy import Mode

from .entity import decode, encode

_KEY = "switch"
_FRESH = 1.0  # seconds


class Position(BaseModel):
    """Where the switch is, and who has set it. Never set, it is at ``enforce``: it only ever lowers the settings."""

    model_config = ConfigDict(frozen=True)

    etag: str | None = Field(None, exclude=True)
    mode: Mode = Mode.ENFORCE
    who: str = ""
    why: str = ""
    at: datetime | None = None


class Switch:
    """Reads and sets it."""

    def __init__(self, table: TableClient) -> None:
        self._table = table
        self._mode = Mode.ENFORCE
        self._read_at = float("-inf")

    async def mode(self) -> Mode:
        """Where it is, at most a second old."""
        if monotonic() - self._read_at > _FRESH:
            began = monotonic()
            self._mode = (await self.position()).mode
            self._read_at = began
        return self._mode

    async def position(self) -> Position:
        """Where it is now."""
        try:
            return decode(Position, await self._table.get_entity(_KEY, _KEY))
        except ResourceNotFoundError:
            return Position()

    async def set(self, position: Position) -> None:
        """Sets the switch for every worker. What it was set to before is kept beside it."""
        kept = encode(_KEY, f"history:{position.at:%Y%m%dT%H%M%S.%fZ}", position)
        replace = {"mode": UpdateMode.REPLACE}
        await self._table.submit_transaction(
            [("upsert", encode(_KEY, _KEY, position), replace), ("upsert", kept, replace)]
        )
