"""The ``reports`` container: the report of each incident as it was at its end. One blob an incident, written once.

Nothing here overwrites or deletes, so the container can be given an immutability policy.
https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview
"""

from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from .blobs import Blobs, create

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

CONTAINER = "reports"


class Reports:
    """Keeps them."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def keep(self, incident_id: str, page: bytes) -> bytes:
        """Keeps a page as the report of an incident, unless there is one already. What is kept in any case.

        Raises ``AzureError`` where storage is in trouble, or does not let us.
        """
        container = self._blobs.container(CONTAINER)
        blob = container.get_blob_client(f"{incident_id}.html")
        try:
            return await _written(blob, page)
        except ResourceNotFoundError:
            await create(container)
            return await _written(blob, page)


async def _written(blob: "BlobClient", page: bytes) -> bytes:
    from azure.storage.blob import ContentSettings

    try:
        await blob.upload_blob(page, content_settings=ContentSettings(content_type="text/html; charset=utf-8"))
    except ResourceExistsError:  # an earlier attempt, which died before it could say so
        return await (await blob.download_blob()).readall()
    return page
