"""The results as one table."""

from rich.table import Table
from rich.text import Text

from benchmarks.ideal import Ideal
from benchmarks.results import Compared, Many, One, Results, Work
from benchmarks.spread import Spread

_MOST_OF_IDEAL = 1.3
_NO_LATER = 1.0
_TIMES_SOONER = 4.0


def table(results: Results) -> Table:
    """Everything: what was measured, from least to most, and what it means."""
    shown = Table(title=f"Taking an account back, {results.latency * 1000:.0f} ms a call", title_justify="left")
    for column in ("", "median", "least to most", ""):
        shown.add_column(column, justify="right" if column in ("median", "least to most") else "left")
    _one(shown, results.one)
    _parts(shown, results.one)
    _many(shown, results.many, results.one)
    _work(shown, results.work)
    _standing(shown, results)
    return shown


def _head(shown: Table, text: str) -> None:
    shown.add_section()
    shown.add_row(Text(text, "bold"), "", "", "")


def _one(shown: Table, one: One) -> None:
    _head(shown, f"One alert, through the door ({one.runs} runs)")
    _moment(shown, "contained, verified", one.contained, _NO_LATER, "goal: no later")
    _moment(shown, "secured, verified", one.secured, _TIMES_SOONER, "goal once all steps are in: 4 times")
    shown.add_row("every containing change accepted", *_seconds(one.changed), "what today's tools call contained")
    shown.add_row(
        "calls to the tenant", f"{one.calls.median:.0f}", f"{one.calls.least:.0f} to {one.calls.most:.0f}", ""
    )


def _moment(shown: Table, what: str, compared: Compared, at_least: float, goal: str) -> None:
    shown.add_row(what, *_seconds(compared.seconds), "")
    ideal = _goal(f"of the ideal: {_way(compared.ideal)}", compared.of_ideal.median <= _MOST_OF_IDEAL, "at most 1.3")
    shown.add_row("", *_times(compared.of_ideal), ideal)
    sooner = f"as soon as today's tools, unverified: {compared.today.median:.2f} s"
    shown.add_row("", *_times(compared.sooner), _goal(sooner, compared.sooner.median >= at_least, goal))


def _goal(text: str, reached: bool, goal: str) -> Text:
    return Text(f"{text} ").append(f"{'✓' if reached else '✗'} {goal}", "green" if reached else "red")


def _way(ideal: Ideal) -> str:
    return f"{ideal.seconds:.1f} s, {ideal.calls} calls and {len(ideal.steps)} mean polls"


def _parts(shown: Table, one: One) -> None:
    _head(shown, "Where the time to contained goes")
    for what, seconds in one.parts.items():
        shown.add_row(what, *_seconds(seconds), "")


def _many(shown: Table, many: Many, one: One) -> None:
    _head(shown, f"{many.incidents} alerts at once, one functions host")
    of_ideal = many.contained.median / one.contained.ideal.seconds
    shown.add_row("contained, verified", *_seconds(many.contained), f"median {of_ideal:.1f} of the ideal of one")
    shown.add_row("secured, verified", *_seconds(many.secured), "")
    shown.add_row("contained by today's tools", *_seconds(many.today), "computed: one process, one after another")
    for part, seconds in many.used.parts.items():
        shown.add_row(
            f"processor: {part}", f"{seconds:.1f} s", "", f"{seconds / many.elapsed:.0%} of one of {many.processors}"
        )
    others = many.used.machine - sum(many.used.parts.values())
    shown.add_row("processor: everybody else", f"{others:.1f} s", "", f"{others / many.elapsed:.0%} of one")


def _work(shown: Table, work: Work) -> None:
    _head(shown, f"What one incident asks for (mean of {work.incidents})")
    cost = work.cost
    _counted(shown, "function executions", work.executions, cost.executions + cost.compute)
    _counted(shown, "queue operations", work.queues, cost.queues)
    _counted(shown, "table operations", work.tables, cost.tables)
    shown.add_row("entities in the transactions", f"{work.entities:.1f}", "", "")
    shown.add_row("polls that found nothing meanwhile", f"{work.idle:.1f}", "", "not counted above")
    shown.add_row("a thousand incidents", f"${cost.total:.2f}", "", "list price")


def _counted(shown: Table, what: str, kinds: dict[str, float], dollars: float) -> None:
    shown.add_row(what, f"{sum(kinds.values()):.1f}", "", f"${dollars:.4f} a thousand incidents")
    for kind, times in kinds.items():
        shown.add_row(Text(f"  {kind}", "dim"), Text(f"{times:.1f}", "dim"), "", "")


def _standing(shown: Table, results: Results) -> None:
    _head(shown, f"What waiting costs a month, polling every {results.poll:g} s")
    shown.add_row("polls of one queue, on one live instance", f"${results.polling:.2f}", "", f"{results.queues} queues")
    shown.add_row("one instance always ready, idle", f"${results.readiness:.2f}", "", "2 GB")


def _seconds(spread: Spread) -> tuple[str, str]:
    return f"{spread.median:.2f} s", f"{spread.least:.2f} to {spread.most:.2f}"


def _times(spread: Spread) -> tuple[str, str]:
    return f"{spread.median:.2f} ×", f"{spread.least:.2f} to {spread.most:.2f}"  # noqa: RUF001 - a sign, not a letter
