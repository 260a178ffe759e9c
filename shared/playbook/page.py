"""The report as one HTML page, to be sent, printed and filed: no script, nothing from outside, the same content.

What an attacker chose is text in it, and nothing else: everything is escaped, and what cannot be seen is taken out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from .contacts import ContactsView
from .foreign import shown
from .markdown import value_in_words
from .status import IncidentStatus
from .views import ChangeView, FindingView, HistoryView, IncidentView, StepView, TaskView

if TYPE_CHECKING:
    from jinja2 import Template

_LONGEST = 2_000  # characters of one text
_LEFT, _WIDTH, _ROW = 290, 420, 22  # of the picture: where its bars begin, their room, the height of a line
_TICKS = 4
_HEADLINES = {
    IncidentStatus.SECURED: ("good", "The account is safe"),
    IncidentStatus.RELEASED: ("good", "The account is safe, and its user can work again"),
    IncidentStatus.RESTORED: ("good", "A false alarm: everything was put back"),
    IncidentStatus.CLOSED: ("good", "The incident is closed"),
    IncidentStatus.CONTAINED: ("warn", "The attacker is shut out; more is being done"),
    IncidentStatus.PLANNED: ("warn", "Nothing was changed: this is what would be done"),
    IncidentStatus.CANCELLED: ("warn", "Stopped by a person"),
    IncidentStatus.NEEDS_ATTENTION: ("bad", "Somebody has to look at this"),
}
_TONES = {"failed": "bad", "skipped": "skip", "planned": "skip", "awaiting-approval": "skip"}


@dataclass(frozen=True)
class Bar:
    """A step in the picture of the chain, in its units."""

    title: str
    tone: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A time on the axis of the picture."""

    x: float
    label: str


@dataclass(frozen=True)
class Page:
    """What the template shows, in the order in which it does."""

    id: str
    name: str
    tone: str
    headline: str
    since: str
    facts: list[tuple[str, str]]
    tasks: list[TaskView]
    failed: list[StepView]
    lasting: list[tuple[str, str]]
    bars: list[Bar]
    ticks: list[Tick]
    height: int
    line: list[tuple[datetime, str]]
    found: list[tuple[str, list[FindingView]]]
    steps: tuple[StepView, ...]
    contacts: ContactsView | None
    history: tuple[HistoryView, ...]


def page(incident: IncidentView) -> str:
    """The whole page."""
    return _template().render(page=_page(incident))


@cache
def _template() -> "Template":
    """Loaded when the first page is asked for: no other function of the app has to wait for it."""
    from jinja2 import Environment, StrictUndefined, select_autoescape

    environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined)
    environment.filters |= {"shown": _shown, "time": _time, "values": _values}
    return environment.from_string(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))


def _page(incident: IncidentView) -> Page:
    tone, headline = _HEADLINES.get(incident.status, ("warn", "The response is under way"))
    account = incident.account
    bars, ticks = _picture(incident)
    return Page(
        id=incident.id,
        name=_shown(account.user_principal_name if account else incident.named),
        tone=tone,
        headline=headline,
        since=_since(incident),
        facts=_facts(incident),
        tasks=[task for step in incident.steps for task in step.tasks],
        failed=[step for step in incident.steps if step.status == "failed"],
        lasting=_lasting(incident),
        bars=bars,
        ticks=ticks,
        height=len(bars) * _ROW + 22,
        line=sorted(_line(incident), key=lambda entry: entry[0]),
        found=_found(incident),
        steps=incident.steps,
        contacts=incident.contacts,
        history=incident.history,
    )


def _since(incident: IncidentView) -> str:
    parts = [
        f"{what} {_time(at)}, {(at - incident.opened_at).total_seconds():.1f} s after the alert."
        for what, at in (("Contained", incident.contained_at), ("Secured", incident.secured_at))
        if at is not None
    ]
    return " ".join(parts) or "Not contained yet."


def _facts(incident: IncidentView) -> list[tuple[str, str]]:
    account = incident.account
    facts = [
        ("Why", incident.reason),
        ("Name", account.display_name if account else ""),
        ("Account id", account.id if account else ""),
        ("Mode", incident.mode.value),
        ("Opened", _time(incident.opened_at)),
        ("Closed", _time(incident.closed_at) if incident.closed_at else ""),
        ("Joined to", incident.joined_to or ""),
    ]
    return [(name, _shown(value)) for name, value in facts if value]


def _lasting(incident: IncidentView) -> list[tuple[str, str]]:
    if incident.status is not IncidentStatus.RESTORED:
        return []
    changes = (change for step in incident.steps for change in step.changes)
    return list({change.resource: change.irreversible for change in changes if change.irreversible}.items())


def _picture(incident: IncidentView) -> tuple[list[Bar], list[Tick]]:
    """The first round's steps over time; one that came back later, for a release or the watch, is off the axis."""
    began = incident.opened_at
    steps = [(step, step.started_at, step.finished_at or step.started_at) for step in incident.steps if step.started_at]
    until = began + timedelta(minutes=10)
    near = [(step, start, end) for step, start, end in steps if start and end and start <= until]
    longest = max(((end - began).total_seconds() for _, _, end in near), default=1.0) or 1.0
    scale = _WIDTH / longest
    bars = [
        Bar(
            step.title,
            _TONES.get(step.status, ""),
            round(_LEFT + (start - began).total_seconds() * scale, 1),
            place * _ROW,
            round(max((end - start).total_seconds() * scale, 2.0), 1),
        )
        for place, (step, start, end) in enumerate(sorted(near, key=lambda one: one[1]))
    ]
    ticks = [Tick(_LEFT + _WIDTH * n / _TICKS, f"{longest * n / _TICKS:.1f} s") for n in range(_TICKS + 1)]
    return bars, ticks


def _line(incident: IncidentView) -> Iterator[tuple[datetime, str]]:
    if incident.attack_began_at:
        yield incident.attack_began_at, "The attacker's first sign-in, as far as the logs tell"
    for alert in incident.alerts:
        if alert.activity_at:
            yield alert.activity_at, f"The activity that the alert tells of: {alert.title}"
        yield alert.received_at, f"The alert came in: {alert.title} ({alert.source}, {alert.severity})"
    for what, at in (
        ("The incident was opened", incident.opened_at),
        ("Contained: all that keeps the attacker out is verified", incident.contained_at),
        ("Secured: all that could let the attacker back in is gone, and verified", incident.secured_at),
        ("The incident ended", incident.closed_at),
    ):
        if at:
            yield at, what
    for line in incident.history:
        yield line.at, f"{line.event}, by {line.who}"


def _found(incident: IncidentView) -> list[tuple[str, list[FindingView]]]:
    """By what the article asks to look at."""
    found: dict[str, list[FindingView]] = {}
    for step in incident.steps:
        if step.findings:
            found.setdefault(step.article or step.title, []).extend(step.findings)
    return list(found.items())


def _values(change: ChangeView) -> list[tuple[str, str, str]]:
    """Each value that is another one now: its name, what it was, what it is."""
    return [
        (name, _said(change.before.get(name)), _said(after))
        for name, after in change.after.items()
        if change.before.get(name) != after
    ]


def _said(value: JsonValue) -> str:
    return _shown(value_in_words(value))


def _shown(text: str) -> str:
    return shown(text, _LONGEST)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
