"""`make demo`: it takes the account back, says what is not as it should be, and leaves nothing running."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from local.child import ROOT
from local.demo.alerts import NAME
from local.demo.attack import VICTIM
from local.demo.play import play, settings
from local.demo.sources import SOURCES
from local.run import INTERRUPTED
from local.stack import Stack
from shared.alerts.alert import Alert
from shared.playbook.taking_in import read_as
from shared.settings import Settings
from tests.alerts.records import TENANT
from tests.end_to_end.world import eventually
from tests.local.processes import descendants, gone

DEADLINE = 60

FORBIDDEN = {"status": 403, "code": "Authorization_RequestDenied"}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a change": ({"match": {"method": "PATCH", "path": "/users/"}, "do": FORBIDDEN}, "block-sign-in is failed: "),
    "the first look": ({"match": {"method": "GET", "path": "/users"}, "do": FORBIDDEN}, "triage is failed: "),
}


@asynccontextmanager
async def running() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.run", "local.demo.play"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def has_parts(process: asyncio.subprocess.Process) -> None:
    async def look() -> set[int] | None:
        return descendants(process.pid) or None

    await eventually(look, DEADLINE)


async def has_sent_the_alert(process: asyncio.subprocess.Process) -> None:
    assert process.stdout
    await process.stdout.readuntil(b"raises an alert.")


async def test_the_account_is_taken_back() -> None:
    async with running() as process:
        said, _ = await asyncio.wait_for(process.communicate(), DEADLINE)
    assert process.returncode == 0, said.decode()
    assert "The account is taken back, and Alex can work." in said.decode()
    assert "✗" not in said.decode()


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "manual"])
def test_whoever_tells_of_the_attack_names_the_account_and_starts_the_response(name: str) -> None:
    chosen = Settings(tenant_id=TENANT)
    body = json.dumps(SOURCES[name].body(TENANT)).encode()
    (alert,) = read_as(name, body, datetime.now(UTC), chosen)
    assert isinstance(alert, Alert)
    assert not alert.ask
    assert {VICTIM, NAME} & {account.key for account in alert.accounts}


@pytest.mark.parametrize(("fault", "says"), FAULTS.values(), ids=FAULTS)
async def test_what_the_tenant_refuses_is_named(fault: dict[str, Any], says: str) -> None:
    async with Stack(lag=(0, 0), settings=settings()) as stack, httpx.AsyncClient() as http:
        (await http.post(f"{stack.simulator_url}/_simulator/faults", json=fault)).raise_for_status()
        wrong = await asyncio.wait_for(play(stack), DEADLINE / 2)
    assert any(sentence.startswith(says) for sentence in wrong), wrong


@pytest.mark.parametrize("moment", [has_parts, has_sent_the_alert], ids=["while it starts", "in mid-chain"])
async def test_ctrl_c_leaves_nothing_running(moment: Any) -> None:
    async with running() as process:
        await asyncio.wait_for(moment(process), DEADLINE)
        parts = descendants(process.pid)
        assert parts
        process.send_signal(signal.SIGINT)
        said, _ = await asyncio.wait_for(process.communicate(), DEADLINE)
    assert (process.returncode, said.splitlines()[-1]) == (INTERRUPTED, b"Stopped.")
    assert b"Traceback" not in said
    await gone(parts)
