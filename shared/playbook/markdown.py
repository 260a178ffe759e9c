"""The report as Markdown: what happened, what was changed, what was found, what a person still has to do.

Whatever came from outside (names, addresses, titles) is escaped: an attacker chooses some of it.
"""

import json
import re
from datetime import datetime

from pydantic import JsonValue

from .status import IncidentStatus
from .views import ChangeView, IncidentView, StepView

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&:@$^=-])")
_DOT = re.compile(r"(^\d+|www)\.", re.IGNORECASE)  # which would begin a list, or make a link of what follows


def report(incident: IncidentView) -> str:
    """One page, read from the top: the outcome first, then the tasks, then every step and who decided what."""
    parts = (_head, _tasks, _could_not, _contacts, _cannot_come_back, _steps, _history)
    return "\n\n".join(part for part in (make(incident) for make in parts) if part) + "\n"


def escaped(text: str) -> str:
    """``text`` as one line that Markdown shows as it stands, with no link, tag or emphasis in it.

    A blank stands for what cannot be seen: it could steer a terminal, or make words read as others.
    """
    seen = "".join(character if character.isprintable() else " " for character in text)
    return _DOT.sub(r"\1\.", _SPECIAL.sub(r"\\\1", " ".join(seen.split())))


def _head(incident: IncidentView) -> str:
    account = incident.account
    name = account.user_principal_name if account else incident.named
    facts = [
        ("Status", incident.status.value),
        ("Mode", incident.mode.value),
        ("Why", escaped(incident.reason)),
        ("Opened", _time(incident.opened_at)),
        ("Contained", _since(incident.opened_at, incident.contained_at)),
        ("Secured", _since(incident.opened_at, incident.secured_at)),
        ("Incident", incident.id),
        *([("Account id", account.id)] if account else []),
        *([("Joined to", incident.joined_to)] if incident.joined_to else []),
    ]
    return f"# {escaped(name)}\n\n" + "\n".join(f"- {name}: {value}" for name, value in facts)


def _tasks(incident: IncidentView) -> str:
    tasks = [(step, task) for step in incident.steps for task in step.tasks]
    if not tasks:
        return ""
    lines = [
        f"- [{'x' if task.done_at else ' '}] {escaped(task.text)}"
        + (" **The account is not secured before.**" if task.secures and not task.done_at else "")
        for _, task in tasks
    ]
    return "## What a person has to do\n\n" + "\n".join(lines)


def _could_not(incident: IncidentView) -> str:
    lines = [f"- {escaped(step.title)}: {escaped(step.reason)}" for step in incident.steps if step.status == "failed"]
    return "## What could not be done\n\n" + "\n".join(lines) if lines else ""


def _cannot_come_back(incident: IncidentView) -> str:
    """What a restore leaves as it is, by nature."""
    if incident.status is not IncidentStatus.RESTORED:
        return ""
    lasting = {change.resource: change.irreversible for step in incident.steps for change in step.changes}
    lines = [f"- {escaped(resource)}: {escaped(why)}" for resource, why in lasting.items() if why]
    return "## What could not be put back\n\n" + "\n".join(lines) if lines else ""


def _history(incident: IncidentView) -> str:
    lines = [
        f"- {_time(line.at)}: {escaped(line.event)}, by {escaped(line.who)}"
        + (f": {escaped(line.why)}" if line.why else "")
        for line in incident.history
    ]
    return "## Who decided what\n\n" + "\n".join(lines) if lines else ""


def _contacts(incident: IncidentView) -> str:
    contacts = incident.contacts
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


def _steps(incident: IncidentView) -> str:
    return "## What was done\n\n" + "\n\n".join(_step(step) for step in incident.steps)


def _step(step: StepView) -> str:
    parts = [f"### {escaped(step.title)}: {step.status}"]
    if step.reason:
        parts.append(escaped(step.reason))
    if step.changes:
        parts.append("\n".join(map(_change, step.changes)))
    if step.findings:
        parts.append("\n".join(f"- {escaped(found.text)} ({escaped(found.source)})" for found in step.findings))
    return "\n\n".join(parts)


def _change(change: ChangeView) -> str:
    """What was changed, and each value that is another one now."""
    head = f"- {escaped(change.action)} {escaped(change.resource)}: {change.status}"
    values = [
        f"  - {escaped(name)}: {escaped(value_in_words(change.before.get(name)))} → {escaped(value_in_words(after))}"
        for name, after in change.after.items()
        if change.before.get(name) != after
    ]
    return "\n".join([head, *values])


def value_in_words(value: JsonValue) -> str:
    """A value of a change, as a person reads it."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _since(opened: datetime, time: datetime | None) -> str:
    return f"after {(time - opened).total_seconds():.1f} s" if time else "not yet"
