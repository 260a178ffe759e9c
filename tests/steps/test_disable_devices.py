"""disable-devices: what was registered or connected during the attack is shut out, the rest is left and listed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from functions.steps import seal
from functions.steps.disable_devices import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Change, Plan, Standing
from shared.tenant.errors import Denied, NotFound
from tests.steps.accounts import GUEST, NO_MAILBOX, ORDINARY, SHARED_MAILBOX, SYNCED, TAKEN_OVER, name
from tests.steps.bench import Bench, carried_out, only

NEW_DEVICE = "device e0000000-0000-4000-8000-000000000002"
NEW_PHONE = "phone f0000000-0000-4000-8000-000000000002"
HOSTILE = 'x"](https://evil.example)\u202e\x1b[31m<b>' + "A" * 65_000


def _hours_ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _device(**properties: Any) -> dict[str, Any]:
    device = {
        "id": str(uuid4()),
        "displayName": "PC",
        "operatingSystem": "Windows",
        "accountEnabled": True,
        "registrationDateTime": _hours_ago(2),
    }
    return {"device": device | properties, "registered": True, "owned": True}


def _phone(**properties: Any) -> dict[str, Any]:
    phone = {"Guid": str(uuid4()), "DeviceId": "ABC123", "DeviceType": "iPhone", "FirstSyncTime": _hours_ago(2)}
    return phone | properties


async def _give(bench: Bench, account: Account, **parts: Any) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == account.id)
    seed |= {"devices": [], "mobileDevices": [], "casMailbox": {}} | parts
    await bench.simulator.put_state(state)


async def _enabled(bench: Bench, account: Account, change: Change) -> bool:
    devices = (await bench.simulator.truth(account.id))["devices"]
    identifier = change.resource.removeprefix("device ")
    return next(bool(one["device"]["accountEnabled"]) for one in devices if one["device"]["id"] == identifier)


async def _blocked(bench: Bench, account: Account) -> list[str]:
    cas = (await bench.simulator.truth(account.id))["casMailbox"]
    return list(cas.get("ActiveSyncBlockedDeviceIDs", []))


def _by_resource(plan: Plan) -> dict[str, Change]:
    return {change.resource: change for change in plan.changes}


async def test_what_came_with_the_attacker_is_shut_out_and_what_was_there_before_is_not(bench: Bench) -> None:
    plan = await step.inspect(bench.context(TAKEN_OVER))

    assert set(_by_resource(plan)) == {NEW_DEVICE, NEW_PHONE}
    assert plan.tasks == ()
    assert await bench.writes() == []
    told = " ".join(finding.text for finding in plan.findings)
    assert 'Left alone, registered before the attack: the Windows device "ALEX-LAPTOP".' in told
    assert '"8C6A1B2F4D5E4C0B9A7E"' in told


async def test_a_device_is_disabled_and_enabled_again(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = _by_resource(await step.inspect(context))[NEW_DEVICE]
    assert (change.before, change.after) == ({"accountEnabled": True}, {"accountEnabled": False})

    assert await step.verify(context, change, None) is Standing.BEFORE
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _enabled(bench, TAKEN_OVER, change) is False

    for _ in range(2):
        await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _enabled(bench, TAKEN_OVER, change) is True


async def test_a_phone_is_blocked_and_let_in_again_and_others_stay_blocked(bench: Bench) -> None:
    phones = [_phone(), _phone(DeviceId="ANOTHER", FirstSyncTime="2020-01-01T00:00:00Z")]
    already = {"ActiveSyncBlockedDeviceIDs": ["STOLEN-LAST-YEAR"]}
    await _give(bench, TAKEN_OVER, mobileDevices=phones, casMailbox=already)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    assert change.before == {"DeviceId": "ABC123", "Blocked": False}
    assert change.after == {"DeviceId": "ABC123", "Blocked": True}

    assert await step.verify(context, change, None) is Standing.BEFORE
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _blocked(bench, TAKEN_OVER) == ["STOLEN-LAST-YEAR", "ABC123"]

    for _ in range(2):
        await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _blocked(bench, TAKEN_OVER) == ["STOLEN-LAST-YEAR"]


async def test_nothing_is_deleted_or_wiped(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    for change in (await step.inspect(context)).changes:
        await step.apply(context, change)
    done = {(call["method"], call["cmdlet"]) for call in await bench.writes()}
    assert done == {("PATCH", None), ("POST", "Set-CASMailbox")}


async def test_what_is_shut_out_already_is_left(bench: Bench) -> None:
    devices = [_device(accountEnabled=False)]
    shut = {"ActiveSyncBlockedDeviceIDs": ["ABC123"]}
    await _give(bench, TAKEN_OVER, devices=devices, mobileDevices=[_phone()], casMailbox=shut)
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert (plan.changes, plan.tasks) == ((), ())


@pytest.mark.parametrize("system", ["iOS", "Android", "MacMDM", "Linux", None])
async def test_what_an_application_may_not_disable_is_a_task_that_keeps_the_account_unsecured(
    bench: Bench, system: str | None
) -> None:
    phone = _device(operatingSystem=system)
    await _give(bench, TAKEN_OVER, devices=[phone])
    plan = await step.inspect(bench.context(TAKEN_OVER))

    assert plan.changes == ()
    (task,) = plan.tasks
    assert task.secures
    assert phone["device"]["id"] in task.slug
    assert phone["device"]["id"] in task.text


async def test_a_device_that_is_kept_on_premises_is_disabled_there_by_a_person(bench: Bench) -> None:
    await _give(bench, TAKEN_OVER, devices=[_device(onPremisesSyncEnabled=True)])
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert plan.changes == ()
    assert "on-premises" in plan.tasks[0].text


async def test_the_tenant_itself_refuses_an_app_that_disables_another_system(bench: Bench) -> None:
    await _give(bench, TAKEN_OVER, devices=[_device()])
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    phone = _device(id=change.resource.removeprefix("device "), operatingSystem="iOS")
    await _give(bench, TAKEN_OVER, devices=[phone])
    with pytest.raises(Denied):
        await step.apply(context, change)


async def test_a_device_without_a_date_is_left_and_said_so(bench: Bench) -> None:
    await _give(bench, TAKEN_OVER, devices=[_device(registrationDateTime=None)])
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert plan.changes == ()
    (finding,) = plan.findings
    assert "nobody knows since when" in finding.text


@pytest.mark.parametrize(("registered", "owned"), [(True, False), (False, True), (True, True)])
async def test_registered_or_owned_it_is_found_once(bench: Bench, registered: bool, owned: bool) -> None:
    await _give(bench, TAKEN_OVER, devices=[_device() | {"registered": registered, "owned": owned}])
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER


async def test_a_device_that_somebody_took_away_is_not_taken_for_disabled(bench: Bench) -> None:
    await _give(bench, TAKEN_OVER, devices=[_device()])
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    await _give(bench, TAKEN_OVER)
    with pytest.raises(NotFound, match="taken it away"):
        await step.verify(context, change, None)


@pytest.mark.parametrize("account", ORDINARY, ids=name)
async def test_every_kind_of_account_may_have_devices(bench: Bench, account: Account) -> None:
    assert step.skip(account) is None
    await _give(bench, account, devices=[_device()])
    context = bench.context(account)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST], ids=name)
@pytest.mark.parametrize("kind", [MailboxKind.NONE, MailboxKind.UNKNOWN])
async def test_an_account_without_a_mailbox_has_no_phones(bench: Bench, account: Account, kind: MailboxKind) -> None:
    plan = await step.inspect(bench.context(account.model_copy(update={"mailbox": kind})))
    assert (plan.changes, plan.findings) == ((), ())
    assert plan.summary.startswith("No device was registered")


@pytest.mark.parametrize("account", [SYNCED, SHARED_MAILBOX], ids=name)
async def test_every_kind_of_mailbox_can_be_closed_to_a_phone(bench: Bench, account: Account) -> None:
    await _give(bench, account, mobileDevices=[_phone()])
    context = bench.context(account)
    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER


async def test_names_that_an_attacker_chose_become_one_short_line_and_name_nothing(bench: Bench) -> None:
    devices = [_device(displayName=HOSTILE), _device(displayName=HOSTILE, operatingSystem=HOSTILE)]
    await _give(bench, TAKEN_OVER, devices=devices, mobileDevices=[_phone(DeviceId=HOSTILE, DeviceType=HOSTILE)])
    context = bench.context(TAKEN_OVER)
    plan = await step.inspect(context)

    told = [*(one.text for one in plan.findings), *(one.text for one in plan.tasks), *(c.reason for c in plan.changes)]
    assert len(told) == 6
    assert all(text.isprintable() and len(text) < 700 for text in told)
    assert all("evil" not in change.resource for change in plan.changes)
    for change in plan.changes:
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _blocked(bench, TAKEN_OVER) == [HOSTILE]


async def test_ids_without_names_are_not_taken_for_no_devices(bench: Bench) -> None:
    """Without the permission to read devices Graph tells that they are there, and nothing else."""
    await bench.grant_all_but("Device.ReadWrite.All")
    with pytest.raises(Denied, match=r"Device\.ReadWrite\.All"):
        await step.inspect(bench.context(TAKEN_OVER))


async def test_without_the_directory_role_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant(directory_roles=[])
    with pytest.raises(Denied, match="Exchange Recipient Administrator"):
        await step.inspect(bench.context(TAKEN_OVER))


def test_the_seal_comes_after_it() -> None:
    assert step.declaration.name in seal.step.declaration.after
