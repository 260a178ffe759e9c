"""What the report says, whatever it is written as: how it ended, what stands out, what happened when. Pure.

It is made of the incident as the API shows it, and of nothing else: the same incident gives the same report.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.state.rows import Direction, Skip

from .status import IncidentStatus
from .symptoms import IN_WORDS, Symptom
from .views import ChangeView, IncidentView, StepView, View

_LOOKED = ("done", "nothing-to-do", "planned", "awaiting-approval", "reverted")


class Tone(StrEnum):
    """What a person should feel at the first glance."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Kind(StrEnum):
    """Whose doing something is."""

    ATTACK = "attack"
    ALERT = "alert"
    RESPONSE = "response"
    PERSON = "person"


class Looked(StrEnum):
    """Whether anybody has looked at a symptom: all the steps that are to, wholly; some, or not wholly; none."""

    YES = "looked-at"
    PARTLY = "partly"
    NO = "not-looked-at"


class SymptomView(View):
    """One of the article's symptoms, and the names of the steps that are to look at it."""

    symptom: Symptom
    title: str
    looked: Looked
    steps: tuple[str, ...]


class GapView(View):
    """What could not be read, or was left out: the name of the step, its title, and why."""

    step: str
    title: str
    why: str


class MomentView(View):
    """One line of the time line."""

    at: datetime
    what: str
    kind: Kind


class Report(IncidentView):
    """An incident in full, and what it adds up to. ``symptoms`` are in the article's order, ``moments`` in that of
    time."""

    headline: str
    tone: Tone
    symptoms: tuple[SymptomView, ...]
    gaps: tuple[GapView, ...]
    moments: tuple[MomentView, ...]


_HEADLINES = {
    IncidentStatus.OPEN: (Tone.WARN, "The response is under way"),
    IncidentStatus.CONTAINED: (Tone.WARN, "The attacker is shut out; more is being done"),
    IncidentStatus.PLANNED: (Tone.WARN, "Nothing was changed: this is what would be done"),
    IncidentStatus.SECURED: (Tone.GOOD, "The account is safe"),
    IncidentStatus.RELEASED: (Tone.GOOD, "The account is safe, and its user can work again"),
    IncidentStatus.RESTORED: (Tone.GOOD, "A false alarm: everything was put back"),
    IncidentStatus.CLOSED: (Tone.GOOD, "Closed: the account is safe, and what was blocked stays blocked"),
    IncidentStatus.CANCELLED: (Tone.WARN, "Stopped by a person"),
    IncidentStatus.JOINED: (Tone.WARN, "Another incident has this account: its report tells the rest"),
    IncidentStatus.NEEDS_ATTENTION: (Tone.BAD, "Somebody has to look at this"),
}
_ENDED_UNSAFE = {
    IncidentStatus.RELEASED: (Tone.BAD, "The user was let in again before the account was secured"),
    IncidentStatus.CLOSED: (Tone.BAD, "Closed before the account was secured"),
}


def report_of(incident: IncidentView) -> Report:
    """All of it."""
    tone, headline = _headline(incident)
    return Report(
        **dict(incident),
        headline=headline,
        tone=tone,
        symptoms=tuple(_symptom(incident, symptom) for symptom in Symptom),
        gaps=tuple(gap for step in incident.steps for gap in _gaps(step)),
        moments=tuple(sorted(_moments(incident), key=lambda moment: moment.at)),
    )


@dataclass(frozen=True)
class Evidence:
    """What there is about a symptom: the steps that tell it here, and those that tell it elsewhere, with where."""

    symptom: SymptomView
    told: tuple[StepView, ...]
    elsewhere: tuple[tuple[StepView, str], ...]


def evidence(report: Report) -> list[Evidence]:
    """By symptom. A step that looks at several is told once, under the first that it declares."""
    found = []
    for one in report.symptoms:
        steps = [step for step in report.steps if step.name in one.steps]
        told = tuple(step for step in steps if step.symptoms[0] is one.symptom)
        elsewhere = tuple((step, IN_WORDS[step.symptoms[0]]) for step in steps if step not in told)
        found.append(Evidence(one, told, elsewhere))
    return found


def besides(report: Report) -> list[StepView]:
    """The steps that found something the article has no symptom for."""
    return [step for step in report.steps if step.findings and not step.symptoms]


