"""The page about Microsoft's article: whatever it names is there."""

import re

import pytest

from functions import wiring
from local.article import Demand, parts
from local.child import ROOT
from local.simulator.contract import OPERATIONS

DEMANDS = [demand for part in parts() for demand in part.demand]
DECLARED = {module.step.declaration.name: module.step.declaration for module in wiring.modules("steps")}
OUTSIDE = {"report"}  # it is the record of the response, and nothing that the article asks for
each = pytest.mark.parametrize("demand", DEMANDS, ids=lambda demand: demand.asks)


@each
def test_each_demand_is_met_by_a_step_or_is_a_persons_task(demand: Demand) -> None:
    assert demand.steps or demand.tasks
    assert demand.tests
    assert set(demand.steps) <= DECLARED.keys()


def test_every_step_meets_a_demand() -> None:
    assert {name for demand in DEMANDS for name in demand.steps} == DECLARED.keys() - OUTSIDE


@each
def test_a_call_is_one_that_the_steps_may_make(demand: Demand) -> None:
    rights = [DECLARED[name].rights for name in demand.steps]
    cmdlets = {cmdlet for one in rights for cmdlet in (*one.cmdlets, *one.compliance_cmdlets)}
    operations = {f"{one.method} {one.path}" for one in OPERATIONS}
    assert [call for call in demand.calls if call not in cmdlets | operations] == []


@each
def test_a_test_is_there(demand: Demand) -> None:
    for test in demand.tests:
        file, _, name = test.partition("::")
        path = ROOT / "tests" / (file if "/" in file else f"steps/{file}")
        assert re.search(rf"^(async )?def {name}\(", path.read_text(), re.MULTILINE), test


@each
def test_a_task_is_one_that_its_step_gives(demand: Demand) -> None:
    """Those of review-roles are named after the steps that would do it; the one of a release is a decision's."""
    for task in demand.tasks:
        step, _, slug = task.partition(":")
        file = "shared/playbook/decisions.py" if step == "triage" else f"functions/steps/{step.replace('-', '_')}.py"
        said = (ROOT / file).read_text()
        assert f'"{slug}"' in said or (step == "review-roles" and f'"remove-{slug}"' in said), task
