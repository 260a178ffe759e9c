"""Starts the local stack, lets an alert in, shows the chain, checks the account. Exit status 1 says what is wrong."""

import argparse
import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic

import httpx
from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.text import Text

from local.child import ROOT, NotReady
from local.everything import everything
from local.stack import RESPONDER, Stack
from shared.playbook.views import IncidentView

from .account import GIVEN_BACK, read_back, wrong
from .screen import account_table, chain
from .sources import DEFAULT, SOURCES, Source

_LAG = (0.5, 1.5)  # seconds until the tenant shows what was written to it
_LATENCY = 0.05  # seconds a call
_RIGHT = ("done", "skipped")  # what is skipped says what it waits for
_GIVE_UP = 60.0  # seconds
_LOOK_EVERY = 0.15

PAGE = ROOT / ".local" / "report.html"

console = Console()


async def demo(source: Source) -> list[str]:
    """Everything that is not as it should be, where ``source`` tells of the attack."""
    async with AsyncExitStack() as exits:
        with console.status("Starting storage, the simulated tenant and the functions host"):
            stack = await exits.enter_async_context(Stack(lag=_LAG, latency=_LATENCY, settings=settings()))
        return await play(stack, source)


def settings() -> dict[str, str]:
    """What the stack is to be started with: every step on."""
    return {"REGAIN_STEPS": json.dumps(everything().gates)}


async def play(stack: Stack, source: Source = SOURCES[DEFAULT]) -> list[str]:
    """The attack, the response, and the account afterwards, on a stack that runs. All that is not as it should be.

    Raises ``httpx.HTTPError`` where a part of the stack does not answer.
    """
    async with httpx.AsyncClient(timeout=10) as http:
        await _set_up(stack, http)
        return await _respond(stack, http, source)


async def _set_up(stack: Stack, http: httpx.AsyncClient) -> None:
    """The account has everything wrong, and our identity every right that a step declares."""
    given = everything()
    (await http.put(f"{stack.simulator_url}/_simulator/grants", json=given.grants)).raise_for_status()
    (await http.put(f"{stack.simulator_url}/_simulator/state", json=given.tenant)).raise_for_status()


async def _respond(stack: Stack, http: httpx.AsyncClient, source: Source) -> list[str]:
    before = await read_back(http, stack.simulator_url)
    console.print(
        "\nAn attacker has the password of [bold]Alex Wilber[/], who is an administrator, forwards the mail and sends "
        f"spam. {source.words}\n"
    )
    answer = await http.post(
        f"{stack.host_url}/api/{source.route}",
        json=source.body(stack.environment["REGAIN_TENANT_ID"]),
        headers={"x-functions-key": stack.key(source.function)},
    )
    if answer.status_code != httpx.codes.ACCEPTED:
        return [f"The door answered {answer.status_code}: {answer.text}"]
    incident = await _watch(stack, http, answer.json()["incidents"][0]["href"], _over)
    if amiss := _wrong(incident):
        console.print(Markdown(await _report(stack, http, incident.id)))
        return amiss
    taken_back = await read_back(http, stack.simulator_url)
    console.print(
        "\nThe attack is over: the person on duty releases the account, so that Alex can work again, "
        "with one of the roles.\n"
    )
    refused = await _release(stack, http, incident)
    if refused:
        return [refused]
    released = await _watch(stack, http, f"/api/incidents/{incident.id}", _closed)
    console.print()
    console.print(Markdown(await _report(stack, http, incident.id)))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(await _report(stack, http, incident.id, "html"), encoding="utf-8")
    console.print(f"\nThe same as a page to send and to print: {PAGE}")
    now = await read_back(http, stack.simulator_url)
    console.print()
    console.print(account_table(before, taken_back, now))
    console.print()
    ended = [] if released.status == "released" else [f"The incident is {released.status}, not released"]
    return ended + wrong(before, taken_back, now)


async def _release(stack: Stack, http: httpx.AsyncClient, incident: IncidentView) -> str:
    """Lets the user in again, by force: a demo does not wait until the last token has run out. What was refused."""
    answer = await http.post(
        f"{stack.host_url}/api/incidents/{incident.id}/release",
        json={"reason": "Alex has a new phone and a new password.", "force": True, "changes": _given_back(incident)},
        headers={"authorization": f"Bearer {await stack.token(RESPONDER)}"},
    )
    return "" if answer.is_success else f"The release was answered with {answer.status_code}: {answer.text}"


def _given_back(incident: IncidentView) -> list[str]:
    """The id of the change that took away the one role that is to come back."""
    changes = (change for step in incident.steps for change in step.changes)
    return [change.id for change in changes if change.resource.startswith(f"{GIVEN_BACK} (")]


async def _watch(
    stack: Stack, http: httpx.AsyncClient, href: str, over: Callable[[IncidentView], bool]
) -> IncidentView:
    """The incident, once nothing of it moves any more, or when it is time to give up."""
    headers = {"x-functions-key": stack.key("incident")}
    until = monotonic() + _GIVE_UP
    with Live(console=console, refresh_per_second=12) as live:
        while True:
            answer = await http.get(stack.host_url + href, headers=headers)
            incident = IncidentView.model_validate_json(answer.raise_for_status().content)
            live.update(chain(incident))
            if over(incident) or monotonic() > until:
                return incident
            await asyncio.sleep(_LOOK_EVERY)


def _over(incident: IncidentView) -> bool:
    """Triage comes alone; the other steps follow once it has found the account."""
    triage, *others = incident.steps
    ended = all(step.finished_at or step.status == "skipped" for step in incident.steps)
    return ended and (bool(others) or triage.status == "failed")


def _closed(incident: IncidentView) -> bool:
    return incident.closed_at is not None or any(step.status == "failed" for step in incident.steps)


async def _report(stack: Stack, http: httpx.AsyncClient, incident_id: str, kind: str = "markdown") -> str:
    answer = await http.get(
        f"{stack.host_url}/api/incidents/{incident_id}/report?format={kind}",
        headers={"x-functions-key": stack.key("incident_report")},
    )
    return answer.raise_for_status().text


def _wrong(incident: IncidentView) -> list[str]:
    steps = [
        f"{step.name} is {step.status}{step.reason and f': {step.reason}'}"
        for step in incident.steps
        if step.status not in _RIGHT
    ]
    return steps if incident.secured_at else [*steps, f"The incident is {incident.status}, not secured"]


def main() -> int:
    """0 where everything is as it should be, 1 where not."""
    parser = argparse.ArgumentParser(prog="make demo", usage="make demo [ALERT=…]")
    parser.add_argument("ALERT", nargs="?", choices=SOURCES, default=DEFAULT)
    source = SOURCES[parser.parse_args().ALERT]
    try:
        amiss = asyncio.run(demo(source))
    except NotReady as trouble:
        amiss = [str(trouble)]
    except httpx.RequestError as trouble:
        amiss = [f"{trouble.request.url} does not answer: {trouble!r}"]
    except httpx.HTTPStatusError as trouble:
        amiss = [str(trouble)]
    for sentence in amiss:
        console.print(Text.assemble(("✗ ", "bold red"), sentence))
    if not amiss:
        console.print(
            "[bold green]The account is taken back, and Alex can work.[/] "
            "Everything was stopped again; nothing was left behind."
        )
    return 1 if amiss else 0
