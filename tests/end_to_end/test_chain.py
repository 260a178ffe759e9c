"""An alert comes in, the account is taken back, a report comes out."""

import csv
import re

import httpx

from local.child import ROOT
from shared.playbook.views import ChangeView
from tests.end_to_end.world import World, risk_detection

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


OFF = ("remove-directory-roles", "remove-exchange-roles", "remove-defender-roles")
STEPS = {path.stem for path in (ROOT / "functions" / "steps").glob("[a-z]*.py")}


async def test_an_account_that_was_taken_over_is_taken_back(running: World) -> None:
    user = await running.victim()
    understood = await running.alert(risk_detection(user))

    incident = await running.ended(understood["incidents"][0]["id"])

    statuses = {step.name: step.status for step in incident.steps}
    assert statuses.pop("unblock-sending") == "nothing-to-do"
    assert {statuses.pop(name) for name in OFF} == {"skipped"}
    assert set(statuses.values()) == {"done"}
    assert len(statuses) == len(STEPS) - 1 - len(OFF)
    assert incident.status == "secured"
    account = await running.account(user["id"])
    assert account["user"]["accountEnabled"] is False
    assert account["user"]["lastPasswordChangeDateTime"] > user["lastPasswordChangeDateTime"]
    assert account["user"]["signInSessionsValidFromDateTime"] > user["signInSessionsValidFromDateTime"]
    assert not account["mailbox"].get("ForwardingSmtpAddress")
    assert not account["mailbox"].get("DeliverToMailboxAndForward")
    assert [rule["Name"] for rule in account["inboxRules"] if not rule["Enabled"]] == [".", ".."]
    assert [rule["Enabled"] for rule in account["sweepRules"]] == [False]
    assert account["casMailbox"]["ImapEnabled"] is False
    assert account["casMailbox"]["SmtpClientAuthenticationDisabled"] is True
    assert not account["mailbox"].get("GrantSendOnBehalfTo")
    assert account["delegations"]["sendAs"] == []
    assert account["settings"]["autoReply"]["AutoReplyState"] == "Disabled"


async def test_what_the_tenant_refuses_is_tried_again_after_the_rest(running: World) -> None:
    """The default of a user's second factors cannot go while there are others."""
    user = await running.victim()
    state = await running.state()
    methods = next(one for one in state["accounts"] if one["user"]["id"] == user["id"])["methods"]
    methods[:] = [one | {"default": one is methods[-1]} for one in methods if one["createdDateTime"] > "2025"]
    (await running.http.put(f"{running.stack.simulator_url}/_simulator/state", json=state)).raise_for_status()

    incident = await running.ended(await running.by_hand(user["id"], steps=["remove-mfa-methods"]))

    (step,) = [one for one in incident.steps if one.name == "remove-mfa-methods"]
    assert step.status == "done", step.reason
    assert [change.status for change in step.changes] == ["applied"] * 3
    assert (await running.account(user["id"]))["methods"] == []


async def test_every_change_holds_what_was_before_and_was_read_back(running: World) -> None:
    user = await running.victim()
    incident = await running.ended(await running.by_hand(user["id"]))
    changes = {change.resource: change for step in incident.steps for change in step.changes}

    assert changes["mailbox forwarding"].before == {
        "ForwardingAddress": None,
        "ForwardingSmtpAddress": "smtp:collector@attacker.example",
        "DeliverToMailboxAndForward": True,
    }
    assert changes["sign-in"].before == {"accountEnabled": True}
    assert all(change.status == "applied" and change.verified_at for change in changes.values())
    assert all(change.applied_at <= change.verified_at for change in changes.values())  # type: ignore[operator]


async def test_the_report_is_told_as_markdown_and_as_json(running: World) -> None:
    user = await running.victim()
    incident_id = await running.by_hand(user["userPrincipalName"])
    await running.ended(incident_id)

    plain = await running.call("incident_report", "GET", f"incidents/{incident_id}/report")
    page = await running.call("incident_report", "GET", f"incidents/{incident_id}/report?format=markdown")
    asked = await running.call(
        "incident_report", "GET", f"incidents/{incident_id}/report", headers={"accept": "text/markdown"}
    )

    browser = await running.call(
        "incident_report", "GET", f"incidents/{incident_id}/report", headers={"accept": "text/html,*/*;q=0.8"}
    )
    other = await running.call("incident_report", "GET", f"incidents/{incident_id}/report?format=pdf")

    assert plain.json()["status"] == "secured"
    assert plain.json()["headline"] == "The account is safe"
    assert {one["looked"] for one in plain.json()["symptoms"]} == {"looked-at"}
    assert [answer.headers["cache-control"] for answer in (plain, page, browser)] == ["no-store"] * 3
    assert [answer.headers["x-content-type-options"] for answer in (plain, page, browser)] == ["nosniff"] * 3
    assert browser.text.startswith("<!doctype html>")
    assert browser.headers["content-security-policy"].startswith("default-src 'none'")
    assert other.status_code == httpx.codes.BAD_REQUEST
    assert page.headers["content-type"].startswith("text/markdown")
    assert page.text == asked.text
    assert "## What a person has to do" in page.text


