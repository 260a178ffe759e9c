"""Who is asked for a second factor."""

import pytest

from tests.simulator.client import TAKEN_OVER, Client, code

STATE = f"/beta/users/{TAKEN_OVER}/authentication/requirements"
DEFAULTS = "/policies/identitySecurityDefaultsEnforcementPolicy"
POLICIES = "/identity/conditionalAccess/policies"


async def test_a_users_own_state_is_read_and_set_in_beta_only(simulator: Client) -> None:
    assert (await simulator.graph("GET", STATE)).json()["perUserMfaState"] == "disabled"
    assert (await simulator.graph("PATCH", STATE, {"perUserMfaState": "enforced"})).status_code == 204
    assert (await simulator.graph("GET", STATE)).json()["perUserMfaState"] == "enforced"
    assert (await simulator.get(STATE.removeprefix("/beta"))).status_code == 400


@pytest.mark.parametrize("body", [{}, {"perUserMfaState": "on"}, {"perUserMfaState": "enforced", "more": 1}])
async def test_another_state_than_the_three_is_refused(simulator: Client, body: dict[str, object]) -> None:
    assert (await simulator.graph("PATCH", STATE, body)).status_code == 400


async def test_setting_it_takes_a_permission_on_policies_not_one_on_methods(simulator: Client) -> None:
    await simulator.grant(graph=["UserAuthenticationMethod.ReadWrite.All", "Policy.Read.All"])
    assert (await simulator.graph("PATCH", STATE, {"perUserMfaState": "enforced"})).status_code == 403


async def test_security_defaults_and_policies_are_the_tenants(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["securityDefaults"] = True
    await simulator.put_state(state)
    assert (await simulator.get(DEFAULTS)).json()["isEnabled"] is True
    (policy,) = (await simulator.get(POLICIES)).json()["value"]
    assert policy["displayName"] == "Administrators need a second factor"


async def test_conditional_access_takes_a_licence(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["licence"] = "free"
    await simulator.put_state(state)
    refused = await simulator.get(POLICIES)
    assert code(refused) == (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
