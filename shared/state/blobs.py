"""The blobs of the storage account, connected to when the first one is asked for: their SDK takes long to load."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient, ContainerClient


class Blobs:
    """Its containers. ``connect`` is asked once."""

    def __init__(self, connect: "Callable[[], BlobServiceClient]") -> None:
        self._connect = connect
        self._service: BlobServiceClient | None = None

    def container(self, name: str) -> "ContainerClient":
        """A container, whether it is there or not."""
        if self._service is None:
            self._service = self._connect()
        return self._service.get_container_client(name)

    async def close(self) -> None:
        """Closes all connections."""
        if self._service is not None:
            await self._service.close()


async def create(container: "ContainerClient") -> None:
    """Creates a container that was not there; somebody else may have done so since."""
    try:
        await container.create_container()
    except ResourceExistsError:
        return
