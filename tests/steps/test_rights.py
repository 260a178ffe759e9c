"""Every step works with exactly the rights that it declares: none lacks, and none is there for nothing."""

from typing import Any

import pytest

from functions import wiring
from local.everything import everything
from local.simulator.contract import OPERATIONS, ROLES, Operation
from local.simulator.directory import READERS
from local.simulator.exchange import MANAGE_AS_APP
from local.simulator.odata import element_type
from shared.playbook.declaration import Reversible, Rights
from shared.playbook.step import Finding, Standing, Step
from shared.policy import Gate
from shared.tenant.errors import Denied
from tests.steps.accounts import TAKEN_OVER
from tests.steps.bench import Bench, carried_out, planned

STEPS: list[Step] = [module.step for module in wiring.modules("steps")]
_PROTECTION = f"{MANAGE_AS_APP} of Microsoft Exchange Online Protection"
each = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.declaration.name)
each_right = pytest.mark.parametrize(
    ("step", "right"),
    [
        pytest.param(step, right, id=f"{step.declaration.name} without {right}")
        for step in STEPS
        for right in (
            *step.declaration.rights.graph,
            *step.declaration.rights.directory_roles,
            *([MANAGE_AS_APP] if step.declaration.rights.cmdlets else []),
            *([_PROTECTION] if step.declaration.rights.compliance_cmdlets else []),
        )
    ],
)


async def _everything(step: Step, bench: Bench) -> tuple[Finding, ...]:
    """All that a step ever asks of the tenant, on an account that was taken over. The findings."""
    if step.declaration.gate is Gate.OFF:
        await _make_an_administrator(bench)
    context = bench.context(TAKEN_OVER)
    plan = await planned(step, context)
    for change in plan.changes:
        assert await carried_out(step, context, change) is Standing.AFTER
    if step.declaration.reversible is not Reversible.NO:
        for change in reversed([one for one in plan.changes if not one.irreversible]):
            await step.revert(context, change)
    return plan.findings


async def _make_an_administrator(bench: Bench) -> None:
    """What the steps of the privileged set are for."""
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    seed |= next(one for one in everything().tenant["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    await bench.simulator.put_state(state)


async def _grant(bench: Bench, rights: Rights, *, but: str = "") -> None:
    roles = [{"name": role, "id": ROLES.roles[role].id} for role in rights.directory_roles if role != but]
    exchange = [MANAGE_AS_APP] if rights.cmdlets and but != MANAGE_AS_APP else []
    protection = [MANAGE_AS_APP] if rights.compliance_cmdlets and but != _PROTECTION else []
    graph = [one for one in rights.graph if one != but]
    await bench.grant(graph=graph, exchange=exchange, protection=protection, directory_roles=roles)


def _operation(call: dict[str, Any]) -> Operation:
    version, *segments = call["path"].replace("/graph.", "/microsoft.graph.").strip("/").split("/")
    return next(
        row
        for row in OPERATIONS
        if (row.method, row.version) == (call["method"], version) and row.match(tuple(segments)) is not None
    )


def _shows(operation: Operation) -> frozenset[str]:
    """What does not open an operation, and shows what the objects are like that it answers."""
    return READERS.get(element_type(operation), frozenset())


@each
async def test_a_step_gets_along_with_what_it_declares_and_nothing_else(bench: Bench, step: Step) -> None:
    await _grant(bench, step.declaration.rights)
    assert [one for one in await _everything(step, bench) if one.gap or one.text.startswith("Could not read")] == []
    assert [call for call in await bench.simulator.calls() if call["status"] in (401, 403, 501)] == []


@each
async def test_it_calls_each_cmdlet_that_it_declares_and_no_other(bench: Bench, step: Step) -> None:
    await _grant(bench, step.declaration.rights)
    await _everything(step, bench)
    called = {(call["service"], call["cmdlet"]) for call in await bench.simulator.calls() if call["cmdlet"]}
    rights = step.declaration.rights
    assert {cmdlet for service, cmdlet in called if service == "exchange"} == set(rights.cmdlets)
    assert {cmdlet for service, cmdlet in called if service == "compliance"} == set(rights.compliance_cmdlets)


@each
async def test_each_permission_that_it_declares_opens_an_operation_that_it_calls(bench: Bench, step: Step) -> None:
    await _grant(bench, step.declaration.rights)
    await _everything(step, bench)
    operations = [_operation(call) for call in await bench.simulator.calls() if call["service"] == "graph"]
    opened = {permission for operation in operations for permission in (*operation.permissions, *_shows(operation))}
    assert set(step.declaration.rights.graph) <= opened
    assert bool(operations) is bool(step.declaration.rights.graph)


@each_right
async def test_without_one_of_its_rights_it_says_which_and_that_this_is_a_gap(
    bench: Bench, step: Step, right: str
) -> None:
    await _grant(bench, step.declaration.rights, but=right)
    try:
        told = await _everything(step, bench)
    except Denied as denied:
        told = (Finding(str(denied), source="", gap=True),)
    assert any(right in one.text and one.gap for one in told)
