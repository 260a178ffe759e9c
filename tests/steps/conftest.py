from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.settings import Settings
from shared.tenant.tenant import Tenant
from tests.simulator.client import IDENTITY_HEADER, TENANT, Client
from tests.steps.bench import Bench


@pytest.fixture(autouse=True)
def _a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook is read with the settings of a deployment."""
    monkeypatch.setenv("REGAIN_TENANT_ID", TENANT)


@pytest_asyncio.fixture
async def bench(simulator: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """The tenant as its seeds are, and a client of ours that has no token yet: each test may grant what it likes."""
    url = str(simulator.http.base_url).rstrip("/")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
    settings = Settings(tenant_id=TENANT, graph_url=url, exchange_url=url, compliance_url=f"{url}/compliance")
    bench = Bench(simulator, Tenant.from_settings(settings), settings)
    yield bench
    await bench.tenant.close()
