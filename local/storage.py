"""Azurite, Microsoft's storage emulator: blobs, queues and tables in memory, on ports of their own."""

import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from local.child import ROOT, Child

NODE = ROOT / ".local" / "node"
AZURITE = ROOT / "local" / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
ACCOUNT = "devstoreaccount1"
OPTIONS = ("--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck")
ANY_PORT = ("--blobPort", "0", "--queuePort", "0", "--tablePort", "0")
READY = "(?s)" + ".*".join(
    rf"{part} service is successfully listening at (\S+)\n" for part in ("Blob", "Queue", "Table")
)


@asynccontextmanager
async def azurite(logs: Path | None = None) -> AsyncIterator[str]:
    """An empty storage account of our own: its connection string. Gone, with all that is in it, at the end.

    Its key is made up at each start, so that nobody talks to somebody else's. Raises ``NotReady``.
    """
    key = b64encode(secrets.token_bytes(64)).decode()
    with TemporaryDirectory(prefix="azurite-") as folder:
        child = await Child.start(
            str(NODE),
            str(AZURITE),
            *OPTIONS,
            *ANY_PORT,
            ready=READY,
            log=(logs or Path(folder)) / "azurite.log",
            environment={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{key}"},
        )
        try:
            yield _connection_string(key, *child.ready)
        finally:
            await child.kill()  # it has nothing to save, and takes seconds to say goodbye


def _connection_string(key: str, blobs: str, queues: str, tables: str) -> str:
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};"
        f"BlobEndpoint={blobs}/{ACCOUNT};QueueEndpoint={queues}/{ACCOUNT};TableEndpoint={tables}/{ACCOUNT};"
    )
