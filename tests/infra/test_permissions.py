"""One list of permissions: what the steps declare, what is granted, and what Microsoft calls it."""

import json
import re
from typing import Any

import pytest

from functions import wiring
from local.deployment import INFRA
from local.deployment.official import OFFICIAL
from local.deployment.permissions import SCRIPT
from local.simulator.contract import CMDLETS
from local.simulator.exchange import MANAGE_AS_APP
from local.simulator.grants import load_grants
from shared.playbook.declaration import Declaration
from shared.playbook.permissions import RAISING, PermissionSet, set_of
from shared.policy import Gate

DECLARED: list[Declaration] = [module.step.declaration for module in wiring.modules("steps")]
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

each = pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    """infra/permissions.json."""
    return dict(json.loads((INFRA / "permissions.json").read_text()))


def _granted(listed: dict[str, Any], sets: set[str], steps: dict[str, str] | None = None) -> set[str]:
    """What permissions.bicep grants: its expressions, in Python."""
    running = [one for one in listed["steps"] if (steps or {}).get(one["name"], one["gate"]) != "off"]
    return {name for one in running for each in sets for name in one["graph"][each]}


def _in_script(name: str) -> set[str]:
    """The cmdlets that exchange.ps1 lists for a step."""
    block = re.search(rf"'{name}' = @\{{\n(.*?)\n    \}}", SCRIPT.read_text(), re.DOTALL)
    line = re.search(r"Cmdlets = @\((.*)\)", block[1]) if block else None
    return set(re.findall(r"'([\w-]+)'", line[1])) if line else set()


@each
def test_each_permission_of_a_step_is_in_one_set(declared: Declaration, listed: dict[str, Any]) -> None:
    graph = {one["name"]: one["graph"] for one in listed["steps"]}.get(declared.name, {})
    in_sets = [name for each in graph.values() for name in each]
    assert sorted(in_sets) == sorted(declared.rights.graph)


@each
def test_what_could_raise_itself_is_in_the_privileged_set_alone(declared: Declaration) -> None:
    dangerous = set(RAISING) & set(declared.rights.graph)
    assert {set_of(declared, name) for name in dangerous} <= {PermissionSet.PRIVILEGED}


@each
def test_the_exchange_script_opens_the_cmdlets_of_a_step_and_no_others(declared: Declaration) -> None:
    assert _in_script(declared.name) == set(declared.rights.cmdlets)
    assert set(declared.rights.cmdlets) <= CMDLETS.keys()


def test_every_id_is_the_one_that_microsoft_gave(listed: dict[str, Any]) -> None:
    assert {name: OFFICIAL.graph[name].id for name in listed["ids"]} == listed["ids"]
    ids = [one.id for one in OFFICIAL.graph.values()] + [*OFFICIAL.exchange.values(), *OFFICIAL.apps.values()]
    ids += OFFICIAL.protection.values()
    assert [one for one in ids if not GUID.fullmatch(one)] == []
    assert len(set(ids)) == len(ids)


def test_what_is_granted_is_what_the_simulated_tenant_grants(listed: dict[str, Any]) -> None:
    """There every step shows that it gets along with it, and that it needs all of it."""
    grants = load_grants()
    assert _granted(listed, set(PermissionSet)) == set(grants.graph)
    assert grants.exchange == grants.protection == (MANAGE_AS_APP,)
    assert listed["manageAsApp"] == OFFICIAL.exchange[MANAGE_AS_APP]
    assert listed["manageProtectionAsApp"] == OFFICIAL.protection[MANAGE_AS_APP]


def test_nothing_privileged_is_granted_unless_it_is_asked_for(listed: dict[str, Any]) -> None:
    assert _granted(listed, {"base", "mailbox"}).isdisjoint(RAISING)


@pytest.mark.parametrize("declared", [one for one in DECLARED if one.name != "triage"], ids=lambda one: one.name)
def test_a_step_that_is_off_leaves_out_what_only_it_needs(declared: Declaration, listed: dict[str, Any]) -> None:
    others = {name for one in DECLARED if one != declared and one.gate is not Gate.OFF for name in one.rights.graph}
    without = _granted(listed, set(PermissionSet), {declared.name: "off"})
    assert without == others


def test_a_step_that_is_switched_on_brings_what_it_needs(listed: dict[str, Any]) -> None:
    off = [one for one in DECLARED if one.gate is Gate.OFF]
    assert off
    for one in off:
        assert set(one.rights.graph) <= _granted(listed, set(PermissionSet), {one.name: "approve"})


def test_the_rights_to_mail_are_those_that_exchange_can_scope(listed: dict[str, Any]) -> None:
    wanted = {name for one in DECLARED for name in one.rights.graph if name.startswith("Mail.")}
    assert wanted <= set(listed["throughExchange"]) == {n for n in listed["ids"] if n in OFFICIAL.application_roles}
    assert all(f"'{OFFICIAL.application_roles[name]}'" in SCRIPT.read_text() for name in wanted)
