"""require-mfa: asked for where nothing else asks, and never where Microsoft advises against it."""

from typing import Any

import pytest

from functions.steps.require_mfa import step
from shared.account import Account
from shared.playbook.step import Plan, Standing
from shared.tenant.errors import Denied
from tests.steps.accounts import GUEST, SYNCED, TAKEN_OVER
from tests.steps.bench import Bench, carried_out, only

FINANCE = "a0000000-0000-4000-8000-000000000001"
ALEX = TAKEN_OVER.id
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"


def _policy(
    users: dict[str, list[str]], controls: dict[str, Any] | None = None, state: str = "enabled", *applications: str
) -> dict[str, Any]:
    return {
        "id": "af000000-0000-4000-8000-0000000000aa",
        "displayName": "Second factor",
        "state": state,
        "conditions": {"applications": {"includeApplications": list(applications or ("All",))}, "users": users},
        "grantControls": controls or {"operator": "OR", "builtInControls": ["mfa"]},
    }


EVERYBODY = {"includeUsers": ["All"]}


async def _plan(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


async def _state(bench: Bench, account: Account = TAKEN_OVER) -> str:
    return str((await bench.simulator.truth(account.id))["mfa"]["perUserMfaState"])


@pytest.mark.parametrize("state", ["disabled", "enabled"])
async def test_it_is_required_read_back_and_put_back(bench: Bench, state: str) -> None:
    seeds = await bench.simulator.state()
    next(one for one in seeds["accounts"] if one["user"]["id"] == ALEX)["mfa"] = {"perUserMfaState": state}
    await bench.simulator.put_state(seeds)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    assert (change.before, change.after) == ({"perUserMfaState": state}, {"perUserMfaState": "enforced"})
    assert await step.verify(context, change, None) is Standing.BEFORE
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _state(bench) == "enforced"
    assert (await step.inspect(context)).changes == ()
    for _ in range(2):
        await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _state(bench) == state


async def test_where_security_defaults_ask_everybody_nothing_is_changed(bench: Bench) -> None:
    await bench.behave(securityDefaults=True)
    plan = await _plan(bench)
    assert plan.changes == ()
    assert plan.findings[0].text == "Security defaults ask everybody for a second factor."


def _when(**conditions: Any) -> dict[str, Any]:
    """A policy for everybody, under more conditions."""
    policy = _policy(EVERYBODY)
    return policy | {"conditions": policy["conditions"] | conditions}


@pytest.mark.parametrize(
    ("policy", "asks"),
    [
        (_policy(EVERYBODY), True),
        (_policy({"includeUsers": [ALEX]}), True),
        (_policy({"includeGroups": [FINANCE]}), True),
        (_policy(EVERYBODY, None, "enabled", EXCHANGE), True),
        (_policy(EVERYBODY, None, "enabled", "Office365"), True),
        (_policy(EVERYBODY, {"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}), True),
        (_policy(EVERYBODY, {"operator": "OR", "authenticationStrength": {"id": "1"}}), True),
        (_when(clientAppTypes=["all"], signInRiskLevels=[], platforms=None, devices=None), True),
        (_when(clientAppTypes=["browser", "mobileAppsAndDesktopClients"]), True),
        (_when(locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}), True),
        (_when(platforms={"includePlatforms": ["all"], "excludePlatforms": []}), True),
        (_policy(EVERYBODY, None, "enabled", "797f4846-ba00-4fd7-ba43-dac1f8f63013"), False),
        (_policy({**EVERYBODY, "excludeUsers": [ALEX]}), False),
        (_policy({**EVERYBODY, "excludeGroups": [FINANCE]}), False),
        (_policy({"includeUsers": ["None"]}), False),
        (_policy(EVERYBODY, {"operator": "OR", "builtInControls": ["block"]}), False),
        (_policy(EVERYBODY, {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}), False),
        (_policy(EVERYBODY) | {"grantControls": None}, False),
        (_when(signInRiskLevels=["high"]), False),
        (_when(clientAppTypes=["exchangeActiveSync", "other"]), False),
        (_when(locations={"includeLocations": ["af000000-0000-4000-8000-0000000000bb"]}), False),
        (_when(platforms={"includePlatforms": ["android"]}), False),
        (_when(devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq False"}}), False),
        (_when(applications={"includeApplications": ["All"], "excludeApplications": [EXCHANGE]}), False),
    ],
)
async def test_where_conditional_access_is_in_use_the_users_own_state_is_left_alone(
    bench: Bench, policy: dict[str, Any], asks: bool
) -> None:
    await bench.behave(accessPolicies=[policy])
    plan = await _plan(bench)
    assert plan.changes == ()
    assert ("Second factor" in plan.findings[0].text) is asks
    assert [task.slug for task in plan.tasks] == ([] if asks else ["include-in-policy"])


@pytest.mark.parametrize("state", ["disabled", "enabledForReportingButNotEnforced"])
async def test_a_policy_that_is_not_on_is_no_use_of_conditional_access(bench: Bench, state: str) -> None:
    await bench.behave(accessPolicies=[_policy(EVERYBODY, None, state)])
    assert only(await _plan(bench))


async def test_without_conditional_access_the_users_own_state_is_all_there_is(bench: Bench) -> None:
    await bench.behave(licence="free")
    assert only(await _plan(bench, SYNCED))


async def test_a_guest_is_asked_at_home() -> None:
    skipped = step.skip(GUEST)
    assert skipped is not None
    assert "own organisation" in skipped.reason


@pytest.mark.parametrize("permission", ["Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"])
async def test_without_a_permission_it_names_it(bench: Bench, permission: str) -> None:
    await bench.grant_all_but(permission)
    with pytest.raises(Denied, match=permission):
        await _carried_out(bench)


async def _carried_out(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    await carried_out(step, context, only(await step.inspect(context)))