async def test_whom_to_warn_is_a_table_and_a_part_of_the_report(running: World) -> None:
    user = await running.victim()
    incident = await running.ended(await running.by_hand(user["id"]))
    table = await running.call("incident_contacts", "GET", f"incidents/{incident.id}/contacts")
    page = await running.call("incident_report", "GET", f"incidents/{incident.id}/report?format=markdown")
    nothing = await running.call("incident_contacts", "GET", f"incidents/{'0' * 32}/contacts")

    assert incident.contacts
    assert incident.contacts.total == 4
    assert table.headers["content-type"].startswith("text/csv")
    addresses = [row["address"] for row in csv.DictReader(table.text.splitlines())]
    assert addresses == [one.address for one in incident.contacts.first]
    assert "payables@northwind.example" in addresses
    assert "## Whom to warn" in page.text
    assert nothing.status_code == httpx.codes.NOT_FOUND


async def test_report_only_plans_what_enforce_does_and_writes_nothing(running: World) -> None:
    """Two accounts that are alike in everything but their names: one is only looked at, one is taken back."""
    looked_at, taken_back = await running.victim(), await running.victim()

    planned = await running.ended(await running.by_hand(looked_at["id"], mode="report-only"))
    done = await running.ended(await running.by_hand(taken_back["id"]))

    assert planned.status == "planned"
    assert await running.writes(looked_at["id"]) == []
    assert await running.writes(taken_back["id"]) != []
    plans = [{step.name: list(map(_planned, step.changes)) for step in one.steps} for one in (planned, done)]
    assert plans[0] == plans[1]
    assert {"block-sign-in", "reset-password", "remove-forwarding", "seal"} <= {
        name for name in plans[0] if plans[0][name]
    }


async def test_an_account_whose_password_is_kept_elsewhere_is_not_secured_before_its_task_is_ticked(
    running: World,
) -> None:
    user = await running.victim(like="megan.bowen@contoso.com")
    incident = await running.ended(await running.by_hand(user["id"]))
    reset = next(step for step in incident.steps if step.name == "reset-password")

    assert reset.status == "skipped"
    assert [task.id for task in reset.tasks if task.secures] == ["reset-password:reset-on-premises"]
    assert incident.contained_at is not None
    assert incident.secured_at is None
    assert incident.status == "needs-attention"


async def test_the_list_shows_the_newest_first_and_filters(running: World) -> None:
    user = await running.victim()
    incident_id = await running.by_hand(user["id"])
    await running.ended(incident_id)

    newest = await running.call("incidents", "GET", "incidents", params={"limit": 1})
    mine = await running.call("incidents", "GET", "incidents", params={"account": user["userPrincipalName"]})
    others = await running.call("incidents", "GET", "incidents", params={"account": user["id"], "status": "joined"})

    assert [line["id"] for line in newest.json()["incidents"]] == [incident_id]
    assert [line["id"] for line in mine.json()["incidents"]] == [incident_id]
    assert others.json()["incidents"] == []


async def test_health_needs_no_key_and_tells_of_no_incident(running: World) -> None:
    answer = await running.http.get(f"{running.stack.host_url}/api/health")

    assert answer.status_code == httpx.codes.OK
    assert answer.json() == {"status": "ok", "mode": "enforce", "steps": len(STEPS)}


async def test_the_catalogue_shows_every_step_in_an_order_that_works(running: World) -> None:
    steps = (await running.call("steps", "GET", "steps")).json()["steps"]
    seen: set[str] = set()
    for step in steps:
        assert set(step["after"]) <= seen
        seen.add(step["name"])
    assert {name.replace("-", "_") for name in seen} == STEPS


def _planned(change: ChangeView) -> object:
    """What a plan says. When sessions were ended last is another time for each step that looks while others work, and a
    device has another id in each account.
    """
    before = None if change.resource in ("sign-in sessions", "password") else change.before
    return _GUID.sub("…", change.resource), change.action, before, change.after
