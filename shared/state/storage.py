"""All state of a deployment: its tables and queues in one storage account."""

from asyncio import gather
from typing import Any

from azure.data.tables.aio import TableServiceClient
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.queue.aio import QueueServiceClient

from shared.settings import Settings

from .alerts import ReceivedAlerts
from .claims import Claims
from .incidents import Incidents
from .index import Index
from .limits import Slots
from .queues import Queues
from .switch import Switch

TABLES = ("incidents", "claims", "alerts", "index", "limits", "switch")
_LIMITS: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 10, "retry_total": 2}


class Storage:
    """The tables and the queues. Create it on the event loop that will use it, ``prepare`` it once."""

    def __init__(self, tables: TableServiceClient, queues: QueueServiceClient) -> None:
        self._services = (tables, queues)
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
                QueueServiceClient.from_connection_string(settings.storage, **_LIMITS),
            )
        if not settings.storage_account:
            raise ValueError("Set AzureWebJobsStorage__accountName (Azure) or AzureWebJobsStorage (local).")
        credential = ManagedIdentityCredential(client_id=settings.identity_client_id)
        host = f"{settings.storage_account}.{{}}.core.windows.net"
        return cls(
            TableServiceClient(f"https://{host.format('table')}", credential=credential, **_LIMITS),
            QueueServiceClient(f"https://{host.format('queue')}", credential=credential, **_LIMITS),
        )

    async def prepare(self) -> None:
        """Creates the tables that are not there yet."""
        await gather(*(self._tables.create_table_if_not_exists(name) for name in TABLES))

    async def close(self) -> None:
        """Closes all connections."""
        await gather(*(service.close() for service in self._services))
