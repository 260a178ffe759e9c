"""Incidents as they are shown, made up for the tests of what shows them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.account import Account
from shared.playbook.status import IncidentStatus
from shared.playbook.views import ChangeView, IncidentView, StepView
from shared.policy import Mode
from shared.state.rows import ChangeStatus, Direction

NOW = datetime(2026, 7, 18, 10, 0, 5, tzinfo=UTC)
HOSTILE = [
    "[click](https://attacker.example)", "<script>alert(1)</script>", "![x](https://attacker.example/pixel)",
    "**bold**", "__bold__", "`code`", "# Heading", "- item", "* item", "+ item", "1. item", "23) item", "> quote",
    "| a | b |", "~~gone~~", "&lt;b&gt;", "<https://attacker.example>", "https://attacker.example",
    "www.attacker.example", "WWW.attacker.example",
    "me@attacker.example", "a\n\n# Heading", "a\r\n---\r\nb", "===", "\\", "a\\", "[ref]: x",
    "    indented", "\tindented", "[x] done", "$x$", "~~~", "```", "***",
]  # fmt: skip
INVISIBLE = ["\x1b[31mred", "a\x00b", "a\x07b", "a\u202eb", "a\u200bb", "\ufeffa", "a\x85b", "a\u2028b", "\x9b31m"]


def shown_step(**values: Any) -> StepView:
    known: dict[str, Any] = {
        "name": "seal", "title": "Seal the account", "article": "Step 1", "status": "done", "reason": "",
        "round": 1, "direction": Direction.APPLY, "plan": None,
        "started_at": NOW, "finished_at": NOW, "attempts": 1, "changes": (), "findings": (), "tasks": (),
    }  # fmt: skip
    return StepView.model_validate(known | values)


def shown_change(before: dict[str, Any], after: dict[str, Any], **values: Any) -> ChangeView:
    known: dict[str, Any] = {
        "id": "seal:0001:00001", "resource": "mailbox forwarding", "action": "remove", "reason": "why",
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
