"""The report as one HTML page, to be sent, printed and filed: no script, nothing from outside, the same content.

What an attacker chose is text in it, and nothing else: everything is escaped, what cannot be seen is taken out, and
words that are written from right to left stay among themselves.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .foreign import shown
from .markdown import LONGEST, changed_values
from .picture import picture, seconds
from .report import Report, besides, evidence, failed, lasting, report_of
from .views import IncidentView

if TYPE_CHECKING:
    from jinja2 import Template

_STATUS = {"failed": "bad", "conflict": "bad", "applied": "good", "done": "good", "looked-at": "good"}


def page(incident: IncidentView) -> str:
    """The whole page."""
    told = report_of(incident)
    changes = [change for step in told.steps for change in step.changes]
    return _template().render(
        report=told,
        name=shown(told.account.user_principal_name if told.account else told.named),
        tasks=[task for step in told.steps for task in step.tasks],
        changing=[step for step in told.steps if step.changes],
        made=sum(change.verified_at is not None for change in changes),
        planned=sum(change.status == "planned" for change in changes),
        picture=picture(told),
        evidence=evidence(told),
        besides=besides(told),
        failed=failed(told),
        lasting=lasting(told),
    )


@cache
def _template() -> "Template":
    """Loaded when the first page is asked for: no other function of the app has to wait for it."""
    from jinja2 import Environment, StrictUndefined, select_autoescape

    environment = Environment(
        autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"shown": _shown, "time": _time, "after": _after, "values": changed_values}
    environment.globals["tone_of"] = _STATUS.get
    return environment.from_string(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))


def _shown(text: str) -> str:
    return shown(text, LONGEST)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _after(at: datetime, report: Report) -> str:
    """How long after the alert."""
    return seconds((at - report.opened_at).total_seconds())
