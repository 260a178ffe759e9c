"""remove-defender-roles: the role groups of the Defender portal are left, and taken again at a restore."""

import pytest

from functions.steps.remove_defender_roles import step
from local.everything import everything
from shared.playbook.step import Standing
from shared.tenant.errors import Denied
from tests.steps.accounts import TAKEN_OVER
from tests.steps.bench import Bench, carried_out

GROUPS = ["Organization Management", "Security Operator"]


@pytest.fixture(autouse=True)
async def _granted(bench: Bench) -> None:
    await bench.grant(directory_roles=everything().grants["directory_roles"])


async def _holds(bench: Bench, *groups: str, at_exchange: tuple[str, ...] = ()) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    seed |= {"defenderRoleGroups": list(groups), "roleGroups": list(at_exchange)}
    await bench.simulator.put_state(state)


async def test_role_groups_are_left_and_taken_again(bench: Bench) -> None:
    await _holds(bench, *GROUPS)
    context = bench.context(TAKEN_OVER)
    plan = await step.inspect(context)
    assert [change.resource for change in plan.changes] == [f"role group {name}" for name in GROUPS]
    assert [one.text for one in plan.findings[:2]] == [f"The account is in the role group {name}." for name in GROUPS]
    for change in plan.changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
    assert (await bench.simulator.truth(TAKEN_OVER.id))["defenderRoleGroups"] == []

    for change in reversed(plan.changes):
        for _ in range(2):
            await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    assert sorted((await bench.simulator.truth(TAKEN_OVER.id))["defenderRoleGroups"]) == GROUPS


async def test_a_group_of_the_same_name_at_exchange_is_another_one(bench: Bench) -> None:
    await _holds(bench, "Organization Management", at_exchange=("Organization Management",))
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    assert await carried_out(step, context, change) is Standing.AFTER
    assert (await bench.simulator.truth(TAKEN_OVER.id))["roleGroups"] == ["Organization Management"]


async def test_an_account_in_none_of_them_has_nothing_to_do(bench: Bench) -> None:
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert (plan.changes, plan.findings) == ((), ())
    assert plan.summary


async def test_what_it_takes_there_is_another_permission_than_exchanges(bench: Bench) -> None:
    await bench.grant(protection=[])
    with pytest.raises(Denied, match=r"Exchange\.ManageAsApp of Microsoft Exchange Online Protection") as refused:
        await step.inspect(bench.context(TAKEN_OVER))
    assert "in the Microsoft Defender portal (Permissions, Email & collaboration roles)" in str(refused.value)


async def test_who_may_only_read_there_is_told_what_changing_takes(bench: Bench) -> None:
    await bench.grant()
    await _holds(bench, "Security Operator")
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    with pytest.raises(Denied, match="Compliance Administrator"):
        await step.apply(context, change)
    assert (await bench.simulator.truth(TAKEN_OVER.id))["defenderRoleGroups"] == ["Security Operator"]


async def test_the_only_member_of_organization_management_goes_and_it_is_told(bench: Bench) -> None:
    await _holds(bench, "Organization Management")
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert [change.resource for change in plan.changes] == ["role group Organization Management"]
    assert any("Nobody else is in Organization Management" in one.text for one in plan.findings)
