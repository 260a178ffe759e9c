"""The ``reports`` container: the report of each incident as it was at its end. One blob an incident, written once.

Nothing here overwrites or deletes, so the container can be given an immutability policy.
https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient

CONTAINER = "reports"


class Reports:
    """Keeps them. ``connect`` is asked once, when the first one is kept: only the sweep loads the SDK for blobs."""

    def __init__(self, connect: Callable[[], "BlobServiceClient"]) -> None:
        self._connect = connect
        self._service: BlobServiceClient | None = None

    async def keep(self, incident_id: str, page: bytes) -> bytes:
        """Keeps a page as the report of an incident, unless there is one already. What is kept in any case.

        Raises ``AzureError`` where storage is in trouble, or does not let us.
        """
        container = self._container()
        blob = container.get_blob_client(f"{incident_id}.html")
        try:
            return await _written(blob, page)
        except ResourceNotFoundError:
            await _create(container)
            return await _written(blob, page)

    async def close(self) -> None:
        """Closes all connections."""
        if self._service is not None:
            await self._service.close()

    def _container(self) -> "ContainerClient":
        if self._service is None:
            self._service = self._connect()
        return self._service.get_container_client(CONTAINER)


async def _written(blob: "BlobClient", page: bytes) -> bytes:
    from azure.storage.blob import ContentSettings

    try:
        await blob.upload_blob(page, content_settings=ContentSettings(content_type="text/html; charset=utf-8"))
    except ResourceExistsError:  # an earlier attempt, which died before it could say so
        return await (await blob.download_blob()).readall()
    return page


async def _create(container: "ContainerClient") -> None:
    try:
        await container.create_container()
    except ResourceExistsError:
        return
