"""What the end-to-end tests work with: the stack seen from outside, and accounts of their own."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx

from local.stack import Stack
from shared.playbook.views import IncidentView

ALEX = "alex.wilber@contoso.com"
WRITES = ("PATCH", "POST", "PUT", "DELETE")
_READING_CMDLETS = ("Get-",)


@dataclass
class World:
    """One stack, called through its ``host``-th host. ``answers`` keeps every body that it gave, for the search for
    secrets."""

    stack: Stack
    http: httpx.AsyncClient
    answers: list[str] = field(default_factory=list)
    host: int = 0

    async def call(
        self, function: str, method: str, path: str, person: str | None = None, **request: Any
    ) -> httpx.Response:
        """Calls a function over HTTP with its own key, and as a person where one is named."""
        signed_in = {"authorization": f"Bearer {await self.stack.token(person)}"} if person else {}
        headers = {"x-functions-key": self.stack.key(function), **signed_in, **request.pop("headers", {})}
        url = f"{self.stack.host_urls[self.host]}/api/{path}"
        answer = await self.http.request(method, url, headers=headers, **request)
        self.answers.append(answer.text)
        return answer

    async def alert(self, *records: dict[str, Any]) -> dict[str, Any]:
        """Lets alerts in through Entra's door. What the door understood."""
        answer = await self.call("alerts_entra", "POST", "alerts/entra", json={"value": list(records)})
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return dict(answer.json())

    async def by_hand(self, account: str, **more: Any) -> str:
        """Opens an incident by hand. Its id."""
        body = {"account": account, "reason": "seen by a test", **more}
        answer = await self.call("open_incident", "POST", "incidents", json=body)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return str(answer.json()["incidents"][0]["id"])

    async def incident(self, incident_id: str) -> IncidentView:
        answer = await self.call("incident", "GET", f"incidents/{incident_id}")
        assert answer.status_code == httpx.codes.OK, answer.text
        return IncidentView.model_validate_json(answer.content)

    async def ended(self, incident_id: str, seconds: float = 30) -> IncidentView:
        """The incident, once no step of it can move any more."""

        async def settled() -> IncidentView | None:
            view = await self.incident(incident_id)
            return view if all(_stands(step.status) for step in view.steps) else None

        return await eventually(settled, seconds)

    async def account(self, account_id: str) -> dict[str, Any]:
        """What the tenant holds of an account."""
        return next(one for one in (await self.state())["accounts"] if one["user"]["id"] == account_id)

    async def change(self, account_id: str, **values: dict[str, Any]) -> None:
        """Somebody else changes an account in the tenant: properties of its ``user`` or its ``mailbox``."""
        state = await self.state()
        account = next(one for one in state["accounts"] if one["user"]["id"] == account_id)
        for part, changed in values.items():
            account[part] |= changed
        answer = await self.http.put(f"{self.stack.simulator_url}/_simulator/state", json=state)
        assert answer.is_success, answer.text

    async def calls(self) -> list[dict[str, Any]]:
        """Every call that the tenant got, in order."""
        return list((await self.http.get(f"{self.stack.simulator_url}/_simulator/calls")).json())

    async def writes(self, account_id: str) -> list[dict[str, Any]]:
        """The calls that could change an account."""
        return [call for call in await self.calls() if may_change(call) and account_id in json.dumps(call)]

    async def passwords(self) -> list[str]:
        """Every password that the tenant was ever sent."""
        return list((await self.http.get(f"{self.stack.simulator_url}/_simulator/passwords")).json())

    async def fault(self, **fault: Any) -> None:
        """Makes trouble in the tenant."""
        (await self.http.post(f"{self.stack.simulator_url}/_simulator/faults", json=fault)).raise_for_status()

    async def state(self) -> dict[str, Any]:
        return dict((await self.http.get(f"{self.stack.simulator_url}/_simulator/state")).json())

    async def victim(self, like: str = ALEX, **user: Any) -> dict[str, Any]:
        """A new account that is like one of the seeds in everything but its names. Its Graph properties."""
        state = await self.state()
        seed = next(one for one in state["accounts"] if one["user"]["userPrincipalName"] == like)
        victim = copy.deepcopy(seed)
        name = f"user-{uuid4().hex[:12]}"
        domain = like.rpartition("@")[2]
        victim["user"] |= {
            "id": str(uuid4()),
            "userPrincipalName": f"{name}@{domain}",
            "mail": f"{name}@{domain}",
            "proxyAddresses": [f"SMTP:{name}@{domain}", f"smtp:{name}-other@{domain}"],
        } | user
        victim["blockedSender"] = None
        for registered in victim["devices"]:
            registered["device"] |= {"id": str(uuid4()), "deviceId": str(uuid4())}
        state["accounts"].append(victim)
        answer = await self.http.put(f"{self.stack.simulator_url}/_simulator/state", json=state)
        assert answer.is_success, answer.text
        return dict(victim["user"])


@asynccontextmanager
async def world(stack: Stack) -> AsyncIterator[World]:
    async with httpx.AsyncClient(timeout=30) as http:
        yield World(stack, http)


async def eventually[T](look: Callable[[], Awaitable[T | None]], seconds: float) -> T:
    """What ``look`` finds, as soon as it finds something. Raises ``TimeoutError``."""
    until = monotonic() + seconds
    while monotonic() < until:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError(f"not within {seconds} s")


def risk_detection(user: dict[str, Any], **values: Any) -> dict[str, Any]:
    """An alert as Graph shows it, about a user, a minute ago."""
    seen = (datetime.now(UTC) - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    return {
        "id": uuid4().hex,
        "riskEventType": "leakedCredentials",
        "riskState": "atRisk",
        "riskLevel": "high",
        "riskDetail": "none",
        "activity": "user",
        "activityDateTime": seen,
        "detectedDateTime": seen,
        "lastUpdatedDateTime": seen,
        "userId": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user.get("displayName"),
    } | values


def _stands(status: str) -> bool:
    return status not in ("waiting", "queued", "running")


def may_change(call: dict[str, Any]) -> bool:
    """Whether a call of the tenant's log could change something."""
    if call["service"] == "token":
        return False
    if call["cmdlet"]:
        return not call["cmdlet"].startswith(_READING_CMDLETS)
    return call["method"] in WRITES
