"""Zombies as processes: hosts are stopped in the middle of their calls, go on minutes later, and nothing lands.

Two hosts are stopped while they change several accounts (one alone takes no more than five messages of a queue for
sure). Another one takes their incidents over when the leases have run out, or as a person has decided meanwhile. That
takes two minutes, for all of them together.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableServiceClient

from local.stack import Stack
from shared.playbook.views import IncidentView
from tests.end_to_end.world import World, eventually, world

pytestmark = pytest.mark.faults

STOPPED = ("first", "second")
LATER = "later"
RESPONDER = "responder@contoso.com"
HELD = 10.0  # seconds, less than a worker waits for an answer
ENOUGH = 240  # seconds: a lease, and two sweeps
FENCED = "step=block-sign-in outcome=left-to-another"

type Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """``made``: the tenant makes the change and its answer is lost; else the connection ends without the change.

    ``decision`` is what a person decides meanwhile, None where nobody does; ``status`` is the incident's in the end,
    ``enabled`` whether the account may sign in then.
    """

    made: bool
    status: str
    enabled: bool
    decision: str | None = None
    reverting: bool = False


CASES = {
    "taken over, made": Case(made=True, status="secured", enabled=False),
    "taken over, not made": Case(made=False, status="secured", enabled=False),
    "cancelled, made": Case(made=True, decision="cancel", status="cancelled", enabled=False),
    "cancelled, not made": Case(made=False, decision="cancel", status="cancelled", enabled=True),
    "restored, made": Case(made=True, decision="restore", status="restored", enabled=True),
    "restored, not made": Case(made=False, decision="restore", status="restored", enabled=True),
    "put back, made": Case(made=True, reverting=True, status="restored", enabled=True),
    "put back, not made": Case(made=False, reverting=True, status="restored", enabled=True),
}


@dataclass(frozen=True)
class Left:
    """How an incident and its account are, and the calls that could change the account."""

    rows: list[Json]
    account: Json
    writes: list[Json]


@dataclass(frozen=True)
class Ended:
    """An incident as its later owner left it, the same after the stopped hosts went on, and what those logged."""

    incident: IncidentView
    before: Left
    after: Left
    log: str


@pytest_asyncio.fixture(scope="module")
async def ended(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Ended]]:
    """Each case, all in one stack."""
    folder = tmp_path_factory.mktemp("zombies")
    async with Stack(lag=(0, 0), folder=folder, hosts=STOPPED) as stack, world(stack) as running:
        users = {name: str((await running.victim())["id"]) for name in CASES}
        ids = {name: await running.by_hand(users[name]) for name, case in CASES.items() if case.reverting}
        await asyncio.gather(*(running.ended(one, 60) for one in ids.values()))
        await _stop_in_the_middle(running, users, ids)
        logged = {name: (stack.logs / f"{name}.log").stat().st_size for name in STOPPED}

        await stack.start_host(name=LATER)
        running.host = len(STOPPED)
        for name, case in CASES.items():
            if case.decision:
                await _decide(running, ids[name], case.decision)
        views = {name: await _at(running, ids[name], case.status) for name, case in CASES.items()}

        before = {name: await _left(running, ids[name], users[name]) for name in CASES}
        for name in STOPPED:
            stack.resume_host(name)
        await eventually(lambda: _all_through(stack.logs, logged, list(ids.values())), ENOUGH)
        for name in STOPPED:
            await stack.stop_host(name)
        after = {name: await _left(running, ids[name], users[name]) for name in CASES}
        yield {name: Ended(views[name], before[name], after[name], _since(stack.logs, logged)) for name in CASES}


@pytest.mark.parametrize("name", CASES)
async def test_nothing_lands_of_a_host_that_was_stopped_in_mid_change_and_goes_on_beyond_its_lease(
    ended: dict[str, Ended], name: str
) -> None:
    one, case = ended[name], CASES[name]

    assert one.after == one.before
    assert one.incident.status == case.status
    assert one.after.account["user"]["accountEnabled"] is case.enabled
    assert any(FENCED in line for line in told(one.log, one.incident.id))


async def _stop_in_the_middle(running: World, users: dict[str, str], ids: dict[str, str]) -> None:
    """Stops the hosts while a change of each account is on its way. The tenant holds each for a while, and gives no
    answer: until they are stopped, the workers try again."""
    for name, case in CASES.items():
        do = {"drop": "after" if case.made else "before", "delay": HELD}
        await running.fault(match={"method": "PATCH", "path": users[name]}, times=None, do=do)
    await asyncio.gather(*(_decide(running, ids[name], "restore") for name, case in CASES.items() if case.reverting))
    applying = [name for name, case in CASES.items() if not case.reverting]
    ids |= zip(applying, await asyncio.gather(*(running.by_hand(users[name]) for name in applying)), strict=True)
    await eventually(lambda: _all_on_their_way(running, set(users.values())), 60)
    for name in STOPPED:
        running.stack.pause_host(name)
    (await running.http.delete(f"{running.stack.simulator_url}/_simulator/faults")).raise_for_status()


async def _all_on_their_way(running: World, users: set[str]) -> bool | None:
    """Whether of each account's sign-in a change is being held at this moment."""
    latest = datetime.now(UTC) - timedelta(seconds=HELD - 1)
    changes = [call for call in await running.calls() if "accountEnabled" in (call["parameters"] or ())]
    held = [call for call in changes if call["status"] is None and datetime.fromisoformat(call["at"]) > latest]
    return users <= {call["path"].rpartition("/")[2] for call in held} or None


async def _decide(running: World, incident_id: str, decision: str) -> None:
    path = f"incidents/{incident_id}/{decision}"
    answer = await running.call(decision, "POST", path, person=RESPONDER, json={"reason": "a test"})
    assert answer.is_success, answer.text


async def _at(running: World, incident_id: str, status: str) -> IncidentView:
    async def look() -> IncidentView | None:
        view = await running.incident(incident_id)
        through = all(step.status not in ("waiting", "queued", "running") for step in view.steps)
        return view if through and view.status == status else None

    return await eventually(look, ENOUGH)


async def _left(running: World, incident_id: str, account_id: str) -> Left:
    async with TableServiceClient.from_connection_string(running.stack.storage) as service:
        found = service.get_table_client("incidents").query_entities(f"PartitionKey eq '{incident_id}'")
        rows = [dict(row) | {"etag": row.metadata["etag"]} async for row in found]
    return Left(rows, await running.account(account_id), await running.writes(account_id))


async def _all_through(logs: Path, start: dict[str, int], ids: list[str]) -> bool | None:
    log = _since(logs, start)
    return all(any("=block-sign-in " in line for line in told(log, one)) for one in ids) or None


def told(log: str, incident_id: str) -> list[str]:
    """What was logged of the ends of an incident's steps."""
    return [line for line in log.splitlines() if f"incident={incident_id} step=" in line and "outcome=" in line]


def _since(logs: Path, start: dict[str, int]) -> str:
    return "".join((logs / f"{name}.log").read_bytes()[begin:].decode() for name, begin in start.items())
