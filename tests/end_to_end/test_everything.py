"""An account with everything wrong, every step on: taken back, and then put back, or released.

The tenant is compared field by field. What may differ after a restore is what the report says cannot come back.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio

from local.everything import all_steps, everything
from local.simulator.contract import OPERATIONS
from local.simulator.directory import READERS
from local.simulator.odata import element_type
from local.stack import Stack
from shared.playbook.views import IncidentView
from tests.end_to_end.world import World, eventually, risk_detection, world
from tests.simulator.client import TAKEN_OVER

RESPONDER = "responder@contoso.com"
DECLARED = {name: step.declaration for name, step in all_steps().items()}
HOLDS = {name for name, declared in DECLARED.items() if declared.holds}

LASTING = {
    r"user\.lastPasswordChangeDateTime": "The old password is not put back",
    r"user\.signInSessionsValidFromDateTime": "An ended session cannot be brought back",
    r"blockedSender\..*": "Nobody but Exchange can block a sender",
    r"methods\[.*softwareOath.*\]": "Only the user can register it again",
    r"outlookRules\[.*\]": "removes the rules that only Outlook runs",
    r"risk\.(riskState|riskLevel|riskDetail|riskLastUpdatedDateTime)": "A restore dismisses the risk",
}
"""What may not come back, and what the report has to say about it then."""

MADE_ANEW = ("id", "createdDateTime", "default")  # of what is made anew; which is the default is the user's own choice

type Leaves = dict[str, Any]


@dataclass
class Run:
    """One incident. The account as it was before, once it was taken back, and in the end; what the report says that
    could not be put back."""

    before: Leaves
    taken_back: Leaves
    after: Leaves
    secured: IncidentView
    ended: IncidentView
    report: str
    could_not: str
    calls: list[dict[str, Any]]


@pytest_asyncio.fixture(scope="module")
async def everything_wrong(tmp_path_factory: Any) -> AsyncIterator[World]:
    """A stack with every step on, and every right that any of them declares."""
    given, folder = everything(), tmp_path_factory.mktemp("everything")
    settings = {"REGAIN_STEPS": json.dumps(given.gates)}
    async with Stack(mode="enforce", settings=settings, folder=folder) as stack, world(stack) as running:
        grants = await running.http.put(f"{stack.simulator_url}/_simulator/grants", json=given.grants)
        grants.raise_for_status()
        yield running


@pytest_asyncio.fixture(scope="module")
async def restored(everything_wrong: World) -> Run:
    return await _run(everything_wrong, "restore")


@pytest_asyncio.fixture(scope="module")
async def released(everything_wrong: World, restored: Run) -> Run:
    del restored  # one after the other: it is the same account
    return await _run(everything_wrong, "release")


async def test_no_step_finds_nothing_to_do(restored: Run) -> None:
    """So that each of them, and what undoes it, is tried here."""
    statuses = {step.name: step.status for step in restored.secured.steps}
    assert statuses == dict.fromkeys(DECLARED, "done")
    changing = {step.name for step in restored.secured.steps if step.changes}
    assert changing == {name for name, declared in DECLARED.items() if declared.changes}
    assert restored.secured.status == "secured"


async def test_every_symptom_of_the_article_is_found(restored: Run) -> None:
    symptoms = json.loads(restored.report)["symptoms"]
    assert [one["symptom"] for one in symptoms if one["looked"] != "looked-at"] == []


async def test_after_a_restore_everything_is_as_it_was_but_for_what_the_report_lists(restored: Run) -> None:
    assert restored.ended.status == "restored"
    differs = _differs(restored.before, restored.after)
    unlisted = [path for path in differs if not any(re.fullmatch(pattern, path) for pattern in LASTING)]
    assert unlisted == []
    for pattern, said in LASTING.items():
        if any(re.fullmatch(pattern, path) for path in differs):
            assert said in restored.could_not, pattern


async def test_after_a_release_the_holds_are_lifted_and_nothing_else_has_changed(released: Run) -> None:
    assert released.ended.status == "released"
    lifted = _differs(released.taken_back, released.after)
    assert {path: released.after.get(path) for path in lifted} == {path: released.before.get(path) for path in lifted}
    assert {path.partition(".")[0] for path in lifted} == {"user", "casMailbox"}
    put_back = {step.name for step in released.ended.steps for one in step.changes if one.status == "reverted"}
    assert put_back == HOLDS


async def test_the_calls_of_all_of_it_take_what_is_declared_and_nothing_less(restored: Run) -> None:
    refused = [call for call in restored.calls if call["status"] in (401, 403, 501)]
    called = {(call["service"], call["cmdlet"]) for call in restored.calls if call["cmdlet"]}
    rights = [declared.rights for declared in DECLARED.values()]
    opened = {permission for call in restored.calls for permission in _opening(call)}

    assert refused == []
    assert {name for at, name in called if at == "exchange"} == {name for one in rights for name in one.cmdlets}
    assert {name for at, name in called if at == "compliance"} == {
        name for one in rights for name in one.compliance_cmdlets
    }
    assert {permission for one in rights for permission in one.graph} <= opened


async def _run(running: World, decision: str) -> Run:
    stack = running.stack
    tenant = everything().tenant
    (await running.http.put(f"{stack.simulator_url}/_simulator/state", json=tenant)).raise_for_status()
    (await running.http.delete(f"{stack.simulator_url}/_simulator/calls")).raise_for_status()
    before = await running.account(TAKEN_OVER)
    opened = await running.alert(risk_detection(before["user"]))
    secured = await running.ended(opened["incidents"][0]["id"], 60)
    taken_back = await running.account(TAKEN_OVER)
    body = {"reason": "all of it", **({"force": True} if decision == "release" else {})}
    answer = await running.call(decision, "POST", f"incidents/{secured.id}/{decision}", person=RESPONDER, json=body)
    assert answer.status_code == httpx.codes.OK, answer.text

    async def over() -> IncidentView | None:
        view = await running.incident(secured.id)
        return view if view.closed_at else None

    ended = await eventually(over, 60)
    report = await running.call("incident_report", "GET", f"incidents/{secured.id}/report")
    page = await running.call("incident_report", "GET", f"incidents/{secured.id}/report?format=markdown")
    after = await running.account(TAKEN_OVER)
    was, held, now = (dict(_leaves(account)) for account in (before, taken_back, after))
    could_not = page.text.partition("## What could not be put back")[2].partition("\n## ")[0]
    return Run(was, held, now, secured, ended, report.text, could_not, await running.calls())


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with the way to it. A row of a list is named by what it holds, so that their order does not count;
    what is null is what is not there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for row in value:
            yield f"{path}[{_named(row)}]", True
    elif value is not None:
        yield path, value


def _named(row: Any) -> str:
    if not isinstance(row, dict):
        return json.dumps(row)
    known = {name: value for name, value in row.items() if name not in MADE_ANEW and value is not None}
    return json.dumps(known, sort_keys=True)


def _differs(before: Leaves, after: Leaves) -> list[str]:
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def _opening(call: dict[str, Any]) -> set[str]:
    """The Graph permissions that open the operation, or show what it answers."""
    if call["service"] != "graph":
        return set()
    version, *segments = call["path"].replace("/graph.", "/microsoft.graph.").strip("/").split("/")
    operation = next(
        row
        for row in OPERATIONS
        if (row.method, row.version) == (call["method"], version) and row.match(tuple(segments)) is not None
    )
    return {*operation.permissions, *READERS.get(element_type(operation), ())}
