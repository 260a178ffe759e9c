"""What the demo looks like in a terminal."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from shared.playbook.views import IncidentView, StepView

_MARKS = {
    "waiting": ("·", "dim"),
    "queued": ("·", "dim"),
    "running": ("▸", "cyan"),
    "done": ("✓", "green"),
    "nothing-to-do": ("✓", "green"),
    "skipped": ("-", "dim"),
    "planned": ("○", "yellow"),
    "awaiting-approval": ("?", "yellow"),
    "failed": ("✗", "bold red"),
}


def chain(incident: IncidentView) -> Group:
    """A line per step: where it is, when it ended, what it changed."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for step in incident.steps:
        mark, style = _MARKS[step.status]
        table.add_row(
            Text(mark, style), Text(step.name), Text(step.status, style), _seconds(incident, step), _did(step)
        )
    return Group(_head(incident), Text(), table)


def before_and_after(rows: list[tuple[str, str, str, bool]]) -> Table:
    """The account, read back from the tenant."""
    table = Table(title="The account, read back from the tenant", title_justify="left", title_style="bold")
    for column in ("", "before", "after"):
        table.add_column(column)
    for what, before, after, good in rows:
        table.add_row(what, before, Text(f"{'✓' if good else '✗'} {after}", "green" if good else "bold red"))
    return table


def _head(incident: IncidentView) -> Text:
    contained = incident.contained_at
    line = Text("Incident ", "bold").append(incident.id[:8], "bold").append(f"  {incident.status}  ")
    if contained is not None:
        line.append(f"contained after {(contained - incident.opened_at).total_seconds():.1f} s", "bold green")
    return line


def _seconds(incident: IncidentView, step: StepView) -> Text:
    if step.finished_at is None:
        return Text("")
    return Text(f"{(step.finished_at - incident.opened_at).total_seconds():5.1f} s", "dim")


def _did(step: StepView) -> Text:
    if step.changes:
        return Text(", ".join(f"{change.action} {change.resource}" for change in step.changes))
    return Text(step.reason, "dim")
