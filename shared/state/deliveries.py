"""The ``deliveries`` container: bodies that a door has taken in whole, until all that is in them is stored.

One blob a body, named by its content: the same body again is the one that is there. It is deleted when it is done with.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from .blobs import Blobs, create

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

CONTAINER = "deliveries"
QUEUE = "deliveries"


@dataclass(frozen=True)
class Delivery:
    """What came in at the door of ``source``, and when."""

    id: str
    source: str
    body: bytes
    received_at: datetime


class Deliveries:
    """Keeps them, and says which still wait."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def keep(self, source: str, body: bytes, received_at: datetime) -> str:
        """Keeps a body, unless it is there already. Its id: 32 hexadecimal characters."""
        delivery_id = sha256(f"{source}\n".encode() + body).hexdigest()[:32]
        container = self._blobs.container(CONTAINER)
        blob = container.get_blob_client(delivery_id)
        told = {"source": source, "received": received_at.isoformat()}
        try:
            await _write(blob, body, told)
        except ResourceNotFoundError:
            await create(container)
            await _write(blob, body, told)
        return delivery_id

    async def read(self, delivery_id: str) -> Delivery | None:
        """The delivery, None where it is done with."""
        try:
            download = await self._blobs.container(CONTAINER).get_blob_client(delivery_id).download_blob()
        except ResourceNotFoundError:
            return None
        told = download.properties.metadata
        return Delivery(delivery_id, told["source"], await download.readall(), datetime.fromisoformat(told["received"]))

    async def waiting(self, before: datetime) -> list[str]:
        """The ids of those that came in before then, and are not done with."""
        try:
            blobs = self._blobs.container(CONTAINER).list_blobs()
            return [blob.name async for blob in blobs if blob.last_modified < before]
        except ResourceNotFoundError:
            return []

    async def done(self, delivery_id: str) -> None:
        """Deletes one that is done with. Safe to repeat."""
        try:
            await self._blobs.container(CONTAINER).get_blob_client(delivery_id).delete_blob()
        except ResourceNotFoundError:
            return


async def _write(blob: "BlobClient", body: bytes, told: dict[str, str]) -> None:
    try:
        await blob.upload_blob(body, metadata=told)
    except ResourceExistsError:  # the same body has come in before
        return
