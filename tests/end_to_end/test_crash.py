"""The functions host is killed in mid-chain, and nothing is lost, nothing done twice, and no secret left behind.

One stack of its own, with all libraries at debug level. It takes a few minutes: leases have to run out, and a host that
died keeps its messages hidden, so that the sweep has to find what was left.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from local.everything import all_steps
from local.stack import Stack
from shared.playbook.views import ChangeView, IncidentView
from shared.policy import Gate
from tests.end_to_end.search import places_to_look, where
from tests.end_to_end.world import World, eventually, risk_detection, world

OFF = {name for name, step in all_steps().items() if step.declaration.gate is Gate.OFF}
PROPERTIES = {"passwordProfile": "password", "accountEnabled": "sign-in"}
KINDS = {"mailbox forwarding", "sign-in sessions", "password", "sign-in"}
OTHER = "other"
_ENOUGH = 240  # seconds: a lease, and two sweeps
_KILLS = 3


@dataclass
class Killed:
    """What is left: an incident a kill, one that nobody disturbed, one in whose tenant requests were echoed.

    ``seen`` is each killed incident as it was seen right before its kill.
    """

    running: World
    users: list[dict[str, Any]]
    incidents: list[IncidentView]
    seen: list[IncidentView]
    echoed: IncidentView


@pytest_asyncio.fixture(scope="module")
async def killed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Killed]:
    """Kills the host ``_KILLS`` times, each time while another incident is at work on its tenant."""
    folder = tmp_path_factory.mktemp("killed")
    async with (
        Stack(mode="enforce", lag=(0.5, 1.5), settings={"REGAIN_HOST_LOG_LEVEL": "DEBUG"}, folder=folder) as stack,
        world(stack) as running,
    ):
        echo = await running.victim()
        await running.fault(
            match={"service": "graph", "method": "PATCH", "path": echo["id"]}, times=None, do={"echo": True}
        )
        echoed = await running.ended(await running.by_hand(echo["id"]), 60)

        users = [await running.victim() for _ in range(_KILLS + 1)]
        ids, seen = [], []
        for number, user in enumerate(users):
            ids.append((await running.alert(risk_detection(user)))["incidents"][0]["id"])
            if number < _KILLS:
                seen.append(await _at_work(running, ids[-1], noted=1 + number % 2))
                await stack.kill_host()
                await stack.start_host()
        incidents = await asyncio.gather(*(running.ended(one, _ENOUGH) for one in ids))
        yield Killed(running, users, list(incidents), seen, echoed)


async def test_every_incident_ends_as_if_nothing_had_happened(killed: Killed) -> None:
    for user, incident in zip(killed.users, killed.incidents, strict=True):
        statuses = {step.status for step in incident.steps if step.name not in OFF}
        assert statuses <= {"done", "nothing-to-do"}, incident.model_dump_json(indent=1)
        assert incident.status == "secured"
        account = await killed.running.account(user["id"])
        assert account["user"]["accountEnabled"] is False
        assert not account["mailbox"].get("ForwardingSmtpAddress")


async def test_the_kills_left_something_to_do(killed: Killed) -> None:
    """Were every step done at its first attempt, these tests would show nothing."""
    attempts = [step.attempts for incident in killed.incidents for step in incident.steps]
    assert max(attempts) > 1


async def test_nothing_is_written_to_the_tenant_after_its_change_was_applied(killed: Killed) -> None:
    for user, incident in zip(killed.users, killed.incidents, strict=True):
        writes = await killed.running.writes(user["id"])
        for step in incident.steps:
            for change in step.changes:
                assert change.verified_at is not None
                late = [
                    call
                    for call in _of(change.resource, writes)
                    if datetime.fromisoformat(call["at"]) > change.verified_at
                ]
                assert not late or _repeated_elsewhere(change), (step.name, change.id, late)


async def test_no_change_is_repeated_but_one_that_was_under_way_at_the_kill(killed: Killed) -> None:
    """What the journal held as accepted is not made again; what the host was just making may be, once.

    It fails as soon as a worker makes what it finds in the journal without looking what became of it.
    """
    for user, incident, seen in zip(killed.users, killed.incidents, killed.seen, strict=False):
        writes = await killed.running.writes(user["id"])
        assert set(map(_call_kind, writes)) - {OTHER} == KINDS
        for kind in KINDS:
            wanted = sum(change.resource == kind for change in _changes(incident))
            under_way = sum(change.resource == kind for change in _under_way(seen, incident))
            assert wanted <= len(_of(kind, writes)) <= wanted + under_way, (kind, wanted, under_way)


async def test_an_incident_that_nobody_disturbed_repeats_nothing(killed: Killed) -> None:
    undisturbed = await killed.running.writes(killed.users[-1]["id"])
    for kind in KINDS:
        assert len(_of(kind, undisturbed)) == sum(one.resource == kind for one in _changes(killed.incidents[-1])), kind


async def test_a_tenant_that_echoes_the_request_makes_a_clear_failure(killed: Killed) -> None:
    failed = {step.name: step.reason for step in killed.echoed.steps if step.status == "failed"}
    assert set(failed) == {"block-sign-in", "reset-password", "require-mfa"}
    assert all(failed.values())


async def test_no_password_is_stored_queued_logged_or_returned(killed: Killed) -> None:
    passwords = await killed.running.passwords()
    assert len(passwords) >= _KILLS + 2
    places = await places_to_look(killed.running)
    assert all(len(text) > 100 for name, text in places.items() if name != "queues")
    assert "DEBUG" in places["logs"]
    assert [found for password in passwords for found in where(password, places)] == []


async def _at_work(running: World, incident_id: str, noted: int) -> IncidentView:
    """The incident, once so many changes are noted as accepted by the tenant and not read back yet."""

    async def look() -> IncidentView | None:
        view = await running.incident(incident_id)
        return view if sum(change.status == "accepted" for change in _changes(view)) >= noted else None

    return await eventually(look, 30)


def _changes(incident: IncidentView) -> list[ChangeView]:
    return [change for step in incident.steps for change in step.changes]


def _under_way(seen: IncidentView, ended: IncidentView) -> list[ChangeView]:
    """The changes that were not noted yet, of steps that had been started: only these may have to be made again."""
    noted = {change.id for change in _changes(seen) if change.status not in ("planned", "applying")}
    started = {step.name for step in seen.steps if step.status != "waiting"}
    changes = [change for step in ended.steps if step.name in started for change in step.changes]
    return [change for change in changes if change.id not in noted]


def _call_kind(call: dict[str, Any]) -> str:
    """The resource that a call changes, where it is one of those that these tests follow."""
    if call["cmdlet"]:
        return "mailbox forwarding" if "ForwardingSmtpAddress" in call["parameters"] else OTHER
    if call["path"].endswith("revokeSignInSessions"):
        return "sign-in sessions"
    changed = call["parameters"] or {}
    return next((kind for name, kind in PROPERTIES.items() if name in changed), OTHER)


def _of(kind: str, writes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [call for call in writes if _call_kind(call) == kind]


def _repeated_elsewhere(change: ChangeView) -> bool:
    """Sessions are revoked by three steps: a later one is no repetition of an earlier one."""
    return change.resource == "sign-in sessions"
