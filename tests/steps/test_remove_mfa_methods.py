"""remove-mfa-methods: what was registered within the attack goes, what can come back does at a restore."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.remove_mfa_methods import step
from shared.account import Account
from shared.playbook.step import Plan, Standing
from shared.policy import MfaMethods
from shared.tenant.errors import Denied, Permanent
from tests.steps.accounts import ADMINISTRATOR, GUEST, SYNCED, TAKEN_OVER
from tests.steps.bench import FOR_ADMINISTRATORS, Bench, carried_out

MOBILE, ALTERNATE = "3179e48a-750b-4051-897c-87b9720928f7", "b6332ec1-7057-4abe-9331-3d72feddfe41"
EMAIL = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"
HOSTILE = "=cmd|'/c calc'!A1 [x](https://evil.example)\u202e\x1b[31m<b>\r\n" + "A" * 65_000
KINDS = (
    "temporaryAccessPass",
    "fido2",
    "windowsHelloForBusiness",
    "platformCredential",
    "softwareOath",
    "microsoftAuthenticator",
)


def _method(kind: str, hours: float | None = 5, **values: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours or 0)
    created = {"createdDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"} if hours is not None else {}
    known = {"@odata.type": f"#microsoft.graph.{kind}AuthenticationMethod", "id": f"id-of-{kind}"}
    return {**known, **created, **values}


def _phone(kind: str, identifier: str, **values: Any) -> dict[str, Any]:
    return _method("phone", **{"id": identifier, "phoneType": kind, "phoneNumber": "+1 5555550123"} | values)


async def _registered(bench: Bench, *methods: dict[str, Any], account: Account = TAKEN_OVER) -> None:
    state = await bench.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == account.id)["methods"] = list(methods)
    await bench.simulator.put_state(state)


async def _there(bench: Bench, account: Account = TAKEN_OVER) -> list[str]:
    return [one["id"] for one in (await bench.simulator.truth(account.id))["methods"]]


async def _plan(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


def _told(plan: Plan) -> str:
    return "\n".join(finding.text for finding in plan.findings)


async def test_what_was_registered_within_the_attack_goes_and_the_rest_is_listed(bench: Bench) -> None:
    plan = await _plan(bench)
    kinds = [change.before["Kind"] for change in plan.changes]
    assert kinds == ["email", "softwareOath", "phone"]
    assert "+1 5555550199" in plan.changes[2].reason
    assert "Left alone, registered before the attack or by policy: Microsoft Authenticator" in _told(plan)
    assert [task.slug for task in plan.tasks] == ["register-again"]
    assert await bench.writes() == []


async def test_each_is_removed_and_read_back_and_what_can_comes_back(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    changes = (await step.inspect(context)).changes
    for change in changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
    assert await _there(bench) == ["ae000000-0000-4000-8000-000000000001"]

    for change in changes:
        if not change.irreversible:
            await step.revert(context, change)
            assert await step.verify(context, change, None) is Standing.BEFORE
    assert sorted(await _there(bench)) == sorted(["ae000000-0000-4000-8000-000000000001", MOBILE, EMAIL])
    assert [change.before["Kind"] for change in changes if change.irreversible] == ["softwareOath"]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_type_can_be_taken_away(bench: Bench, kind: str) -> None:
    await _registered(bench, _method(kind))
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    assert change.irreversible
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await _there(bench) == []


async def test_an_external_method_comes_back_under_another_id(bench: Bench) -> None:
    provider: dict[str, Any] = {"configurationId": "ac000000-0000-4000-8000-000000000001", "displayName": "Northwind"}
    await _registered(bench, _method("external", **provider))
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    assert change.irreversible == ""
    assert await carried_out(step, context, change) is Standing.AFTER

    await step.revert(context, change)

    assert await step.verify(context, change, None) is Standing.BEFORE
    (row,) = (await bench.simulator.truth(TAKEN_OVER.id))["methods"]
    assert {name: row[name] for name in provider} == provider
    assert row["id"] != change.before["Id"]
    await _registered(bench, row | {"displayName": "Other keys"})
    assert await step.verify(context, change, None) is Standing.OTHER


async def test_a_type_that_nobody_knew_is_a_task_that_counts(bench: Bench) -> None:
    await _registered(bench, _method("hardwareOath"))
    bench.settings = bench.settings.model_copy(update={"mfa_methods": MfaMethods.ALL})
    plan = await _plan(bench)
    assert plan.changes == ()
    assert [task.secures for task in plan.tasks] == [True, False]


async def test_an_alternate_telephone_goes_before_the_first_one(bench: Bench) -> None:
    await _registered(bench, _phone("mobile", MOBILE), _phone("alternateMobile", ALTERNATE))
    context = bench.context(TAKEN_OVER)
    for change in (await step.inspect(context)).changes:
        assert await carried_out(step, context, change) is Standing.AFTER


async def test_the_default_method_is_refused_while_others_are_there(bench: Bench) -> None:
    await _registered(bench, _method("softwareOath", default=True), _method("microsoftAuthenticator"))
    context = bench.context(TAKEN_OVER)
    first, second = (await step.inspect(context)).changes
    with pytest.raises(Permanent, match="The default method can go only once another is the default"):
        await step.apply(context, first)
    assert await carried_out(step, context, second) is Standing.AFTER
    assert await carried_out(step, context, first) is Standing.AFTER


async def test_a_telephone_that_has_another_number_by_now_is_seen(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = (await step.inspect(context)).changes[-1]
    await _registered(bench, _phone("mobile", MOBILE, phoneNumber="+1 5555550777"))
    assert await step.verify(context, change, None) is Standing.OTHER


async def test_what_has_no_date_is_left_and_told(bench: Bench) -> None:
    await _registered(bench, _method("softwareOath", hours=None))
    plan = await _plan(bench)
    assert plan.changes == ()
    assert "nobody knows since when" in _told(plan)


@pytest.mark.parametrize(("policy", "count"), [(MfaMethods.ALL, 4), (MfaMethods.WINDOW, 3), (MfaMethods.NONE, 0)])
async def test_policy_says_which(bench: Bench, policy: MfaMethods, count: int) -> None:
    bench.settings = bench.settings.model_copy(update={"mfa_methods": policy})
    assert len((await _plan(bench)).changes) == count


async def test_an_account_without_any_has_nothing_to_do(bench: Bench) -> None:
    plan = await _plan(bench, SYNCED)
    assert (plan.changes, plan.tasks, plan.findings) == ((), (), ())
    assert plan.summary


async def test_a_guests_are_another_organisations(bench: Bench) -> None:
    skipped = step.skip(GUEST)
    assert skipped is not None
    assert "own organisation" in skipped.reason


async def test_an_administrators_take_a_higher_role_and_the_refusal_names_it(bench: Bench) -> None:
    await _registered(bench, _method("softwareOath"), account=ADMINISTRATOR)
    context = bench.context(ADMINISTRATOR)
    (change,) = (await step.inspect(context)).changes
    with pytest.raises(Denied, match=FOR_ADMINISTRATORS):
        await step.apply(context, change)


async def test_with_the_role_an_administrators_are_taken_away_too(bench: Bench) -> None:
    await bench.grant_role_for_administrators()
    await _registered(bench, _method("softwareOath"), account=ADMINISTRATOR)
    context = bench.context(ADMINISTRATOR)
    (change,) = (await step.inspect(context)).changes
    assert await carried_out(step, context, change) is Standing.AFTER


async def test_without_the_permission_it_names_it(bench: Bench) -> None:
    await bench.grant_all_but("UserAuthenticationMethod.ReadWrite.All")
    with pytest.raises(Denied, match=r"UserAuthenticationMethod\.ReadWrite\.All"):
        await _plan(bench)


async def test_a_name_that_an_attacker_chose_is_one_short_line(bench: Bench) -> None:
    await _registered(bench, _method("microsoftAuthenticator", displayName=HOSTILE))
    plan = await _plan(bench)
    texts = [plan.changes[0].reason, *(finding.text for finding in plan.findings)]
    assert all(text.isprintable() and len(text) < 300 for text in texts)
