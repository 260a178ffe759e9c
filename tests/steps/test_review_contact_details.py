"""review-contact-details: what the account shows, what of it was changed and by whom; what only the user can tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.review_contact_details import step
from shared.account import Account
from shared.playbook.step import Plan, Task
from shared.tenant.errors import Denied
from tests.steps.accounts import EVERYBODY, FEDERATED, SYNCED, TAKEN_OVER, name
from tests.steps.bench import Bench

EVIL = "203.0.113.66"


def _changed(hours: float, **values: tuple[str, str]) -> dict[str, Any]:
    """An entry of the log about the account itself, each property from one value to another, as JSON in a string."""
    at = datetime.now(UTC) - timedelta(hours=hours)
    modified = [{"displayName": one, "oldValue": old, "newValue": new} for one, (old, new) in values.items()]
    return {
        "id": f"audit-{hours}",
        "activityDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "activityDisplayName": "Update user",
        "initiatedBy": {"user": {"ipAddress": EVIL}},
        "targetResources": [{"type": "User", "modifiedProperties": modified}],
    }


async def _log(bench: Bench, *rows: dict[str, Any]) -> None:
    state = await bench.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)["audits"] = list(rows)
    await bench.simulator.put_state(state)


async def _reviewed(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


def _told(plan: Plan) -> list[str]:
    return [finding.text for finding in plan.findings]


def _check(plan: Plan) -> Task:
    return next(task for task in plan.tasks if task.slug == "check-contact-details")


async def test_it_tells_what_the_account_shows_now(bench: Bench) -> None:
    assert _told(await _reviewed(bench))[0] == (
        'As they are now: name "Alex Wilber"; mobile "+1 555 0100"; telephone "+1 555 0101"; '
        'alternate mail "alex.wilber@home.example"; address "PO Box 66, Redmond"; a photo.'
    )


async def test_it_tells_who_changed_what_from_what_to_what_and_from_where(bench: Bench) -> None:
    plan = await _reviewed(bench)
    assert plan.changes == ()
    changed = [one for one in _told(plan) if one.startswith("Changed while the attacker may have been in: ")]
    assert len(changed) == 1
    assert changed[0].endswith(
        f'UTC, by alex.wilber@contoso.com from {EVIL}: StreetAddress from "1 Main Street" to "PO Box 66".'
    )


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
async def test_every_account_has_details_to_be_looked_at(bench: Bench, account: Account) -> None:
    plan = await _reviewed(bench, account)
    assert plan.looked
    assert {task.slug for task in plan.tasks} == {"check-contact-details", "scan-for-malware", "other-services"}
    assert await bench.writes() == []


@pytest.mark.parametrize(("account", "where"), [(SYNCED, "on-premises"), (FEDERATED, "on-premises directory")])
async def test_the_task_says_where_the_details_are_kept(bench: Bench, account: Account, where: str) -> None:
    assert where in _check(await _reviewed(bench, account)).text


@pytest.mark.parametrize("detail", ["MobilePhone", "Mobile", "TelephoneNumber", "OtherMail", "OtherMails"])
async def test_where_a_code_for_a_new_password_may_go_the_account_is_not_secured_before_it_is_checked(
    bench: Bench, detail: str
) -> None:
    await _log(bench, _changed(5, **{detail: ('["+1 555 0199"]', '["+1 555 0100"]')}))
    task = _check(await _reviewed(bench))
    assert task.secures
    assert f"A code for a new password may be sent to {detail}." in task.text


async def test_what_was_changed_before_the_attack_is_told_as_such(bench: Bench) -> None:
    await _log(bench, _changed(24 * 20, MobilePhone=("[]", '["+1 555 0100"]')))
    plan = await _reviewed(bench)
    assert _told(plan)[-1].startswith("Changed before the attack: ")
    assert 'MobilePhone from nothing to "+1 555 0100"' in _told(plan)[-1]
    assert not _check(plan).secures


async def test_other_properties_and_other_peoples_are_left_out(bench: Bench) -> None:
    other = _changed(5, MobilePhone=("[]", '["1"]'))
    other["targetResources"].append({"id": SYNCED.id, "type": "User", "modifiedProperties": []})
    other["targetResources"][0] = {"id": SYNCED.id, **other["targetResources"][0]}
    await _log(bench, other, _changed(4, LastDirSyncTime=("[]", '["x"]')))
    assert not any(one.startswith("Changed") for one in _told(await _reviewed(bench)))


@pytest.mark.parametrize("answer", ["not-found", "one-pixel"])
async def test_no_photo_is_told_as_no_photo_however_the_tenant_says_so(bench: Bench, answer: str) -> None:
    await bench.behave(behaviour={"noPhoto": answer})
    assert _told(await _reviewed(bench, SYNCED))[0].endswith("no photo.")


async def test_a_log_that_cannot_be_read_is_a_gap_and_the_rest_is_told(bench: Bench) -> None:
    await bench.grant_all_but("AuditLog.Read.All")
    told = _told(await _reviewed(bench))
    assert told[0].startswith("As they are now: ")
    assert told[1].startswith("Could not read what of it was changed: ")
    assert "AuditLog.Read.All" in told[1]


async def test_without_the_permission_it_names_it(bench: Bench) -> None:
    await bench.grant(graph=["AuditLog.Read.All"])
    with pytest.raises(Denied, match=r"User\.Read\.All"):
        await _reviewed(bench)


@pytest.mark.parametrize("value", ['["a\\n\\u001b[31mb"]', "not json", '{"a": 1}', "", "x" * 5000])
async def test_whatever_the_log_holds_is_told_in_one_line(bench: Bench, value: str) -> None:
    await _log(bench, _changed(5, DisplayName=(value, value)))
    assert all(one.isprintable() and len(one) < 700 for one in _told(await _reviewed(bench)))
