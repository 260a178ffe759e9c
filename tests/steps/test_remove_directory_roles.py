"""remove-directory-roles: every way of having a role is found, taken away, and given back exactly as it was."""

from typing import Any

import pytest

from functions.steps.remove_directory_roles import step
from local.simulator.contract import ROLES
from local.simulator.grants import load_grants
from shared.account import Account
from shared.playbook.step import Plan, Standing
from shared.tenant.errors import Denied
from tests.steps.accounts import ADMINISTRATOR, TAKEN_OVER
from tests.steps.bench import Bench, carried_out

UNIT = "/administrativeUnits/c1000000-0000-4000-8000-000000000001"
UNTIL = {"type": "afterDateTime", "endDateTime": "2027-01-01T00:00:00Z"}
FOREVER = {"startDateTime": "2026-01-01T00:00:00Z", "expiration": {"type": "noExpiration"}}
EVERY_WAY: list[Any] = [
    "Exchange Administrator",
    {"role": "User Administrator", "scope": UNIT},
    {"role": "Security Administrator", "kind": "Assigned", "scheduleInfo": {"expiration": UNTIL}},
    {"role": "Helpdesk Administrator", "kind": "eligible", "scheduleInfo": FOREVER},
]
RAISED = {"role": "Security Reader", "kind": "Activated", "scheduleInfo": {"expiration": UNTIL}}
HELP_DESK_GROUP = "a0000000-0000-4000-8000-000000000002"
SINCE = "2026-01-01T00:00:00Z"
IN_GROUPS: list[Any] = [
    {"group": "Help desk", "access": "member", "kind": "assigned", "start": SINCE, "end": "2027-01-01T00:00:00Z"},
    {"group": "Help desk", "access": "member", "kind": "eligible", "start": SINCE, "end": None},
    {"group": "Help desk", "access": "owner", "kind": "eligible", "start": SINCE, "end": "2027-01-01T00:00:00Z"},
]
RAISED_IN_GROUP = {"group": "Help desk", "access": "owner", "kind": "activated", "start": SINCE, "end": SINCE}
ELSEWHERE = {"group": "Finance", "access": "member", "kind": "eligible", "start": SINCE, "end": None}


@pytest.fixture(autouse=True)
async def _privileged(bench: Bench) -> None:
    """The privileged set is granted."""
    await bench.grant(graph=[*load_grants().graph, *step.declaration.rights.graph])


async def _holds(bench: Bench, *roles: Any, groups: tuple[str, ...] = (), schedules: tuple[Any, ...] = ()) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == ADMINISTRATOR.id)
    seed |= {"roles": list(roles), "groups": list(groups), "groupSchedules": list(schedules)}
    await bench.simulator.put_state(state)


async def _plan(bench: Bench, account: Account = ADMINISTRATOR) -> Plan:
    return await step.inspect(bench.context(account))


def _id(name: str) -> str:
    return ROLES.roles[name].id


def _told(plan: Plan) -> str:
    return "\n".join(finding.text for finding in plan.findings)


async def test_every_way_of_having_a_role_is_found(bench: Bench) -> None:
    await _holds(bench, *EVERY_WAY, RAISED, groups=("Finance", "Help desk"))
    plan = await _plan(bench)
    assert {change.resource for change in plan.changes} == {
        f"Exchange Administrator (permanent: {_id('Exchange Administrator')} at /)",
        f"User Administrator (permanent: {_id('User Administrator')} at {UNIT})",
        f"Security Administrator (timed: {_id('Security Administrator')} at /)",
        f"Security Reader (raised: {_id('Security Reader')} at /)",
        f"Helpdesk Administrator (eligible: {_id('Helpdesk Administrator')} at /)",
        f"Help desk (permanent, by a group: member of {HELP_DESK_GROUP})",
    }
    assert f"The account has User Administrator (permanent: {_id('User Administrator')} at {UNIT})." in _told(plan)
    assert await bench.writes() == []


async def test_each_is_taken_away_read_back_and_given_back_exactly(bench: Bench) -> None:
    await _holds(bench, *EVERY_WAY, groups=("Finance", "Help desk"))
    context = bench.context(ADMINISTRATOR)
    before = await bench.simulator.truth(ADMINISTRATOR.id)
    changes = (await step.inspect(context)).changes
    for change in changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
    bare = await bench.simulator.truth(ADMINISTRATOR.id)
    assert (bare["roles"], bare["groups"]) == ([], ["Finance"])
    assert (await step.inspect(context)).changes == ()

    for change in changes:
        await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    after = await bench.simulator.truth(ADMINISTRATOR.id)
    assert _as_held(after["roles"]) == _as_held(before["roles"])
    assert sorted(after["groups"]) == sorted(before["groups"])


