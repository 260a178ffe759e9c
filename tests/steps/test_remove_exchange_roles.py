"""remove-exchange-roles: role groups and roles that are assigned directly go, and come back exactly as they were."""

from typing import Any

import pytest

from functions.steps.remove_exchange_roles import step
from local.everything import everything
from shared.account import Account
from shared.playbook.step import Plan, Standing
from shared.tenant.errors import Denied, NotFound
from tests.steps.accounts import ADMINISTRATOR, GUEST, TAKEN_OVER
from tests.steps.bench import Bench, carried_out

GROUPS = ["Organization Management", "Recipient Management"]
SCOPED: dict[str, dict[str, Any]] = {
    "everywhere": {"RecipientWriteScope": "Organization"},
    "a custom scope": {"RecipientWriteScope": "CustomRecipientScope", "CustomRecipientWriteScope": "Sales"},
    "an exclusive scope": {"RecipientWriteScope": "ExclusiveRecipientScope", "CustomRecipientWriteScope": "The board"},
    "a unit": {"RecipientWriteScope": "AdministrativeUnit", "RecipientAdministrativeUnitScope": "Plant 2"},
    "a group": {"RecipientWriteScope": "Group", "RecipientGroupScope": "Sales team"},
    "an organizational unit": {"RecipientWriteScope": "OU", "RecipientOrganizationalUnitScope": "contoso.com/Sales"},
    "the own": {"RecipientWriteScope": "Self"},
    "the own address list": {"RecipientWriteScope": "MyGAL"},
    "delegating": {"RecipientWriteScope": "Organization", "RoleAssignmentDelegationType": "DelegatingOrgWide"},
}


@pytest.fixture(autouse=True)
async def _granted(bench: Bench) -> None:
    await bench.grant(directory_roles=everything().grants["directory_roles"])


def _assigned(name: str, **values: Any) -> dict[str, Any]:
    known = {
        "Name": name,
        "Role": "Mail Recipients",
        "RoleAssigneeName": "alex.wilber",
        "RoleAssigneeType": "User",
        "AssignmentMethod": "Direct",
        "RoleAssignmentDelegationType": "Regular",
        "RecipientWriteScope": "Organization",
        "Enabled": True,
    }
    return known | values


async def _holds(bench: Bench, *assignments: Any, groups: Any = (), security_groups: Any = ("Finance",)) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    seed |= {"roleAssignments": list(assignments), "roleGroups": list(groups), "groups": list(security_groups)}
    await bench.simulator.put_state(state)


