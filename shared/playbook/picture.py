"""The chain as a picture: when each step was at work, on one axis. Pure: places in percent of its width."""

from dataclasses import dataclass
from datetime import datetime

from .declaration import Stage
from .report import Report
from .views import StepView

_MOST_TICKS = 6
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600)  # seconds between ticks
_NARROWEST = 0.6  # percent: what took no time at all is to be seen too
_ON_THE_AXIS = (Stage.TRIAGE, Stage.CONTAIN, Stage.EVICT, Stage.SEAL)
_TONES = {"failed": "bad", "skipped": "idle", "planned": "plan", "awaiting-approval": "plan"}


@dataclass(frozen=True)
class Bar:
    """A step at work. ``cut``: it went on beyond the end of the axis; ``when`` says how long in any case."""

    title: str
    status: str
    tone: str
    x: float
    width: float
    cut: bool
    when: str


@dataclass(frozen=True)
class Mark:
    """A moment on the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Picture:
    """``idle`` are the steps that have not worked: their titles and what they are."""

    bars: tuple[Bar, ...]
    ticks: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    idle: tuple[StepView, ...]


def picture(report: Report) -> Picture:
    """The first round of each step. The axis ends when the account was safe: what took longer is cut there."""
    began, length = report.opened_at, _length(report)
    step = next((one for one in _STEPS if length / one <= _MOST_TICKS), length)
    worked = sorted((step for step in report.steps if step.first_started_at), key=_start)

    def place(at: datetime) -> float:
        return round(min(100.0, max(0.0, 100 * (at - began).total_seconds() / length)), 2)

    marks = ((report.contained_at, "contained"), (report.secured_at, "secured"))
    return Picture(
        bars=tuple(_bar(step, began, place(_start(step)), place(_end(step)), length) for step in worked),
        ticks=tuple(Mark(round(100 * n * step / length, 2), f"{n * step:g}") for n in range(int(length / step) + 1)),
        marks=tuple(Mark(place(at), label) for at, label in marks if at and (at - began).total_seconds() <= length),
        idle=tuple(step for step in report.steps if not step.first_started_at),
    )


def _bar(step: StepView, began: datetime, left: float, right: float, length: float) -> Bar:
    start, end = (round((at - began).total_seconds(), 1) for at in (_start(step), _end(step)))
    width = max(right - left, _NARROWEST)
    return Bar(
        title=step.title,
        status=step.status,
        tone=_TONES.get(step.status, ""),
        x=min(left, 100 - width),
        width=round(width, 2),
        cut=end > length,
        when=f"{seconds(start)} to {seconds(end)}" if step.first_finished_at else f"since {seconds(start)}",
    )


def seconds(number: float) -> str:
    """So many seconds, as a person says it."""
    if number < 100:
        return f"{number:.1f} s"
    minutes = number / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def _start(step: StepView) -> datetime:
    if step.first_started_at is None:
        raise ValueError(f"{step.name} has not worked")
    return step.first_started_at


def _end(step: StepView) -> datetime:
    return step.first_finished_at or _start(step)


def _length(report: Report) -> float:
    """In seconds: until the last of those steps ended that take the account back, in the first round."""
    ends = [step.first_finished_at for step in report.steps if step.stage in _ON_THE_AXIS and step.first_finished_at]
    longest = max(((end - report.opened_at).total_seconds() for end in ends), default=0.0)
    return 1.05 * longest or 1.0
