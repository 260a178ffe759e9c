"""The whole local stack: storage, the simulated tenant, and the functions host with the app in it."""

import asyncio
import hmac
import json
import secrets
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import httpx

from local.child import ROOT, Child
from local.doors import doors
from local.storage import azurite

ACCOUNTS = ROOT / "local" / "accounts"
RESPONDER = "responder@contoso.com"  # of the seeds, who may decide
READY = r"(?m)^{} ready (http://\S+)$"
HOST = "host"


class Stack:
    """``async with Stack() as stack``: everything runs, on ports of its own; at the end nothing does.

    ``lag``: seconds until the tenant's reads show a write, from and to. ``latency``: seconds that it takes for each
    answer. ``accounts``: folder of seed files. ``settings``: app settings over the stack's own. ``folder``: where
    logs and keys go, a temporary one where it is left out. ``app``: where ``function_app.py`` is.
    ``hosts``: the names of the functions hosts that it begins with; all of them share the storage and the tenant.

    Each part can be stopped, killed and started again; storage stays for as long as the stack does.
    Raises ``NotReady`` where a part does not come up.
    """

    def __init__(
        self,
        mode: str = "enforce",
        lag: tuple[float, float] = (0.5, 1.5),
        latency: float = 0.0,
        accounts: Path = ACCOUNTS,
        settings: dict[str, str] | None = None,
        folder: Path | None = None,
        app: Path = ROOT,
        hosts: tuple[str, ...] = (HOST,),
    ) -> None:
        self._mode = mode
        self._lag = lag
        self._latency = latency
        self._accounts = accounts
        self._settings = settings or {}
        self._folder = folder
        self._place = Path()
        self._app = app
        self._secret = secrets.token_bytes(32)
        self._identity_header = secrets.token_hex(16)
        self.client_state = secrets.token_hex(16)  # of subscriptions to change notifications
        self._exits = AsyncExitStack()
        self._simulator: Child | None = None
        self._first = hosts
        self._hosts: dict[str, Child] = {}
        self.storage = ""
        self.simulator_url = ""

    async def __aenter__(self) -> Self:
        self._place = self._folder or Path(self._exits.enter_context(TemporaryDirectory(prefix="regain-")))
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            await self._start_all()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def logs(self) -> Path:
        """The folder of ``azurite.log``, ``simulator.log`` and ``<name of the host>.log``."""
        return self._place / "logs"

    @property
    def host_url(self) -> str:
        """Where one of the hosts listens, "" where none does yet."""
        return next(iter(self.host_urls), "")

    @property
    def host_logs(self) -> list[Path]:
        """Where each host that was started writes to."""
        return [self.logs / f"{name}.log" for name in self._hosts]

    @property
    def host_urls(self) -> list[str]:
        """Where each host listens."""
        return [host.ready[0] for host in self._hosts.values()]

    @property
    def environment(self) -> dict[str, str]:
        """The app's settings."""
        return {
            "AzureWebJobsStorage": self.storage,
            "IDENTITY_ENDPOINT": f"{self.simulator_url}/msi/token",
            "IDENTITY_HEADER": self._identity_header,
            "REGAIN_MODE": self._mode,
            "REGAIN_TENANT_ID": self._tenant["id"],
            "REGAIN_GRAPH_URL": self.simulator_url,
            "REGAIN_EXCHANGE_URL": self.simulator_url,
            "REGAIN_COMPLIANCE_URL": f"{self.simulator_url}/compliance",
            "REGAIN_GRAPH_CLIENT_STATE": self.client_state,
            **self._settings,
        }

    @property
    def _keys(self) -> Path:
        return self._place / "keys.json"

    @property
    def _tenant(self) -> dict[str, Any]:
        return dict(json.loads((self._accounts / "tenant.json").read_text()))

    def key(self, function: str) -> str:
        """The function key of one HTTP function: no other function takes it, nor another stack."""
        return hmac.digest(self._secret, function.encode(), "sha256").hex()

    async def token(self, person: str) -> str:
        """What a person of the tenant sends as ``Authorization: Bearer`` to a door that needs one.

        Raises ``httpx.HTTPStatusError`` for who does not exist or is blocked.
        """
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{self.simulator_url}/_simulator/sign-in", json={"user": person})
        return answer.raise_for_status().text

    async def start_host(self, fault: str | None = None, name: str = HOST, group: str | None = None) -> None:
        """Start a functions host; ``fault`` is the point at which it is to fail. With the functions of one ``group``
        alone, ``http`` or ``function:<name>``, it is what an instance of Flex Consumption is."""
        await self.stop_host(name)
        command = ["--root", str(self._app), "--port", "0", "--keys", str(self._keys)]
        issuer = f"{self.simulator_url}/{self._tenant['id']}/v2.0"
        command += ["--easy-auth", issuer, self._tenant["application"]["clientId"]]
        command += ["--fault", fault] if fault else []
        command += ["--group", group] if group else []
        self._hosts[name] = await self._start("host", command, self.environment, log=name)

    async def stop_host(self, name: str = HOST) -> None:
        """End a functions host in good order."""
        if name in self._hosts:
            await self._hosts[name].stop()

    async def kill_host(self, name: str = HOST) -> None:
        """Kill a functions host as a failing machine would."""
        if name in self._hosts:
            await self._hosts[name].kill()

    def pause_host(self, name: str = HOST) -> None:
        """Let a functions host stand still in the middle of what it does."""
        self._hosts[name].pause()

    def resume_host(self, name: str = HOST) -> None:
        """Let it go on."""
        self._hosts[name].resume()

    async def start_simulator(self) -> None:
        """Start the simulated tenant, as its seed files describe it. A host that runs keeps the old address."""
        await self.stop_simulator()
        least, most = self._lag
        command = ["--port", "0", "--lag", f"{least}-{most}", "--latency", str(self._latency)]
        command += ["--accounts", str(self._accounts)]
        environment = {"IDENTITY_HEADER": self._identity_header}
        self._simulator = await self._start("simulator", command, environment, log="simulator")
        (self.simulator_url,) = self._simulator.ready

    async def stop_simulator(self) -> None:
        """End the simulated tenant; its state is gone."""
        if self._simulator:
            await self._simulator.stop()

    async def _start_all(self) -> None:
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._start_storage())
                parts.create_task(self.start_simulator())
            self._write_keys()
            async with asyncio.TaskGroup() as hosts:
                for name in self._first:
                    hosts.create_task(self.start_host(name=name))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None  # one is enough to know

    def _write_keys(self) -> None:
        self._keys.touch(mode=0o600)
        functions = {door.function: self.key(door.function) for door in doors(self._app)}
        self._keys.write_text(json.dumps({"master": self.key(""), "functions": functions}))

    async def _start_storage(self) -> None:
        self.storage = await self._exits.enter_async_context(azurite(self.logs))

    async def _start(self, part: str, arguments: list[str], environment: dict[str, str], log: str) -> Child:
        return await Child.start(
            *(sys.executable, "-m", f"local.{part}", *arguments),
            ready=READY.format(part),
            log=self.logs / f"{log}.log",
            environment=environment,
        )

    async def _stop(self) -> None:
        await asyncio.gather(*(self.stop_host(name) for name in self._hosts))
        await self.stop_simulator()
        await self._exits.aclose()
