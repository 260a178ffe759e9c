"""Security & Compliance PowerShell, called as Exchange Online is: the role groups that the Defender portal shows.

The tenant's own region takes the cmdlets; the front door says which one that is, by where it sends a browser.
https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2
"""

import httpx
from azure.core.credentials_async import AsyncTokenCredential

from shared.tenant.connection import answering
from shared.tenant.errors import Denied
from shared.tenant.exchange import SYSTEM_MAILBOX, Exchange, Output, Row
from shared.tenant.graph import Graph

SERVICE = "Security & Compliance PowerShell"
NEEDS = (
    "the permission Exchange.ManageAsApp of Microsoft Exchange Online Protection and the directory role Compliance "
    "Administrator, or a place in the role group Organization Management there"
)


class Compliance(Exchange):
    """As ``Exchange``. ``Denied`` says what it takes here, which is not what Exchange takes."""

    def __init__(self, credential: AsyncTokenCredential, url: str, tenant_id: str, scope: str, graph: Graph) -> None:
        super().__init__(credential, url, tenant_id, scope)
        self._graph = graph
        self._region: str | None = None
        self._initial_domain: str | None = None

    async def _invoke(self, cmdlet: str, parameters: Row, about: str | None) -> tuple[httpx.Response, Output]:
        await self._anchor()  # where Graph refuses, what it needs is another right
        try:
            return await super()._invoke(cmdlet, parameters, about)
        except Denied as denied:
            raise Denied(f"{SERVICE} refused {cmdlet}. The app needs {NEEDS}.", NEEDS) from denied

    async def _address(self) -> str:
        if self._region is None:
            self._region = regional(self._url, await self._front_door())
        return self._region

    async def _anchor(self) -> str:
        if self._initial_domain is None:
            domains = await self._graph.domains()
            self._initial_domain = next((one.id for one in domains if one.is_initial), self._tenant_id)
        return f"UPN:{SYSTEM_MAILBOX}@{self._initial_domain}"

    async def _front_door(self) -> str:
        """Where it sends a browser; the redirect is not followed: the token is not for that host."""
        async with answering(SERVICE):
            token = await self._credential.get_token(self._scope)
            response = await self._http.get(
                f"{self._url}/AdminApi/v1.0/{self._tenant_id}/EXOModuleFile",
                headers={"Authorization": f"Bearer {token.token}", "X-AnchorMailbox": await self._anchor()},
            )
        return str(response.headers.get("location") or "")


def regional(url: str, location: str) -> str:
    """Where the cmdlets of a tenant are taken, from where the front door sends a browser: the first part of that host
    before the host of ``url``. ``url`` itself where it sends nowhere, or to somewhere else than Microsoft's.
    """
    front, there = httpx.URL(url), httpx.URL(location)
    region, _, rest = there.host.partition(".")
    if not region or rest != front.host.replace("ps.compliance.", "admin.", 1):
        return url
    return str(front.copy_with(host=f"{region}.{front.host}"))
