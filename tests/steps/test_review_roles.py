"""review-roles: each role that no step takes away is named, with where a person does."""

import pytest

from functions.steps.review_roles import step
from local.everything import everything
from shared.playbook.step import Plan
from shared.policy import Gate
from tests.steps.accounts import TAKEN_OVER
from tests.steps.bench import Bench

STEPS = ("remove-directory-roles", "remove-exchange-roles", "remove-defender-roles")


async def _an_administrator(bench: Bench) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    seed |= next(one for one in everything().tenant["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    await bench.simulator.put_state(state)


async def _plan(bench: Bench, **account: str) -> Plan:
    return await step.inspect(bench.context(TAKEN_OVER.model_copy(update=account)))


async def test_each_role_is_named_with_where_it_is_taken_away(bench: Bench) -> None:
    await _an_administrator(bench)
    tasks = {task.slug: task.text for task in (await _plan(bench)).tasks}
    assert tasks.keys() == {"directory-roles", "exchange-roles", "defender-roles"}
    assert "Exchange Administrator (permanent: " in tasks["directory-roles"]
    assert "Helpdesk Administrator (eligible: " in tasks["directory-roles"]
    assert "Microsoft Entra admin center (Roles & admins" in tasks["directory-roles"]
    assert "role Mail Recipients, role group Help Desk, role group Organization Management" in tasks["exchange-roles"]
    assert tasks["exchange-roles"].endswith("in the Exchange admin center (Roles, Admin roles).")
    assert "role group Security Operator" in tasks["defender-roles"]
    assert await bench.writes() == []


@pytest.mark.parametrize(
    ("kind", "enabled", "told"),
    [("SecurityGroup", True, "role Mail Recipients by Finance"), ("User", False, "Nothing that remove-exchange-roles")],
)
async def test_a_role_by_a_security_group_is_one_and_a_role_that_is_switched_off_is_none(
    bench: Bench, kind: str, enabled: bool, told: str
) -> None:
    assignment = {"Name": "one", "Role": "Mail Recipients", "RoleAssigneeName": "Finance", "RoleAssigneeType": kind}
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    seed["roleAssignments"] = [assignment | {"Enabled": enabled}]
    await bench.simulator.put_state(state)
    assert any(told in one.text for one in (await _plan(bench)).findings)


async def test_an_account_without_roles_is_told_so(bench: Bench) -> None:
    plan = await _plan(bench)
    assert plan.tasks == ()
    assert [one.text for one in plan.findings] == [f"Nothing that {name} would take away." for name in STEPS]


@pytest.mark.parametrize("name", STEPS)
async def test_what_a_step_takes_away_is_the_steps_to_tell(bench: Bench, name: str) -> None:
    await _an_administrator(bench)
    bench.settings = bench.settings.model_copy(update={"steps": {name: Gate.APPROVE}})
    assert name not in " ".join(one.text for one in (await _plan(bench)).findings)


async def test_of_a_protected_account_nobody_is_asked_to_take_anything_away(bench: Bench) -> None:
    await _an_administrator(bench)
    plan = await _plan(bench, protected="break-glass")
    assert plan.tasks == ()
    assert any("keeps what remove-directory-roles would take away" in one.text for one in plan.findings)


async def test_what_could_not_be_read_is_a_gap_and_the_rest_is_told(bench: Bench) -> None:
    await _an_administrator(bench)
    await bench.grant(protection=[])
    plan = await _plan(bench)
    (gap,) = [one.text for one in plan.findings if one.gap]
    assert gap.startswith("Could not read what remove-defender-roles would take away: refused. The app needs ")
    assert {task.slug for task in plan.tasks} == {"directory-roles", "exchange-roles"}
