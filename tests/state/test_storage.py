"""In Azure there is no connection string: storage is reached as the managed identity."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from azure.core.exceptions import AzureError

from shared.settings import Settings
from shared.state.storage import Storage
from tests.simulator.client import IDENTITY_HEADER, Client

ACCOUNT, CLIENT_ID = "stregain0000", "c0000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    "ask",
    [
        lambda storage: storage.incidents.incident("0" * 32),
        lambda storage: storage.queues.poisoned("triage"),
        lambda storage: storage.reports.keep("0" * 32, b""),
    ],
    ids=["tables", "queues", "blobs"],
)
async def test_each_service_of_the_account_is_asked_with_a_token_of_the_identity(
    ask: Callable[[Storage], Awaitable[object]], simulator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(simulator.http.base_url).rstrip("/")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)
    settings = Settings(tenant_id="any", identity_client_id=CLIENT_ID, AzureWebJobsStorage__accountName=ACCOUNT)
    storage = Storage.from_settings(settings)

    # The simulated tenant has no such identity and says so, before any call could leave for Azure.
    with pytest.raises(AzureError, match="No User Assigned"):
        await ask(storage)
    await storage.close()

    asked = [call["query"] for call in await simulator.calls() if call["service"] == "token"]
    assert {query["client_id"] for query in asked} == {CLIENT_ID}
    assert {query["resource"] for query in asked} == {"https://storage.azure.com"}


async def test_a_queue_that_stumbles_is_asked_again_within_seconds(storage: str) -> None:
    """A door waits for it, and whoever knocked waits for the door."""
    state = Storage.from_settings(Settings(tenant_id="any", AzureWebJobsStorage=storage))
    retry: Any = state.queues._service._config.retry_policy
    pauses = [retry.get_backoff_time({"count": tried}) for tried in range(retry.total_retries)]
    await state.close()
    assert len(pauses) >= 1
    assert sum(pauses) < 7


def test_without_an_account_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)
    with pytest.raises(ValueError, match="AzureWebJobsStorage__accountName"):
        Storage.from_settings(Settings(tenant_id="any"))
