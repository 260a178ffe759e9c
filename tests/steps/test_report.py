"""report: one line for an alert rule to act on, with ids and counts and nobody's name."""

import logging
from datetime import UTC, datetime

import pytest

from functions.steps.report import step
from shared.playbook.step import Context
from shared.state.rows import ChangeRow, ChangeStatus, StepRow, StepStatus, TaskRow
from tests.steps.accounts import EVERYBODY, TAKEN_OVER
from tests.steps.bench import Bench

NOW = datetime.now(UTC)


def _ended(bench: Bench) -> Context:
    statuses = {"triage": StepStatus.DONE, "seal": StepStatus.FAILED, "block-sign-in": StepStatus.FAILED}
    changes = [
        ChangeRow(
            step="any", round=1, number=n, resource="r", action="a", reason="", before={}, after={}, status=status
        )
        for n, status in enumerate([*ChangeStatus, ChangeStatus.APPLIED])
    ]
    tasks = (
        TaskRow(step="any", slug="open", text="Call Alex Wilber"),
        TaskRow(step="any", slug="also-open", text="Scan the PC", secures=True),
        TaskRow(step="any", slug="ticked", text="Done", done_at=NOW, done_by="somebody"),
    )
    steps = {name: StepRow(name=name, status=status) for name, status in statuses.items()}
    return bench.context(TAKEN_OVER, steps=steps, changes=tuple(changes), tasks=tasks)


async def test_it_counts_what_was_made_what_is_open_and_what_failed(bench: Bench) -> None:
    plan = await step.inspect(_ended(bench))
    assert plan.summary == "Changes made: 2. Tasks open: 2. Steps failed: 2."


async def test_looking_was_its_whole_work(bench: Bench) -> None:
    plan = await step.inspect(_ended(bench))
    assert plan.looked
    assert (plan.changes, plan.tasks, plan.findings) == ((), (), ())


async def test_it_asks_the_tenant_nothing(bench: Bench) -> None:
    await step.inspect(_ended(bench))
    assert await bench.simulator.calls() == []


async def test_the_line_names_the_incident_and_the_failed_steps_and_no_person(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    context = _ended(bench)
    with caplog.at_level(logging.WARNING, "regain.report"):
        await step.inspect(context)
    (line,) = caplog.messages

    assert f"incident={context.snapshot.incident.id}" in line
    assert "changes=2 open-tasks=2 failed-steps=block-sign-in,seal" in line
    assert not any(word.casefold() in line.casefold() for word in ("alex", "wilber", "contoso", TAKEN_OVER.id))


async def test_where_nothing_failed_the_line_says_none(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "regain.report"):
        plan = await step.inspect(bench.context(TAKEN_OVER))
    assert "changes=0 open-tasks=0 failed-steps=none" in caplog.text
    assert plan.summary == "Changes made: 0. Tasks open: 0. Steps failed: 0."


def test_it_applies_to_everybody() -> None:
    assert [step.skip(account) for account in EVERYBODY] == [None] * len(EVERYBODY)


async def test_it_changes_nothing_and_says_so_when_asked_to(bench: Bench) -> None:
    assert not step.declaration.changes
    with pytest.raises(NotImplementedError):
        await step.revert(bench.context(TAKEN_OVER), None)  # type: ignore[arg-type]
