"""All state of a deployment: its tables, queues, kept reports and deliveries in one storage account."""

from asyncio import gather
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azure.data.tables.aio import TableServiceClient
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.queue.aio import QueueServiceClient

from shared.settings import Settings

from .alerts import ReceivedAlerts
from .blobs import Blobs
from .claims import Claims
from .deliveries import Deliveries
from .incidents import Incidents
from .index import Index
from .limits import Slots
from .queues import Queues
from .reports import Reports
from .rows import IncidentRow
from .switch import Switch

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient

TABLES = ("incidents", "claims", "alerts", "index", "limits", "switch")
_LIMITS: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 10, "retry_total": 2}
# Left alone, this SDK waits 15 seconds before its second try, as it does nowhere else.
_QUEUE_LIMITS = _LIMITS | {"initial_backoff": 1, "increment_base": 2, "random_jitter_range": 1}
_AT_ONCE = _LIMITS | {"retry_total": 0}  # the sweep comes again by itself, sooner than the SDK would


class Storage:
    """The tables, the queues, the blobs. Create it on the event loop that will use it, ``prepare`` it once."""

    def __init__(
        self,
        tables: TableServiceClient,
        queues: QueueServiceClient,
        blobs: "Callable[[], BlobServiceClient]",
        *credentials: ManagedIdentityCredential,
    ) -> None:
        kept = Blobs(blobs)
        self.reports = Reports(kept)
        self.deliveries = Deliveries(kept)
        self._closed_with_it = (tables, queues, kept)
        self._credentials = credentials
        self._tables = tables
        self.incidents = Incidents(tables.get_table_client("incidents"))
        self.claims = Claims(tables.get_table_client("claims"))
        self.alerts = ReceivedAlerts(tables.get_table_client("alerts"))
        self.index = Index(tables.get_table_client("index"))
        self.slots = Slots(tables.get_table_client("limits"))
        self.switch = Switch(tables.get_table_client("switch"))
        self.queues = Queues(queues)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Storage":
        """The storage account that the Functions host uses too. Raises ``ValueError`` where none is set."""
        if settings.storage:
            return cls(
                TableServiceClient.from_connection_string(settings.storage, **_LIMITS),
                QueueServiceClient.from_connection_string(settings.storage, **_QUEUE_LIMITS),
                blobs_of(settings.storage),
            )
        if not settings.storage_account:
            raise ValueError("Set AzureWebJobsStorage__accountName (Azure) or AzureWebJobsStorage (local).")
        credential = ManagedIdentityCredential(client_id=settings.identity_client_id)
        host = f"{settings.storage_account}.{{}}.core.windows.net"
        return cls(
            TableServiceClient(f"https://{host.format('table')}", credential=credential, **_LIMITS),
            QueueServiceClient(f"https://{host.format('queue')}", credential=credential, **_QUEUE_LIMITS),
            lambda: _blobs()(f"https://{host.format('blob')}", credential=credential, **_AT_ONCE),
            credential,
        )

    async def prepare(self) -> None:
        """Creates the tables that are not there yet."""
        await gather(*(self._tables.create_table_if_not_exists(name) for name in TABLES))

    async def open_incident(self, account_id: str) -> IncidentRow | None:
        """The incident that has the account, None where none has it or it has ended."""
        held = await self.claims.holder(account_id)
        incident = await self.incidents.incident(held) if held else None
        return incident if incident is not None and incident.ending is None else None

    async def close(self) -> None:
        """Closes all connections."""
        await gather(*(one.close() for one in self._closed_with_it), *(one.close() for one in self._credentials))


def blobs_of(connection_string: str) -> "Callable[[], BlobServiceClient]":
    """How to connect to the blobs of a storage account."""
    return lambda: _blobs().from_connection_string(connection_string, **_AT_ONCE)


def _blobs() -> "type[BlobServiceClient]":
    """Loaded when it is used: it takes half as long as all the rest of storage, and few need it."""
    from azure.storage.blob.aio import BlobServiceClient

    return BlobServiceClient
