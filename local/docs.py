"""``python -m local.docs``: writes what is made from the code: pages of ``docs/``, and what ``infra/`` has to know."""

import os
from pathlib import Path

from pydantic_core import PydanticUndefined, to_json

from functions import wiring
from local.article import article_page
from local.deployment import INFRA
from local.deployment.page import permissions_page
from local.deployment.permissions import permissions, script
from local.deployment.registry import registry
from shared.playbook.declaration import Declaration
from shared.rules.signals import SIGNALS, THRESHOLD, Signal
from shared.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"

_SETTINGS_HEAD = """# Settings

App settings, read from the environment when the app starts. Lists and objects are JSON.

| setting | default | meaning |
|---|---|---|
"""

_HOST_HEAD = """
The Functions host reads these; `infra/app.bicep` sets them. With `AzureWebJobsStorage__accountName` they are what Azure
needs besides the settings above.

| setting | meaning |
|---|---|
"""

HOST_SETTINGS = {
    "AzureWebJobsStorage__credential": "`managedidentity`: the host, too, comes to storage as the identity.",
    "AzureWebJobsStorage__clientId": "Client id of that identity.",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "Where telemetry goes. It holds no secret: only the identity may send.",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "As whom telemetry is sent: the identity.",
    "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID": "The identity that vouches for the app registration of the sign-in, "
    "instead of a client secret.",
}

_STEPS_HEAD = """# Steps

In an order in which each comes after what it waits for. What each does to your tenant it says in its incident's report.

| step | article | waits for | default | can be put back |
|---|---|---|---|---|
"""

_RIGHTS_HEAD = """
## What our identity needs

| step | Graph application permissions | directory role | Exchange cmdlets, those of Security & Compliance as S&C |
|---|---|---|---|
"""

_RULES_HEAD = f"""# Inbox rules

How Regain tells an attacker's inbox rule from its owner's. Try it on your own:

    make -s judge-rules < rules.json

In goes a JSON list of `{{"id": …, "context": …, "rule": …}}`, or of rows of `Get-InboxRule` or `Get-SweepRule`.
Out comes a JSON list of `{{"id": …, "suspicious": …, "score": …, "reasons": […]}}`, in the same order. Nothing is
sent anywhere.

| in `context` | is |
|---|---|
| `account` | the owner's address, or an object with all of them |
| `accepted_domains` | the organisation's domains; a subdomain of one belongs to it |
| `window` | when the attacker was in: `start`, `end` |
| `created` | when the rule was made, if known |
| `hidden` | whether only `-IncludeHidden` shows the rule |
| `language` | may be told; the words and folder names of all languages always count |

Every field may be missing. Names are taken in any case, lists also as text, recipients in every form of Exchange.
An internal recipient (`[EX:…]`) has no address. Where it may be a contact outside, put the address there: `[SMTP:…]`.

## How it judges

A rule is judged by what it does to which mail: it lets mail out, or hides it from its owner. How it looks counts only
beside that, so no name makes a rule suspicious by itself. None excuses one either: a system rule's name speaks for a
rule that does what that system rule does, and against any other. A disabled rule is judged as if it were enabled.

Mail is out of sight when it is deleted, or moved to the archive, to junk, to a folder whose name says nothing or to one
that nobody looks in: RSS, Conversation History, Notes, Drafts and the like. The values of one condition are
alternatives, and conditions narrow each other: mail is mass mail only where *all* values of a condition say so.
The words, folder names and senders are in `words.py`, `folders.py` and `senders.py` of `shared/rules/`.

## The signals

The weights of all signals that hold add up, from 0 to 100. From **{THRESHOLD}** on, a rule is suspicious.

| signal | weight | holds where the rule | what a person reads |
|---|---|---|---|
"""


def settings_page() -> str:
    """docs/settings.md, from the fields of ``Settings`` and from what the host needs."""
    host = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in HOST_SETTINGS.items())
    return _SETTINGS_HEAD + "".join(_setting(name) for name in Settings.model_fields) + _HOST_HEAD + host


def steps_page() -> str:
    """docs/steps.md, from the declarations of all steps."""
    book = wiring.playbook()
    declared = [step.declaration for step in book.values()]
    steps = "".join(_step(one, sorted(book.after(one.name))) for one in declared)
    return _STEPS_HEAD + steps + _RIGHTS_HEAD + "".join(map(_rights, declared))


def rules_page() -> str:
    """docs/inbox-rules.md, from the table of signals."""
    return _RULES_HEAD + "".join(map(_signal, SIGNALS))


def pages() -> dict[Path, str]:
    """All files that are made from the code."""
    return {
        INFRA / "registry.json": registry(),
        INFRA / "permissions.json": permissions(),
        INFRA / "exchange.ps1": script(),
        DOCS / "permissions.md": permissions_page(),
        DOCS / "settings.md": settings_page(),
        DOCS / "steps.md": steps_page(),
        DOCS / "inbox-rules.md": rules_page(),
        DOCS / "article.md": article_page([step.declaration for step in wiring.playbook().values()]),
    }


def _setting(name: str) -> str:
    field = Settings.model_fields[name]
    variable = field.validation_alias or f"REGAIN_{name.upper()}"
    default = "" if field.default in (None, PydanticUndefined) else f"`{to_json(field.default).decode()}`"
    if name == "starting":
        default = "by kind of detection and by title: `shared/alerts/detections.py`, `signals.py`"
    return f"| `{variable}` | {'required' if field.is_required() else default} | {field.description} |\n"


def _step(declared: Declaration, after: list[str]) -> str:
    back = declared.reversible.value if declared.changes else "changes nothing"
    reversible = f"{back}: {declared.irreversible}" if declared.irreversible else back
    waits = ", ".join(f"`{name}`" for name in after) or "nothing"
    return f"| `{declared.name}` | {declared.article} | {waits} | {declared.gate} | {reversible} |\n"


def _rights(declared: Declaration) -> str:
    rights = declared.rights
    return (
        f"| `{declared.name}` | {', '.join(rights.graph)} | {', '.join(rights.directory_roles)} "
        f"| {', '.join([*rights.cmdlets, *(f'{name} (S&C)' for name in rights.compliance_cmdlets)])} |\n"
    )


def _signal(signal: Signal) -> str:
    when = ", ".join(signal.when)
    where = f"{when}; not: {', '.join(signal.unless)}" if signal.unless else when
    return f"| `{signal.name}` | {signal.weight} | {where} | {signal.says.format('…')} |\n"


if __name__ == "__main__":
    os.environ.setdefault("REGAIN_TENANT_ID", "any")
    for path, page in pages().items():
        path.write_text(page)
