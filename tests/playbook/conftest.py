from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.settings import Settings
from shared.state.storage import Storage


@pytest.fixture(autouse=True)
def _a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook is read with the settings of a deployment."""
    monkeypatch.setenv("REGAIN_TENANT_ID", "any")


@pytest_asyncio.fixture
async def settings(storage: str) -> Settings:
    return Settings(tenant_id=str(uuid4()), AzureWebJobsStorage=storage)


@pytest_asyncio.fixture
async def state(settings: Settings) -> AsyncIterator[Storage]:
    """All tables and queues. Tests share them, so each brings its own ids."""
    state = Storage.from_settings(settings)
    await state.prepare()
    yield state
    await state.close()
