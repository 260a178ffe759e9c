"""One tenant, and the one identity that we reach all of it with."""

from typing import Self

import httpx

from shared.settings import Settings
from shared.tenant.compliance import Compliance
from shared.tenant.exchange import Exchange
from shared.tenant.graph import Graph
from shared.tenant.identity import Identity

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Tenant:
    """Graph, Exchange, and Security & Compliance of one tenant.

    Opens its connections when they are needed; close it at the end.
    """

    def __init__(
        self, identity: Identity, graph: Graph, exchange: Exchange, compliance: Compliance, scope: str
    ) -> None:
        self._identity = identity
        self._scope = scope
        self.graph = graph
        self.exchange = exchange
        self.compliance = compliance

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Signs in with the managed identity. Raises ``ValueError`` where a URL would carry tokens unencrypted."""
        graph_scope = _scope(settings.graph_url, "https://graph.microsoft.com")
        exchange_scope = _scope(settings.exchange_url, "https://outlook.office365.com")
        compliance_scope = _scope(settings.compliance_url, "https://ps.compliance.protection.outlook.com")
        identity = Identity(settings.identity_client_id)
        graph = Graph(identity, settings.graph_url, graph_scope)
        return cls(
            identity,
            graph,
            Exchange(identity, settings.exchange_url, settings.tenant_id, exchange_scope),
            Compliance(identity, settings.compliance_url, settings.tenant_id, compliance_scope, graph),
            graph_scope,
        )

    async def own_object_id(self) -> str:
        """The object id that we reach the tenant as. Raises ``TenantError``."""
        return await self._identity.object_id(self._scope)

    async def close(self) -> None:
        await self.graph.close()
        await self.exchange.close()
        await self.compliance.close()
        await self._identity.close()


def _scope(url: str, public: str) -> str:
    """The scope of a service's tokens: its own address, or the public one where it is simulated on this machine."""
    parts = httpx.URL(url)
    if parts.host in _LOOPBACK:
        return f"{public}/.default"
    if parts.scheme != "https":
        raise ValueError("The tenant is reached over https only.")
    return f"{url.rstrip('/')}/.default"
