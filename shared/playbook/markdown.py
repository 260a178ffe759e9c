"""The report as Markdown: what happened, what was changed, what was found, what a person still has to do.

Whatever came from outside (names, addresses, titles) is escaped: an attacker chooses some of it.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from .foreign import shown
from .picture import picture
from .report import Evidence, Report, besides, evidence, failed, lasting, report_of
from .views import ChangeView, FindingView, IncidentView, StepView

LONGEST = 2_000  # characters of one text; the JSON has it whole
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&:@$^=-])")
_DOT = re.compile(r"(^\d+|www)\.", re.IGNORECASE)  # which would begin a list, or make a link of what follows


def report(incident: IncidentView) -> str:
    """One page, read from the top: the outcome first, then the tasks, then what happened, and who decided what."""
    told = report_of(incident)
    parts = (
        _head, _tasks, _could_not, _cannot_come_back, _chain, _time_line, _steps, _found, _contacts, _gaps, _history
    )  # fmt: skip
    return "\n\n".join(part for part in (make(told) for make in parts) if part) + "\n"


def escaped(text: str) -> str:
    """``text`` as one line that Markdown shows as it stands, with no link, tag or emphasis in it.

    A blank stands for what cannot be seen: it could steer a terminal, or make words read as others.
    """
    return _DOT.sub(r"\1\.", _SPECIAL.sub(r"\\\1", shown(text, LONGEST)))


def changed_values(change: ChangeView) -> list[tuple[str, str, str]]:
    """Each value that is another one now: its name, what it was, what it is."""
    return [
        (name, value_in_words(change.before.get(name)), value_in_words(after))
        for name, after in change.after.items()
        if change.before.get(name) != after
    ]


def value_in_words(value: JsonValue) -> str:
    """A value of a change, as a person reads it."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _head(told: Report) -> str:
    account = told.account
    name = account.user_principal_name if account else told.named
    facts = [
        ("Status", told.status.value),
        ("Mode", told.mode.value),
        ("Why", escaped(told.reason)),
        ("Opened", _time(told.opened_at)),
        ("Contained", _since(told.opened_at, told.contained_at)),
        ("Secured", _since(told.opened_at, told.secured_at)),
        *([("Ended", _time(told.closed_at))] if told.closed_at else []),
        ("Incident", told.id),
        *([("Account id", escaped(account.id))] if account else []),
        *([("Joined to", told.joined_to)] if told.joined_to else []),
    ]
    lines = "\n".join(f"- {name}: {value}" for name, value in facts)
    return f"# {escaped(name)}\n\n**{told.headline}.**\n\n{lines}"


def _tasks(told: Report) -> str:
    lines = [
        f"- [{'x' if task.done_at else ' '}] {escaped(task.text)}"
        + (" **The account is not secured before.**" if task.secures and not task.done_at else "")
        for step in told.steps
        for task in step.tasks
    ]
    return _section("What a person has to do", lines)


def _could_not(told: Report) -> str:
    lines = [f"- {escaped(step.title)}: {escaped(step.reason)}" for step in failed(told)]
    return _section("What could not be done", lines)


def _cannot_come_back(told: Report) -> str:
    """What a restore leaves as it is, by nature."""
    lines = [f"- {escaped(resource)}: {escaped(why)}" for resource, why in lasting(told).items()]
    return _section("What could not be put back", lines)


def _chain(told: Report) -> str:
    lines = [f"- {bar.when}: {escaped(bar.title)}, {bar.status}" for bar in picture(told).bars]
    return _section("The chain, in seconds from the alert", lines)


def _time_line(told: Report) -> str:
    return _section("Time line", [f"- {_time(one.at)}: {escaped(one.what)}" for one in told.moments])


def _steps(told: Report) -> str:
    return "## What was done\n\n" + "\n\n".join(_step(step) for step in told.steps)


def _step(step: StepView) -> str:
    parts = [f"### {escaped(step.title)}: {step.status}"]
    if step.reason:
        parts.append(escaped(step.reason))
    if step.changes:
        parts.append("\n".join(line for change in step.changes for line in _change(change)))
    return "\n\n".join(parts)


def _change(change: ChangeView) -> Iterator[str]:
    """What was changed and why, and each value that is another one now."""
    yield f"- {escaped(change.action)} {escaped(change.resource)}: {change.status}. {escaped(change.reason)}".rstrip()
    if change.problem:
        yield f"  - {escaped(change.problem)}"
    for name, before, after in changed_values(change):
        yield f"  - {escaped(name)}: {escaped(before)} → {escaped(after)}"


def _found(told: Report) -> str:
    parts = [*map(_evidence, evidence(told)), *map(_besides, besides(told))]
    return "## What was found\n\n" + "\n\n".join(parts)


def _evidence(one: Evidence) -> str:
    lines = [line for step in one.told for line in _looked(step)]
    lines += [f"- See also: {escaped(step.title)}, under “{where}”" for step, where in one.elsewhere]
    heading = f"### {one.symptom.title}: {one.symptom.looked.value}"
    return "\n\n".join([heading, "\n".join(lines)] if lines else [heading])


def _looked(step: StepView) -> Iterator[str]:
    yield f"- {escaped(step.title)}: {step.status}{step.reason and f'. {escaped(step.reason)}'}"
    yield from map(_finding, step.findings)


def _besides(step: StepView) -> str:
    return f"### Besides: {escaped(step.title)}\n\n" + "\n".join(map(_finding, step.findings))


def _finding(finding: FindingView) -> str:
    return f"- {escaped(finding.text)} ({escaped(finding.source)})"


def _contacts(told: Report) -> str:
    contacts = told.contacts
    if contacts is None:
        return ""
    lines = [f"- {escaped(one.name)} {escaped(one.address)}: {one.messages}" for one in contacts.first]
    if contacts.total > len(contacts.first):
        lines.append(f"- and {contacts.total - len(contacts.first)} more")
    return "\n\n".join(
        (
            "## Whom to warn",
            f"They got so many messages from the account. All {contacts.total}: `GET {contacts.href}`",
            "\n".join(lines),
            "A draft of the warning:",
            f"> {escaped(contacts.warning)}",
        )
    )


def _gaps(told: Report) -> str:
    lines = [f"- {escaped(gap.title)}: {escaped(gap.why)}" for gap in told.gaps]
    return _section("What could not be read, or was left out", lines)


def _history(told: Report) -> str:
    lines = [
        f"- {_time(line.at)}: {escaped(line.event)}, by {escaped(line.who)}"
        + (f": {escaped(line.why)}" if line.why else "")
        for line in told.history
    ]
    return _section("Who decided what", lines)


def _section(heading: str, lines: list[str]) -> str:
    """What is empty has no heading."""
    return f"## {heading}\n\n" + "\n".join(lines) if lines else ""


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _since(opened: datetime, time: datetime | None) -> str:
    return f"after {(time - opened).total_seconds():.1f} s" if time else "not yet"
