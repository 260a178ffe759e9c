"""Incidents as they are shown, made up for the tests of what shows them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.account import Account
from shared.playbook.contacts import ContactsView
from shared.playbook.declaration import Stage
from shared.playbook.status import IncidentStatus
from shared.playbook.symptoms import Symptom
from shared.playbook.views import (
    AlertView,
    ChangeView,
    FindingView,
    HistoryView,
    IncidentView,
    StepView,
    TaskView,
)
from shared.policy import Mode
from shared.state.rows import ChangeStatus, Contact, Direction

NOW = datetime(2026, 7, 18, 10, 0, 5, tzinfo=UTC)
HOSTILE = [
    "[click](https://attacker.example)", "<script>alert(1)</script>", "![x](https://attacker.example/pixel)",
    "**bold**", "__bold__", "`code`", "# Heading", "- item", "* item", "+ item", "1. item", "23) item", "> quote",
    "| a | b |", "~~gone~~", "&lt;b&gt;", "<https://attacker.example>", "https://attacker.example",
    "www.attacker.example", "WWW.attacker.example",
    "me@attacker.example", "a\n\n# Heading", "a\r\n---\r\nb", "===", "\\", "a\\", "[ref]: x",
    "    indented", "\tindented", "[x] done", "$x$", "~~~", "```", "***",
]  # fmt: skip
LONG = "A" * 65_536
OF_A_PAGE = [
    "'\"><svg onload=alert(1)>", "\" onmouseover=alert(1) x=\"", "{{ 7*7 }}", "{% raw %}", "</style><script>",
    "javascript:alert(1)", "&#x3c;b&#x3e;", "</bdi></body>", "<!-- x", "-->", "<![CDATA[", "]]>", "a\ufffeb", "😀",
]  # fmt: skip
OF_A_TABLE = ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\uff1d1", '=cmd|"/c calc"!A1', "\t=1", 'a","b', "a\r\n=1"]
INVISIBLE = ["\x1b[31mred", "a\x00b", "a\x07b", "a\u202eb", "a\u200bb", "\ufeffa", "a\x85b", "a\u2028b", "\x9b31m"]


def shown_step(**values: Any) -> StepView:
    known: dict[str, Any] = {
        "name": "seal", "title": "Seal the account", "article": "Step 1", "stage": Stage.SEAL, "symptoms": (),
        "status": "done", "skip": None, "reason": "",
        "round": 1, "direction": Direction.APPLY, "plan": None,
        "started_at": NOW, "finished_at": NOW, "first_started_at": NOW, "first_finished_at": NOW, "attempts": 1,
        "irreversible": "",
        "changes": (), "findings": (), "tasks": (),
    }  # fmt: skip
    return StepView.model_validate(known | values)


def shown_change(before: dict[str, Any], after: dict[str, Any], **values: Any) -> ChangeView:
    known: dict[str, Any] = {
        "id": "seal:0001:00001", "round": 1, "direction": Direction.APPLY,
        "resource": "mailbox forwarding", "action": "remove", "reason": "why",
        "status": ChangeStatus.APPLIED, "problem": "", "irreversible": "", "applied_at": NOW, "verified_at": NOW,
    }  # fmt: skip
    return ChangeView.model_validate(known | {"before": before, "after": after} | values)


def shown_incident(*steps: StepView, **values: Any) -> IncidentView:
    known: dict[str, Any] = {
        "id": "0" * 32, "named": "alex", "account": Account(id="1", user_principal_name="alex"), "mode": Mode.ENFORCE,
        "status": IncidentStatus.SECURED, "reason": "Leaked credentials", "round": 1, "plan": None,
        "opened_at": NOW - timedelta(seconds=5),
        "contained_at": NOW, "secured_at": None, "closed_at": None, "joined_to": None, "alerts": (), "steps": steps,
        "history": (),
    }  # fmt: skip
    return IncidentView.model_validate(known | values)


def shown_everywhere(words: str) -> IncidentView:
    """An incident that has these words wherever an attacker, or anybody else, can write some."""
    contact = Contact(address=words, name=words, first_at=NOW, last_at=NOW, messages=1)
    change = shown_change(
        {words: words}, {words: [words]}, resource=words, action=words, reason=words, problem=words, irreversible=words
    )
    said = {
        "reason": words,
        "changes": (change,),
        "findings": (FindingView(text=words, source=words, at=NOW, gap=True),),
        "tasks": (TaskView(id="t", text=words, secures=True, done_at=NOW, done_by=words),),
    }
    return shown_incident(
        shown_step(status="failed", symptoms=(Symptom.FORWARDING,), **said),
        shown_step(name="besides", status="skipped", **said),
        reason=words,
        named=words,
        account=Account(id=words, user_principal_name=words, display_name=words),
        status=IncidentStatus.RESTORED,
        closed_at=NOW,
        alerts=(
            AlertView(
                id="1", source="entra", identity=words, title=words, severity=words, activity_at=NOW, received_at=NOW
            ),
        ),
        history=(HistoryView(at=NOW, event=words, who=words, why=words, round=2),),
        contacts=ContactsView(total=30, first=(contact,), href="/api", warning=words),
    )