async def _plan(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


async def _there_and_back(bench: Bench) -> None:
    """Each change is made twice and put back twice; in between the account has no role, and then what it had."""
    context = bench.context(TAKEN_OVER)
    before = await bench.simulator.truth(TAKEN_OVER.id)
    changes = (await step.inspect(context)).changes
    for change in changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
    bare = await bench.simulator.truth(TAKEN_OVER.id)
    assert (bare["roleGroups"], bare["roleAssignments"]) == ([], [])

    for change in reversed(changes):
        for _ in range(2):
            await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    after = await bench.simulator.truth(TAKEN_OVER.id)
    assert sorted(after["roleGroups"]) == sorted(before["roleGroups"])
    assert after["roleAssignments"] == before["roleAssignments"]


async def test_role_groups_are_left_and_taken_again(bench: Bench) -> None:
    await _holds(bench, groups=GROUPS)
    plan = await _plan(bench)
    assert [change.resource for change in plan.changes] == [f"role group {name}" for name in GROUPS]
    assert any("by Organization Management: Mail Recipients, Role Management" in one.text for one in plan.findings)
    await _there_and_back(bench)


@pytest.mark.parametrize("scope", SCOPED)
async def test_a_role_that_is_assigned_directly_comes_back_with_its_scope(bench: Bench, scope: str) -> None:
    await _holds(bench, _assigned("Mail Recipients-alex", **SCOPED[scope]))
    (change,) = (await _plan(bench)).changes
    assert change.resource == "role assignment Mail Recipients-alex"
    await _there_and_back(bench)


@pytest.mark.parametrize("scope", [{"RecipientWriteScope": "MyExecutive"}, {"RecipientWriteScope": "Group"}])
async def test_a_role_whose_scope_cannot_be_given_again_goes_and_a_restore_does_not_make_it_wider(
    bench: Bench, scope: dict[str, str]
) -> None:
    await _holds(bench, _assigned("Mail Recipients-alex", **scope))
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    assert scope["RecipientWriteScope"] in change.irreversible
    assert await carried_out(step, context, change) is Standing.AFTER


async def test_a_role_that_is_switched_off_is_told_and_left_as_it_is(bench: Bench) -> None:
    await _holds(bench, _assigned("Mail Recipients-alex", Enabled=False))
    plan = await _plan(bench)
    assert plan.changes == ()
    assert [one.text for one in plan.findings] == [
        "The account has the role Mail Recipients directly, but switched off: it was left so."
    ]


async def test_roles_that_are_assigned_to_a_security_group_are_a_persons_task(bench: Bench) -> None:
    by_group = _assigned("Mail Recipients-Finance", RoleAssigneeName="Finance", RoleAssigneeType="SecurityGroup")
    await _holds(bench, by_group)
    plan = await _plan(bench)
    assert plan.changes == ()
    assert [one.text for one in plan.findings] == ["The account has, by Finance: Mail Recipients."]
    (task,) = plan.tasks
    assert task.text == "Roles at Exchange are assigned to Finance, which the account is in: take it out of there."


async def test_a_role_group_that_is_gone_by_now_does_not_stop_the_rest(bench: Bench) -> None:
    gone = _assigned("Mail Recipients-Gone", RoleAssigneeName="Gone", RoleAssigneeType="RoleGroup")
    await _holds(bench, gone, groups=["Recipient Management"])
    assert [change.resource for change in (await _plan(bench)).changes] == ["role group Recipient Management"]


@pytest.mark.parametrize(("others", "told"), [((), True), ((ADMINISTRATOR.id,), False)])
async def test_the_only_member_of_organization_management_goes_and_it_is_told(
    bench: Bench, others: tuple[str, ...], *, told: bool
) -> None:
    await _holds(bench, groups=["Organization Management"])
    state = await bench.simulator.state()
    for account in state["accounts"]:
        account["roleGroups"] = ["Organization Management"] if account["user"]["id"] in (*others, TAKEN_OVER.id) else []
    await bench.simulator.put_state(state)
    plan = await _plan(bench)
    assert [change.resource for change in plan.changes] == ["role group Organization Management"]
    assert any("Nobody else is in Organization Management" in one.text for one in plan.findings) is told


async def test_what_everybody_has_by_a_policy_is_no_role_to_take_away(bench: Bench) -> None:
    plan = await _plan(bench)
    assert (plan.changes, plan.findings, plan.tasks) == ((), (), ())
    assert plan.summary


async def test_roles_by_a_security_group_are_a_persons_task(bench: Bench) -> None:
    await _holds(bench, groups=["Recipient Management"], security_groups=["Help desk"])
    plan = await _plan(bench)
    assert [change.resource for change in plan.changes] == ["role group Recipient Management"]
    (task,) = plan.tasks
    assert "the roles of Help Desk by a security group" in task.text


async def test_an_account_that_exchange_does_not_know_has_no_role(bench: Bench) -> None:
    stranger = GUEST.model_copy(update={"id": "b9999999-0000-4000-8000-000000000001"})
    assert (await _plan(bench, stranger)).changes == ()


async def test_a_role_group_that_is_gone_cannot_be_taken_again(bench: Bench) -> None:
    await _holds(bench, groups=["Recipient Management"])
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    state = await bench.simulator.state()
    state["tenant"]["roleGroups"] = []
    for account in state["accounts"]:
        account["roleGroups"] = []
    await bench.simulator.put_state(state)
    assert await step.verify(context, change, None) is Standing.AFTER
    with pytest.raises(NotFound):
        await step.revert(context, change)


async def test_without_the_right_to_manage_roles_it_says_so(bench: Bench) -> None:
    await bench.grant()
    await _holds(bench, groups=["Recipient Management"])
    with pytest.raises(Denied, match="Exchange Administrator"):
        await carried_out(step, bench.context(TAKEN_OVER), (await _plan(bench)).changes[0])


async def test_the_name_of_a_group_is_told_in_one_line(bench: Bench) -> None:
    name = "a\n\x1b[31m" + "x" * 500
    state = await bench.simulator.state()
    state["tenant"]["roleGroups"].append({"name": name, "roles": ["Mail Recipients"]})
    await bench.simulator.put_state(state)
    await _holds(bench, groups=[name])
    plan = await _plan(bench)
    told = [*(one.text for one in plan.findings), *(one.resource for one in plan.changes)]
    assert all(one.isprintable() and len(one) < 400 for one in told)
    assert await carried_out(step, bench.context(TAKEN_OVER), plan.changes[0]) is Standing.AFTER
