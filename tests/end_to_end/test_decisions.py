"""What a person decides: with the right role, of exactly the plan that was shown, undone exactly or honestly not."""

from typing import Any

import httpx
import pytest

from shared.playbook.views import IncidentView
from tests.end_to_end.world import World, eventually

RESPONDER = "responder@contoso.com"
READER = "reader@contoso.com"
DECISIONS = ("approve", "retry", "cancel", "release", "restore", "close", "tasks/reset-password:delete-app-passwords")
FUNCTIONS = dict(zip(DECISIONS, ("approve", "retry", "cancel", "release", "restore", "close", "tick"), strict=True))
LASTING = ("lastPasswordChangeDateTime", "signInSessionsValidFromDateTime")
AGAIN = ("grants", "assignments", "methods")
NEW = ("id", "createdDateTime")


async def _decide(
    running: World, incident: IncidentView, decision: str, person: str = RESPONDER, **body: Any
) -> httpx.Response:
    path = f"incidents/{incident.id}/{decision}"
    return await running.call(FUNCTIONS[decision], "POST", path, person=person, json=body)


async def _secured(running: World, **more: Any) -> tuple[dict[str, Any], IncidentView]:
    user = await running.victim(**more)
    return user, await running.ended(await running.by_hand(user["id"]))


async def _at(running: World, incident: IncidentView, status: str) -> IncidentView:
    async def look() -> IncidentView | None:
        view = await running.incident(incident.id)
        return view if view.status == status else None

    return await eventually(look, 30)


def _but_what_lasts(account: dict[str, Any]) -> dict[str, Any]:
    """All of the account but what cannot be turned back: two times, the rules that only Outlook runs, which Exchange
    drops with the first change to any rule, the ids of what is made anew, the second factor that only the user can
    register, and the risk, which is dismissed. What is null is what is not there.
    """
    user = {name: value for name, value in account["user"].items() if name not in LASTING}
    mailbox = {name: value for name, value in account["mailbox"].items() if value is not None}
    methods = [one for one in account["methods"] if "softwareOath" not in one["@odata.type"]]
    again = {name: _without_ids(rows) for name, rows in (account | {"methods": methods}).items() if name in AGAIN}
    return account | again | {"user": user, "mailbox": mailbox, "outlookRules": [], "risk": {}}


def _without_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({name: row[name] for name in sorted(row) if name not in NEW} for row in rows), key=str)


@pytest.mark.parametrize("decision", DECISIONS)
async def test_a_decision_takes_a_person_with_the_role(running: World, decision: str) -> None:
    user = await running.victim()
    incident = await running.ended(await running.by_hand(user["id"], mode="report-only"))
    path, body = f"incidents/{incident.id}/{decision}", {"plan": incident.plan} if decision == "approve" else {}

    with_key_only = await running.call(FUNCTIONS[decision], "POST", path, json=body)
    reader = await _decide(running, incident, decision, READER, **body)
    forged = await running.call(
        FUNCTIONS[decision], "POST", path, json=body, headers={"x-ms-client-principal": "eyJhdXRoX3R5cCI6ImFhZCJ9"}
    )

    assert (with_key_only.status_code, reader.status_code, forged.status_code) == (401, 403, 401)
    assert await running.writes(user["id"]) == []


async def test_whose_account_has_an_open_incident_decides_nothing(running: World) -> None:
    own, incident = await _secured(running, like=RESPONDER, accountEnabled=True)
    name = own["userPrincipalName"]
    await _decide(running, incident, "restore", reason="to let it sign in")
    await _at(running, incident, "restored")
    other = await running.ended(await running.by_hand(own["id"], mode="report-only"))

    refused = await _decide(running, other, "close", name)
    switch = await running.call("set_mode", "POST", "mode", person=name, json={"mode": "enforce"})

    for answer in (refused, switch):
        assert answer.status_code == httpx.codes.FORBIDDEN
        assert "somebody else" in answer.json()["detail"]


