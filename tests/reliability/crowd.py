"""Many at once: hosts side by side over one storage and one tenant, a crowd of accounts, and alerts at all doors."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from uuid import uuid4

import httpx
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from local.simulator.seeds import stable_id
from local.stack import Stack
from shared.policy import Gate, Limits
from shared.state.incidents import Snapshot
from shared.state.queues import POISON
from shared.state.storage import Storage, blobs_of
from tests.end_to_end.world import may_change, risk_detection
from tests.simulator.client import SEEDS, TAKEN_OVER

from .places import Json

HOSTS = ("first", "second", "third", "fourth")
AT_ONCE = 64  # alerts on their way to the doors
TRIES = 20
_LOOK_EVERY = 1.0
_AS_DECLARED: Mapping[str, Gate] = MappingProxyType({})
_NAME = re.compile(r"[\w-]+")
_UNFINISHED = "status eq 'waiting' or status eq 'running'"


@dataclass
class Crowd:
    """The hosts and what they work on. ``owners``: the account's object id, by all that a call may name it by."""

    stack: Stack
    http: httpx.AsyncClient
    tables: TableServiceClient
    queues: QueueServiceClient
    state: Storage
    owners: dict[str, str] = field(default_factory=dict)

    async def accounts(self, count: int) -> list[Json]:
        """A tenant with so many users more, all taken over. Their Graph properties."""
        users = [_user(number) for number in range(count)]
        state = SEEDS.model_dump(mode="json", by_alias=True)
        taken_over = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)
        crowd = [deepcopy(taken_over) | {"blockedSender": None} for _ in users]
        for one, user in zip(crowd, users, strict=True):
            one["user"] |= user
            for registered in one["devices"]:
                registered["device"] |= {"id": str(uuid4()), "deviceId": str(uuid4())}
                self.owners[registered["device"]["id"]] = user["id"]
            alias, mailbox = user["mail"].partition("@")[0], stable_id(user["id"], "recipient")
            self.owners |= dict.fromkeys((user["id"], alias, mailbox), user["id"])
        body = state | {"accounts": [*state["accounts"], *crowd]}
        (await self.http.put(f"{self.stack.simulator_url}/_simulator/state", json=body)).raise_for_status()
        return users

    async def alert(self, alerts: Iterable[Json]) -> list[str]:
        """Lets the alerts in, one a request, through the doors of all hosts in turn. The incidents they opened.

        A door whose storage does not answer asks for the same request again, and gets it.
        """
        headers = {"x-functions-key": self.stack.key("alerts_entra")}
        room = asyncio.Semaphore(AT_ONCE)

        async def send(url: str, alert: Json) -> str:
            async with room:
                for _ in range(TRIES):
                    answer = await self.http.post(f"{url}/api/alerts/entra", headers=headers, json=alert)
                    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                        break
                    await asyncio.sleep(_LOOK_EVERY)
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text
            return str(answer.json()["incidents"][0]["id"])

        doors = zip(cycle(self.stack.host_urls), alerts, strict=False)
        return list(await asyncio.gather(*(send(url, alert) for url, alert in doors)))

    async def at_rest(self, incidents: Iterable[str], within: float) -> dict[str, Snapshot]:
        """The incidents, once no step of any can move and no message is left. Raises ``TimeoutError``."""
        until = monotonic() + within
        while await self._unfinished() or await self.messages():
            if monotonic() > until:
                raise TimeoutError(f"not at rest within {within} s")
            await asyncio.sleep(_LOOK_EVERY)
        return {one: snapshot for one in incidents if (snapshot := await self.state.incidents.read(one))}

    async def messages(self) -> int:
        """How many lie in the queues, hidden ones and poisoned ones too."""
        there = [queue.name async for queue in self.queues.list_queues()]
        looks = (self.queues.get_queue_client(name).get_queue_properties() for name in there)
        return sum(one.approximate_message_count or 0 for one in await asyncio.gather(*looks))

    async def poisoned(self) -> list[str]:
        """The poison queues that there are: the host makes one when it gives up on a message."""
        return [queue.name async for queue in self.queues.list_queues() if queue.name.endswith(POISON)]

    async def writes(self) -> dict[str, Counter[str]]:
        """What was asked of the tenant to change, counted, by the account's object id; its names are left out."""
        found = defaultdict[str, Counter[str]](Counter)
        calls = (await self.http.get(f"{self.stack.simulator_url}/_simulator/calls")).raise_for_status().json()
        for call in filter(may_change, calls):
            said = json.dumps([call["method"], call["path"], call["cmdlet"], call["parameters"]])
            (owner,) = {self.owners[one] for one in _NAME.findall(said) if one in self.owners}
            found[owner][_NAME.sub(lambda one: "<own>" if one[0] in self.owners else one[0], said)] += 1
        return dict(found)

    def logged(self, text: str) -> int:
        """How many lines of the hosts' logs hold ``text``."""
        return sum(text in line for name in HOSTS for line in (self.stack.logs / f"{name}.log").open(errors="replace"))

    async def _unfinished(self) -> bool:
        rows = self.tables.get_table_client("incidents").query_entities(_UNFINISHED, select=["RowKey"])
        async for _ in rows:
            return True
        return False


def detections(user: Json) -> list[Json]:
    """Alerts about a user that name it differently: by its id, by its UPN in capitals, by another of its addresses."""
    other = user["proxyAddresses"][1].removeprefix("smtp:").title()
    return [
        risk_detection(user),
        risk_detection(user, userId=None, userPrincipalName=user["userPrincipalName"].upper()),
        risk_detection(user, userId=None, userPrincipalName=other),
    ]


def _user(number: int) -> Json:
    name = f"user-{number}-{uuid4().hex[:6]}"
    addresses = [f"SMTP:{name}@contoso.com", f"smtp:{name}-other@contoso.com"]
    names = {"userPrincipalName": f"{name}@contoso.com", "mail": f"{name}@contoso.com"}
    return names | {"id": str(uuid4()), "proxyAddresses": addresses}


@asynccontextmanager
async def crowd(folder: Path, limits: Limits, steps: Mapping[str, Gate] = _AS_DECLARED) -> AsyncIterator[Crowd]:
    """Four hosts, and nothing that slows the tenant down."""
    settings = {"REGAIN_LIMITS": limits.model_dump_json(), "REGAIN_STEPS": json.dumps(dict(steps))}
    async with AsyncExitStack() as exits:
        stack = await exits.enter_async_context(Stack(lag=(0, 0), settings=settings, folder=folder, hosts=HOSTS))
        http = await exits.enter_async_context(httpx.AsyncClient(timeout=240))
        tables = await exits.enter_async_context(TableServiceClient.from_connection_string(stack.storage))
        queues = await exits.enter_async_context(QueueServiceClient.from_connection_string(stack.storage))
        yield Crowd(stack, http, tables, queues, Storage(tables, queues, blobs_of(stack.storage)))
