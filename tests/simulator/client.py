"""A caller of the simulated tenant: real HTTP, tokens from the real endpoint."""

from typing import Any

import httpx

from local.simulator.grants import load_grants
from local.simulator.seeds import read_seeds

IDENTITY_HEADER = "only-for-the-tests"
GRAPH = "https://graph.microsoft.com"
EXCHANGE = "https://outlook.office365.com"
SEEDS = read_seeds()
TENANT = SEEDS.tenant.id
TAKEN_OVER = "b0000000-0000-4000-8000-000000000001"
SYNCED = "b0000000-0000-4000-8000-000000000002"
FEDERATED = "b0000000-0000-4000-8000-000000000003"
GUEST = "b0000000-0000-4000-8000-000000000004"
NO_MAILBOX = "b0000000-0000-4000-8000-000000000005"
SHARED_MAILBOX = "b0000000-0000-4000-8000-000000000006"
ADMINISTRATOR = "b0000000-0000-4000-8000-000000000007"
HELP_DESK = "b0000000-0000-4000-8000-000000000008"
GROUP_OWNER = "b0000000-0000-4000-8000-000000000009"
BREAK_GLASS = "b0000000-0000-4000-8000-000000000010"
PASSWORD = "Correct-Horse-7-Battery"


class Client:
    """Calls one simulator as the managed identity; tokens are fetched when they are first needed."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self._tokens: dict[str, str] = {}

    async def reset(self) -> None:
        """Back to the seeds, the committed grants, an empty log and no faults."""
        await self.put_state(SEEDS.model_dump(mode="json", by_alias=True))
        await self.grant(**load_grants().model_dump(mode="json"))
        await self.http.delete("/_simulator/calls")
        await self.http.delete("/_simulator/faults")

    async def token(self, resource: str) -> str:
        if resource not in self._tokens:
            self._tokens[resource] = (await self.ask_for_token(resource=resource)).json()["access_token"]
        return self._tokens[resource]

    async def ask_for_token(self, header: str | None = IDENTITY_HEADER, **query: str) -> httpx.Response:
        return await self.http.get(
            "/msi/token",
            params={"api-version": "2019-08-01", "resource": GRAPH, **query},
            headers={} if header is None else {"X-IDENTITY-HEADER": header},
        )

    async def graph(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Call ``path`` (with version) as it is written, nothing encoded."""
        return await self.http.request(
            method, path, json=body, headers={"Authorization": f"Bearer {await self.token(GRAPH)}", **headers}
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.graph("GET", f"/v1.0{path}", **headers)

    async def cmdlet(self, name: str, parameters: Any = None, query: str = "", **headers: str) -> httpx.Response:
        return await self.post_to_exchange(
            {"CmdletInput": {"CmdletName": name, "Parameters": parameters or {}}}, query, **headers
        )

    async def post_to_exchange(self, body: Any, query: str = "", **headers: str) -> httpx.Response:
        return await self.http.post(
            f"/adminapi/beta/{TENANT}/InvokeCommand{query}",
            json=body,
            headers={"Authorization": f"Bearer {await self.token(EXCHANGE)}", **headers},
        )

    async def fault(self, do: Any, times: int | None = 1, **match: str) -> None:
        (await self.http.post("/_simulator/faults", json={"match": match, "times": times, "do": do})).raise_for_status()

    async def calls(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.http.get("/_simulator/calls")).json()
        return rows

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get("/_simulator/state")).json()
        return state

    async def put_state(self, state: dict[str, Any]) -> None:
        (await self.http.put("/_simulator/state", json=state)).raise_for_status()

    async def truth(self, account: str) -> dict[str, Any]:
        """What is true of an account now, in the shape of a seed file."""
        accounts = (await self.state())["accounts"]
        found: dict[str, Any] = next(a for a in accounts if a["user"]["id"] == account)
        return found

    async def grant(
        self,
        graph: list[str] | None = None,
        exchange: list[str] | None = None,
        protection: list[str] | None = None,
        directory_roles: Any = None,
    ) -> None:
        """Grant exactly this, where None leaves the committed list; tokens are fetched anew."""
        committed = load_grants().model_dump(mode="json")
        given = {"graph": graph, "exchange": exchange, "protection": protection, "directory_roles": directory_roles}
        grants = {**committed, **{name: value for name, value in given.items() if value is not None}}
        (await self.http.put("/_simulator/grants", json=grants)).raise_for_status()
        self._tokens.clear()


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and error code of a Graph answer."""
    return answer.status_code, answer.json()["error"]["code"]


def exception(answer: httpx.Response) -> tuple[int, str]:
    """Status and last part of the exception type of a failed cmdlet."""
    inner = answer.json()["error"]["innererror"]["internalexception"]
    return answer.status_code, inner["type"].rpartition(".")[2]