async def test_a_plan_that_was_only_reported_is_approved_and_carried_out(running: World) -> None:
    user = await running.victim()
    planned = await running.ended(await running.by_hand(user["id"], mode="report-only"))

    approved = await _decide(running, planned, "approve", plan=planned.plan, reason="She called:\r\nit was\tnot her. ")
    incident = await _at(running, planned, "secured")

    assert approved.status_code == httpx.codes.OK, approved.text
    assert incident.mode == "report-only"
    assert (await running.account(user["id"]))["user"]["accountEnabled"] is False
    line = next(line for line in incident.history if line.event == "approve")
    assert (line.who, line.why, line.round) == (RESPONDER, "She called: it was not her.", 2)


async def test_another_plan_than_the_one_shown_is_a_conflict_that_shows_the_new_one(running: World) -> None:
    user = await running.victim()
    planned = await running.ended(await running.by_hand(user["id"], mode="report-only"))

    answer = await _decide(running, planned, "approve", plan="0" * 32)

    assert answer.status_code == httpx.codes.CONFLICT
    assert answer.json()["incident"]["plan"] == planned.plan
    assert await running.writes(user["id"]) == []


async def test_a_plan_whose_tenant_has_changed_since_is_shown_again(running: World) -> None:
    user = await running.victim()
    planned = await running.ended(await running.by_hand(user["id"], mode="report-only"))
    await running.change(user["id"], mailbox={"ForwardingSmtpAddress": "smtp:another@attacker.example"})

    await _decide(running, planned, "approve", plan=planned.plan)
    incident = await running.ended(planned.id)

    steps = {step.name: step.status for step in incident.steps}
    assert steps["remove-forwarding"] == "awaiting-approval"
    assert steps["reset-password"] == "done"
    assert incident.plan
    assert incident.plan != planned.plan


async def test_a_restore_puts_everything_back_field_by_field_but_what_cannot_come_back(running: World) -> None:
    user = await running.victim()
    before = await running.account(user["id"])
    incident = await running.ended(await running.by_hand(user["id"]))
    assert _but_what_lasts(await running.account(user["id"])) != _but_what_lasts(before)

    preview = await _decide(running, incident, "restore", preview=True)
    assert await running.incident(incident.id) == incident
    await _decide(running, incident, "restore", reason="A false alarm.")
    restored = await _at(running, incident, "restored")

    assert _but_what_lasts(await running.account(user["id"])) == _but_what_lasts(before)
    fates = {(one["step"], one["fate"]) for one in preview.json()["preview"]}
    assert {("block-sign-in", "restore"), ("remove-forwarding", "restore")} <= fates
    assert {("revoke-sessions", "cannot-come-back"), ("reset-password", "cannot-come-back")} <= fates
    statuses = {step.name: step.status for step in restored.steps}
    assert (statuses["block-sign-in"], statuses["remove-forwarding"]) == ("reverted", "reverted")
    reverted = [change for step in restored.steps for change in step.changes if change.status == "reverted"]
    assert {"sign-in", "mailbox forwarding"} <= {change.resource for change in reverted}
    given_back = [change for step in incident.steps for change in step.changes if not change.irreversible]
    assert len(reverted) == len(given_back) > 0


async def test_a_restore_leaves_alone_what_somebody_else_has_changed_unless_it_is_forced(running: World) -> None:
    user, incident = await _secured(running)
    theirs = {"ForwardingSmtpAddress": "smtp:assistant@contoso.com"}
    await running.change(user["id"], mailbox=theirs)

    foreseen = (await _decide(running, incident, "restore", preview=True)).json()["preview"]
    await _decide(running, incident, "restore", reason="A false alarm.")
    left = await running.ended(incident.id)
    assert left.status == "needs-attention"
    mailbox = (await running.account(user["id"]))["mailbox"]
    forced = await _decide(running, left, "restore", reason="The assistant has left.", force=True)
    assert forced.status_code == httpx.codes.OK, forced.text
    restored = await _at(running, left, "restored")

    assert {one["step"] for one in foreseen if one["fate"] == "conflict"} == {"remove-forwarding"}
    assert mailbox["ForwardingSmtpAddress"] == "smtp:assistant@contoso.com"
    assert (await running.account(user["id"]))["user"]["accountEnabled"] is True
    assert (await running.account(user["id"]))["mailbox"]["ForwardingSmtpAddress"] == "smtp:collector@attacker.example"
    assert [line.event for line in restored.history] == ["restore", "restore", "restored"]


