"""Every step keeps to the rules of the house. This walks all of them: a new step is found by it."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest

from functions import wiring
from local.child import ROOT
from local.simulator.contract import ADDITIONS, CMDLETS, EXCHANGE_ROLES, OPERATIONS, ROLES
from local.simulator.exchange import HANDLERS, MANAGE_AS_APP
from local.simulator.grants import load_grants
from local.simulator.simulation import AREAS
from shared.playbook.declaration import Declaration, Reversible, Stage
from shared.playbook.step import Step
from shared.playbook.symptoms import IN_WORDS, Symptom
from shared.policy import Gate
from shared.state.queues import POISON, Message

MODULES = wiring.modules("steps")
STEPS: list[Step] = [module.step for module in MODULES]
DECLARED = [step.declaration for step in STEPS]
SHORTEST_QUEUE, LONGEST_QUEUE = 3, 63  # https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata
QUEUE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
each_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.declaration.name)
each = pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)


def _overrides(step: Step, method: str) -> bool:
    return getattr(type(step), method) is not getattr(Step, method)


def test_the_playbook_holds_every_step_that_has_a_file() -> None:
    files = {path.stem for path in Path(str(MODULES[0].__file__)).parent.glob("*.py")} - {"__init__"}
    assert {step.declaration.function for step in wiring.playbook().values()} == files


@each
def test_a_name_fits_a_queue_and_its_poison_queue_and_a_message(declared: Declaration) -> None:
    assert QUEUE.fullmatch(declared.name)
    assert len(declared.name) >= SHORTEST_QUEUE
    assert len(declared.name + POISON) <= LONGEST_QUEUE
    assert Message(incident="0" * 32, step=declared.name, round=1).step == declared.name


@each_module
def test_a_file_is_named_like_its_step(module: ModuleType) -> None:
    assert module.__name__.rpartition(".")[2] == module.step.declaration.function


@each
def test_a_step_has_a_test_file_of_its_own(declared: Declaration) -> None:
    assert (ROOT / "tests" / "steps" / f"test_{declared.function}.py").exists()


@each_step
def test_a_step_says_what_it_is_and_which_part_of_the_article_it_carries_out(step: Step) -> None:
    assert step.declaration.title
    assert step.declaration.article
    assert "Source" in (type(step).__doc__ or "") or step.declaration.stage is Stage.REPORT


def test_each_symptom_of_the_article_is_looked_at_by_a_step_and_said_in_words() -> None:
    assert {symptom for declared in DECLARED for symptom in declared.symptoms} == set(Symptom)
    assert list(IN_WORDS) == list(Symptom)


@each_step
def test_what_changes_the_tenant_can_make_and_verify_it_and_says_what_it_needs(step: Step) -> None:
    rights = step.declaration.rights
    assert _overrides(step, "apply") is _overrides(step, "verify") is step.declaration.changes
    assert not step.declaration.changes or rights.graph or rights.cmdlets


@each_step
def test_what_can_be_put_back_has_a_way_and_what_cannot_has_a_reason(step: Step) -> None:
    declared = step.declaration
    puts_back = declared.changes and declared.reversible is not Reversible.NO
    assert _overrides(step, "revert") is puts_back
    assert bool(declared.irreversible) is (declared.changes and declared.reversible is not Reversible.YES)


@each
def test_what_only_looks_neither_contains_nor_secures_nor_holds(declared: Declaration) -> None:
    claims = (declared.contains, declared.secures, declared.holds, declared.only_sessions)
    assert declared.changes or not any(claims)


@each
def test_a_hold_can_be_lifted(declared: Declaration) -> None:
    assert not declared.holds or declared.reversible is Reversible.YES


@each
def test_containment_waits_for_nothing_but_triage(declared: Declaration) -> None:
    assert not declared.contains or declared.after == ("triage",)


@each
def test_a_declared_permission_is_in_the_official_tables(declared: Declaration) -> None:
    official = {permission for operation in OPERATIONS for permission in operation.permissions}
    narrow = {
        one for ways in ADDITIONS.property_permissions.values() if not isinstance(ways, str) for w in ways for one in w
    }
    assert set(declared.rights.graph) <= official | narrow
    assert len(set(declared.rights.graph)) == len(declared.rights.graph)


@each
def test_a_declared_directory_role_exists(declared: Declaration) -> None:
    assert set(declared.rights.directory_roles) <= ROLES.roles.keys()


@each
def test_a_declared_cmdlet_exists_in_the_cloud_and_a_declared_role_opens_it(declared: Declaration) -> None:
    rights = declared.rights
    assert set(rights.cmdlets) <= {name for name, row in CMDLETS.items() if row.exchange or row.compliance}
    assert AREAS  # whose handlers register when they are loaded
    assert set(rights.cmdlets) <= HANDLERS.keys()
    held = [EXCHANGE_ROLES[ROLES.roles[role].id] for role in rights.directory_roles]
    patterns = [pattern for role in held for pattern in role.cmdlets]
    assert [name for name in rights.cmdlets if not any(fnmatchcase(name, pattern) for pattern in patterns)] == []


def test_what_the_simulated_tenant_grants_is_what_the_steps_declare() -> None:
    """But for the privileged set, which is granted with the steps that a deployment switches on."""
    grants = load_grants()
    rights = [declared.rights for declared in DECLARED if declared.gate is not Gate.OFF]

    assert set(grants.graph) == {permission for one in rights for permission in one.graph}
    assert {role.name for role in grants.directory_roles} == {role for one in rights for role in one.directory_roles}
    assert set(grants.exchange) == ({MANAGE_AS_APP} if any(one.cmdlets for one in rights) else set())


def test_a_granted_role_has_the_id_that_microsoft_gave_it() -> None:
    roles = load_grants().directory_roles
    assert [(role.name, role.id) for role in roles] == [(role.name, ROLES.roles[role.name].id) for role in roles]
