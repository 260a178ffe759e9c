"""Microsoft's own client and credential get through: what signs in here is what signs in in Azure."""

import json

import httpx
import pytest
from azure.identity.aio import ManagedIdentityCredential
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from tests.simulator.client import GUEST, IDENTITY_HEADER, Client

NAME = "dana.reyes_fabrikam.com#EXT#@contoso.onmicrosoft.com"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_microsofts_client_signs_in_and_reads_a_guest_by_name(
    simulator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = str(simulator.http.base_url).rstrip("/")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{base}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
    async with (
        ManagedIdentityCredential(client_id="7c4d0a2e-93b1-4f6a-b1d4-2f8f3a5c9e01") as credential,
        httpx.AsyncClient() as http,
    ):
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=["https://graph.microsoft.com/.default"], allowed_hosts=["127.0.0.1"]
        )
        adapter = GraphRequestAdapter(provider, http)
        adapter.base_url = f"{base}/v1.0"
        client = GraphServiceClient(request_adapter=adapter)
        request: RequestInformation = client.users.by_user_id(NAME).to_get_request_information()
        body = await adapter.send_primitive_async(request, "bytes", {})
    assert json.loads(body or b"{}")["id"] == GUEST
