"""``make up``: leaves the local stack running, and says where it is and how to knock at each door."""

import asyncio
import json
import shlex
import signal
from typing import Any

from rich.console import Console

from local.child import ROOT, NotReady
from local.demo.alerts import notification
from local.demo.sources import SOURCES
from local.doors import Door, doors
from local.stack import RESPONDER, Stack

TOKEN = "TOKEN"  # noqa: S105 - the name of a shell variable

_WHY = "tried by hand"
_ALL_ON = {"REGAIN_TEMPORARY_ACCESS_PASS": "true"}

console = Console(highlight=False, soft_wrap=True, markup=False)


async def up() -> None:
    """Runs until it is cancelled."""
    async with Stack(latency=0.05, settings=_ALL_ON) as stack:
        console.print(f"functions  {stack.host_url}/api", style="bold")
        console.print(f"tenant     {stack.simulator_url}/_simulator/state", style="bold")
        console.print(f"storage    {stack.storage}", style="bold")
        console.print(f"logs       {stack.logs}", style="bold")
        console.print("\n# who takes decisions: sign in first", style="dim")
        console.print(sign_in(stack))
        for door in doors(ROOT):
            console.print(f"\n# {door.function}", style="dim")
            console.print(curl(stack, door))
        console.print("\nCtrl-C stops it all.")
        await asyncio.Event().wait()


def curl(stack: Stack, door: Door) -> str:
    """A command line to paste, key and body included; what stands in braces is yours to fill in."""
    method, url = door.methods[0], f"{stack.host_url}/api/{door.route}"
    command = ["curl", "-i", "-X", method, url]
    if not door.keyless:
        command += ["-H", f"x-functions-key: {stack.key(door.function)}"]
    if method == "POST":
        body = json.dumps(bodies(stack)[door.function])
        command += ["-H", "content-type: application/json", "-d", body]
    return shlex.join(command) + (f' -H "authorization: Bearer ${TOKEN}"' if door.person else "")


def sign_in(stack: Stack) -> str:
    """A command line that puts the token of a person who may decide into a variable, for an hour."""
    url, body = f"{stack.simulator_url}/_simulator/sign-in", json.dumps({"user": RESPONDER})
    return f"{TOKEN}=$({shlex.join(['curl', '-sS', '-X', 'POST', url, '-d', body])})"


def bodies(stack: Stack) -> dict[str, Any]:
    """What a door takes, by the name of its function."""
    tenant_id = stack.environment["REGAIN_TENANT_ID"]
    return {
        **{source.function: source.body(tenant_id) for source in SOURCES.values()},
        "alerts_graph": notification(tenant_id, stack.client_state),
        "approve": {"plan": "{plan}", "reason": _WHY},
        "retry": {"reason": _WHY},
        "cancel": {"reason": _WHY},
        "release": {"reason": _WHY, "preview": True},
        "restore": {"reason": _WHY, "preview": True},
        "close": {"reason": _WHY},
        "tick": {"reason": _WHY},
        "temporary_access_pass": {"reason": _WHY},
        "set_mode": {"mode": "enforce", "reason": _WHY},
    }


async def _until_stopped() -> None:
    running = asyncio.ensure_future(up())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        console.print("Stopped.")


def main() -> int:
    """0 once it has been stopped, 1 where it does not come up."""
    try:
        asyncio.run(_until_stopped())
    except NotReady as trouble:
        console.print(str(trouble))
        return 1
    return 0
