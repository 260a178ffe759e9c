"""The ``alerts`` table: every alert that came in, what it started, or why it was ignored. One row an alert."""

from datetime import datetime

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient
from pydantic import BaseModel, ConfigDict, Field

from .entity import decode, encode

_ROW = "alert"


class ReceivedAlert(BaseModel):
    """What came in. ``incidents`` are the ids it opened or nudged; ``ignored`` says why it opened none.

    ``attention``: it should have opened one, a person has to look. ``joined``: the open incidents that it was added to.
    """

    model_config = ConfigDict(frozen=True)

    etag: str | None = Field(None, exclude=True)
    id: str
    source: str
    identity: str
    title: str
    severity: str
    activity_at: datetime | None = None
    received_at: datetime
    notes: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    ignored: str = ""
    attention: bool = False
    joined: tuple[str, ...] = ()
    sentinel_incident: str = ""


class ReceivedAlerts:
    """Reads and writes them."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def put(self, alert: ReceivedAlert) -> None:
        """Records the alert; sent again, what it led to this time."""
        await self._table.upsert_entity(encode(alert.id, _ROW, alert), mode=UpdateMode.REPLACE)

    async def get(self, alert_id: str) -> ReceivedAlert | None:
        """The alert of this id, None where none came in."""
        try:
            return decode(ReceivedAlert, await self._table.get_entity(alert_id, _ROW))
        except ResourceNotFoundError:
            return None