async def test_a_release_lets_the_user_in_and_leaves_the_back_doors_shut(running: World) -> None:
    user, incident = await _secured(running)

    too_early = await _decide(running, incident, "release", reason="She has a new phone.")
    await _decide(running, incident, "release", reason="She has a new phone.", force=True)
    released = await _at(running, incident, "released")

    assert too_early.status_code == httpx.codes.CONFLICT
    assert "token may live until" in too_early.json()["detail"]
    account = await running.account(user["id"])
    assert account["user"]["accountEnabled"] is True
    assert not account["mailbox"].get("ForwardingSmtpAddress")
    assert any("way back" in task.text for step in released.steps for task in step.tasks)
    assert released.secured_at == incident.secured_at


async def test_a_release_gives_back_what_is_named_beside_the_holds(running: World) -> None:
    user, incident = await _secured(running)
    changes = {change.resource: change.id for step in incident.steps for change in step.changes}
    forwarding, wrong = changes["mailbox forwarding"], "no such change"

    refused = await _decide(running, incident, "release", reason="Hers.", force=True, changes=[forwarding, wrong])
    shown = await _decide(running, incident, "release", reason="Hers.", force=True, changes=[forwarding], preview=True)
    await _decide(running, incident, "release", reason="Hers.", force=True, changes=[forwarding])
    await _at(running, incident, "released")

    assert (refused.status_code, wrong in refused.json()["detail"]) == (httpx.codes.CONFLICT, True)
    coming_back = {one["resource"] for one in shown.json()["preview"] if one["fate"] == "restore"}
    assert "mailbox forwarding" in coming_back
    account = await running.account(user["id"])
    assert account["mailbox"]["ForwardingSmtpAddress"] == "smtp:collector@attacker.example"
    assert not any(rule["Enabled"] for rule in account["inboxRules"] if rule["Name"] == "..")


async def test_an_account_whose_incident_has_ended_can_have_another_one(running: World) -> None:
    user, incident = await _secured(running)
    await _decide(running, incident, "close", reason="She has left the company.")

    again = await running.ended(await running.by_hand(user["id"]))

    assert again.status == "secured"
    assert (await running.incident(incident.id)).status == "closed"
    assert (await running.account(user["id"]))["user"]["accountEnabled"] is False


async def test_a_securing_task_that_is_ticked_secures_the_account(running: World) -> None:
    _, incident = await _secured(running, like="megan.bowen@contoso.com")
    assert incident.secured_at is None
    path = f"incidents/{incident.id}/tasks/reset-password:reset-on-premises"

    answer = await running.call("tick", "POST", path, person=RESPONDER)
    secured = await _at(running, incident, "secured")

    assert answer.status_code == httpx.codes.OK
    task = next(task for step in secured.steps for task in step.tasks if task.id == "reset-password:reset-on-premises")
    assert (task.done_by, task.done_at is not None) == (RESPONDER, True)
    assert next(step for step in secured.steps if step.name == "seal").round == 2


async def _mode_is(running: World, mode: str) -> bool | None:
    """Whether the worker has seen the switch: what it knows of it is a second old at most."""
    answer = await running.http.get(f"{running.stack.host_url}/api/health")
    return answer.json()["mode"] == mode or None


async def test_the_switch_stops_all_writing_and_what_was_planned_is_carried_out_when_it_is_approved(
    running: World,
) -> None:
    user = await running.victim()
    try:
        off = await running.call("set_mode", "POST", "mode", person=RESPONDER, json={"mode": "report-only"})
        await eventually(lambda: _mode_is(running, "report-only"), 5)
        planned = await running.ended(await running.by_hand(user["id"]))
    finally:
        on = await running.call("set_mode", "POST", "mode", person=RESPONDER, json={"mode": "enforce"})
        await eventually(lambda: _mode_is(running, "enforce"), 5)

    assert (off.status_code, on.status_code) == (200, 200)
    assert planned.status == "planned"
    assert await running.writes(user["id"]) == []
    await _decide(running, planned, "approve", plan=planned.plan)
    await _at(running, planned, "secured")
