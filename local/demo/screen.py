"""What the demo looks like in a terminal."""

from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from shared.playbook.views import IncidentView, StepView

from .account import FACTS, State

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
    "reverted": ("↺", "green"),
}


def chain(incident: IncidentView) -> Group:
    """A line per step: where it is, when it ended, what it changed, as far as it fits; the report has it in full."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, expand=True)
    for _ in range(4):
        table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for step in incident.steps:
        mark, style = _MARKS[step.status]
        table.add_row(
            Text(mark, style), Text(step.name), Text(step.status, style), _seconds(incident, step), _did(step)
        )
    return Group(_head(incident), Text(), table)


def account_table(before: State, taken_back: State, released: State) -> Table:
    """The account, read back from the tenant."""
    table = Table(title="The account, read back from the tenant", title_justify="left", title_style="bold")
    for column in ("", "before", "taken back", "released"):
        table.add_column(column)
    for fact in FACTS:
        was, then, now = before[fact.name], taken_back[fact.name], released[fact.name]
        table.add_row(
            fact.name, _short(was), _judged(then, fact.taken_back(was, then)), _judged(now, fact.released(was, now))
        )
    return table


def _judged(value: str, good: bool) -> Text:
    return Text(f"{'✓' if good else '✗'} {_short(value)}", "green" if good else "bold red")


def _short(value: str) -> str:
    """A time without what is the same in all of them: the year, and that it is UTC."""
    try:
        return f"{datetime.fromisoformat(value):%d %b %H:%M:%S}"
    except ValueError:
        return value


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
