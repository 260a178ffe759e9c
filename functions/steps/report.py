"""Announce what was done. The report itself is derived whenever it is asked for."""

import logging

from functions.wiring import step_function
from shared.playbook.declaration import EVERYTHING, Declaration, Stage
from shared.playbook.step import Context, Plan, Step
from shared.state.rows import ChangeStatus, StepStatus

log = logging.getLogger("regain.report")


class Report(Step):
    """One line in the log, for an alert rule to act on: ids and counts, nobody's name."""

    declaration = Declaration(
        name="report",
        title="Announce the report",
        article="The record of the whole response",
        stage=Stage.REPORT,
        after=(EVERYTHING,),
        changes=False,
    )

    async def inspect(self, context: Context) -> Plan:
        snapshot = context.snapshot
        made = sum(change.status is ChangeStatus.APPLIED for change in snapshot.changes)
        failed = sorted(name for name, row in snapshot.steps.items() if row.status is StepStatus.FAILED)
        tasks = sum(task.done_at is None for task in snapshot.tasks)
        log.warning(
            "incident=%s ready-to-read changes=%s open-tasks=%s failed-steps=%s",
            snapshot.incident.id,
            made,
            tasks,
            ",".join(failed) or "none",
        )
        summary = f"Changes made: {made}. Tasks open: {tasks}. Steps failed: {len(failed)}."
        return Plan(looked=True, summary=summary)


step = Report()
blueprint = step_function(step)
