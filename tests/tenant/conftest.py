from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.settings import Settings
from shared.tenant.tenant import Tenant
from tests.tenant.server import Server, serving

TENANT_ID = "1d9e0b44-5c1f-4d0a-8a52-6f1f0c7e2a10"


@pytest_asyncio.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """One per test, so that no answer is left over from another one."""
    async with serving() as server:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        yield server
        assert server.unexpected == []


@pytest_asyncio.fixture
async def tenant(server: Server) -> AsyncIterator[Tenant]:
    """Our client as a deployment makes it: from settings, with the managed identity."""
    settings = Settings(tenant_id=TENANT_ID, graph_url=server.url, exchange_url=server.url, compliance_url=server.url)
    tenant = Tenant.from_settings(settings)
    yield tenant
    await tenant.close()