def _as_held(roles: list[Any]) -> list[Any]:
    """Without the ids, which are new."""
    whole = [{"role": one} if isinstance(one, str) else one for one in roles]
    known = [{"scope": "/", "kind": "direct"} | {k: v for k, v in one.items() if k != "id"} for one in whole]
    return sorted(known, key=lambda one: str(one["role"]))


async def test_every_way_into_a_group_that_carries_roles_is_found(bench: Bench) -> None:
    await _holds(bench, schedules=(*IN_GROUPS, RAISED_IN_GROUP, ELSEWHERE))
    plan = await _plan(bench)
    assert {change.resource for change in plan.changes} == {
        f"Help desk (timed, by a group: member of {HELP_DESK_GROUP})",
        f"Help desk (eligible, by a group: member of {HELP_DESK_GROUP})",
        f"Help desk (eligible, by a group: owner of {HELP_DESK_GROUP})",
        f"Help desk (raised, by a group: owner of {HELP_DESK_GROUP})",
    }


async def test_the_ways_into_a_group_are_closed_one_by_one_and_opened_again_as_they_were(bench: Bench) -> None:
    await _holds(bench, schedules=(*IN_GROUPS, ELSEWHERE))
    context = bench.context(ADMINISTRATOR)
    changes = (await step.inspect(context)).changes
    for change in changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
    assert (await bench.simulator.truth(ADMINISTRATOR.id))["groupSchedules"] == [ELSEWHERE]

    for change in changes:
        await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    after = (await bench.simulator.truth(ADMINISTRATOR.id))["groupSchedules"]
    assert sorted(after, key=str) == sorted((*IN_GROUPS, ELSEWHERE), key=str)


async def test_a_group_that_the_user_is_in_for_good_is_left_although_it_may_be_raised_too(bench: Bench) -> None:
    await _holds(bench, groups=("Help desk",), schedules=(IN_GROUPS[1],))
    ways = {str(change.before["Way"]) for change in (await _plan(bench)).changes}
    assert ways == {"permanent, by a group", "eligible, by a group"}


async def test_what_the_user_has_raised_ends_and_is_not_given_back(bench: Bench) -> None:
    await _holds(bench, RAISED, schedules=(RAISED_IN_GROUP,))
    context = bench.context(ADMINISTRATOR)
    role, group = (await step.inspect(context)).changes
    for change in (role, group):
        assert "raises it again" in change.irreversible
        assert await carried_out(step, context, change) is Standing.AFTER


async def test_the_same_role_in_two_places_is_two(bench: Bench) -> None:
    await _holds(bench, "User Administrator", {"role": "User Administrator", "scope": UNIT})
    context = bench.context(ADMINISTRATOR)
    everywhere, in_one_unit = (await step.inspect(context)).changes
    assert await carried_out(step, context, in_one_unit) is Standing.AFTER
    assert await step.verify(context, everywhere, None) is Standing.BEFORE


@pytest.mark.parametrize("licence", ["P1", "free"])
async def test_without_the_licence_what_is_assigned_for_good_goes_all_the_same(bench: Bench, licence: str) -> None:
    await _holds(bench, "Exchange Administrator")
    await bench.behave(licence=licence)
    context = bench.context(ADMINISTRATOR)
    plan = await step.inspect(context)
    assert "No role can be eligible or for a time only" in _told(plan)
    assert await carried_out(step, context, plan.changes[0]) is Standing.AFTER


async def test_a_user_without_roles_has_nothing_to_do(bench: Bench) -> None:
    plan = await _plan(bench, TAKEN_OVER)
    assert (plan.changes, plan.findings) == ((), ())
    assert plan.summary


async def test_nobody_elses_roles_are_touched(bench: Bench) -> None:
    await _holds(bench, "Exchange Administrator", groups=("Help desk",))
    before = {one["user"]["id"]: one["roles"] for one in (await bench.simulator.state())["accounts"]}
    context = bench.context(ADMINISTRATOR)
    for change in (await step.inspect(context)).changes:
        await carried_out(step, context, change)
    after = {one["user"]["id"]: one["roles"] for one in (await bench.simulator.state())["accounts"]}
    assert after == before | {ADMINISTRATOR.id: []}


@pytest.mark.parametrize("permission", step.declaration.rights.graph)
async def test_without_one_of_its_permissions_it_names_them_all(bench: Bench, permission: str) -> None:
    await _holds(bench, "Exchange Administrator", groups=("Help desk",))
    await bench.grant(graph=[one for one in step.declaration.rights.graph if one != permission])
    with pytest.raises(Denied, match=permission):
        await _all_taken_away(bench)


async def _all_taken_away(bench: Bench) -> None:
    context = bench.context(ADMINISTRATOR)
    for change in (await step.inspect(context)).changes:
        await step.apply(context, change)