def failed(report: Report) -> list[StepView]:
    """The steps that could not do what they should."""
    return [step for step in report.steps if step.status == "failed"]


def lasting(incident: IncidentView) -> dict[str, str]:
    """What a restore has left as it is, by nature: the resource and why, or the step where it says so of all it did."""
    if incident.status is not IncidentStatus.RESTORED:
        return {}
    left: dict[str, str] = {}
    for step in incident.steps:
        own = {change.resource: change.irreversible for change in step.changes if change.irreversible}
        left |= own or ({step.title: step.irreversible} if step.changes and step.irreversible else {})
    return left


def _headline(incident: IncidentView) -> tuple[Tone, str]:
    if incident.secured_at is None and incident.status in _ENDED_UNSAFE:
        return _ENDED_UNSAFE[incident.status]
    return _HEADLINES[incident.status]


def _symptom(incident: IncidentView, symptom: Symptom) -> SymptomView:
    steps = [step for step in incident.steps if symptom in step.symptoms]
    whole = [_looked(step) and not any(finding.gap for finding in step.findings) for step in steps]
    some = Looked.PARTLY if any(map(_looked, steps)) else Looked.NO
    return SymptomView(
        symptom=symptom,
        title=IN_WORDS[symptom],
        looked=Looked.YES if steps and all(whole) else some,
        steps=tuple(step.name for step in steps),
    )


def _looked(step: StepView) -> bool:
    """A step that has to wait before it may change anything has looked all the same."""
    return step.status in _LOOKED or bool(step.changes or step.findings)


def _gaps(step: StepView) -> Iterator[GapView]:
    if step.status == "skipped" and step.skip is not Skip.NOT_APPLICABLE:
        yield GapView(step=step.name, title=step.title, why=step.reason)
    for finding in step.findings:
        if finding.gap:
            yield GapView(step=step.name, title=step.title, why=finding.text)


def _moments(incident: IncidentView) -> Iterator[MomentView]:
    if incident.attack_began_at:
        what = "The attacker's first sign-in, as far as the logs tell"
        yield MomentView(at=incident.attack_began_at, what=what, kind=Kind.ATTACK)
    for alert in incident.alerts:
        if alert.activity_at and not alert.aside:
            what = f"The activity that the alert tells of: {alert.title}"
            yield MomentView(at=alert.activity_at, what=what, kind=Kind.ATTACK)
        what = f"The alert came in: {alert.title} ({alert.source}, {alert.severity})"
        yield MomentView(at=alert.received_at, what=what, kind=Kind.ALERT)
    for at, what in (
        (incident.opened_at, "The incident was opened"),
        (incident.contained_at, "Contained: the attacker is shut out, and that was read back"),
        (incident.secured_at, "Secured: every known way back in is closed, and that was read back"),
        (incident.closed_at, "The incident ended"),
    ):
        if at:
            yield MomentView(at=at, what=what, kind=Kind.RESPONSE)
    for step in incident.steps:
        yield from _of_step(step)
    for line in incident.history:
        what = f"{line.event}, by {line.who}{line.why and f': {line.why}'}"
        yield MomentView(at=line.at, what=what, kind=Kind.PERSON)


def _of_step(step: StepView) -> Iterator[MomentView]:
    for finding in step.findings:
        if finding.at:
            yield MomentView(at=finding.at, what=finding.text, kind=Kind.ATTACK)
    rounds: dict[tuple[int, Direction], list[ChangeView]] = {}
    for change in step.changes:
        rounds.setdefault((change.round, change.direction), []).append(change)
    for (_, direction), changes in rounds.items():
        began = [change.applied_at for change in changes if change.applied_at]
        if began:
            yield MomentView(at=min(began), what=f"{step.title}: {_made(changes, direction)}", kind=Kind.RESPONSE)
    if step.name == "report" and step.finished_at:
        yield MomentView(at=step.finished_at, what="The report was ready to be read", kind=Kind.RESPONSE)


def _made(changes: list[ChangeView], direction: Direction) -> str:
    good = sum(change.verified_at is not None for change in changes)
    what = "put back" if direction is Direction.REVERT else "made"
    total = f"{len(changes)} change{'s' if len(changes) > 1 else ''}"
    return f"{total} {what}" if good == len(changes) else f"{good} of {total} {what}"
