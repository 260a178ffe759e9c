"""``python -m local.docs``: writes the pages that are made from the code, docs/settings.md and docs/steps.md."""

import os
from pathlib import Path

from pydantic_core import PydanticUndefined, to_json

from functions import wiring
from shared.playbook.declaration import Declaration
from shared.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"

_SETTINGS_HEAD = """# Settings

App settings, read from the environment when the app starts. Lists and objects are JSON.

| setting | default | meaning |
|---|---|---|
"""

_STEPS_HEAD = """# Steps

In an order in which each comes after what it waits for. What each does to your tenant it says in its incident's report.

| step | article | waits for | default | can be put back |
|---|---|---|---|---|
"""

_RIGHTS_HEAD = """
## What our identity needs

| step | Graph application permissions | directory role | Exchange cmdlets |
|---|---|---|---|
"""


def settings_page() -> str:
    """docs/settings.md, from the fields of ``Settings``."""
    return _SETTINGS_HEAD + "".join(_setting(name) for name in Settings.model_fields)


def steps_page() -> str:
    """docs/steps.md, from the declarations of all steps."""
    book = wiring.playbook()
    declared = [step.declaration for step in book.values()]
    steps = "".join(_step(one, sorted(book.after(one.name))) for one in declared)
    return _STEPS_HEAD + steps + _RIGHTS_HEAD + "".join(map(_rights, declared))


def pages() -> dict[Path, str]:
    """All pages that are made from the code."""
    return {DOCS / "settings.md": settings_page(), DOCS / "steps.md": steps_page()}


def _setting(name: str) -> str:
    field = Settings.model_fields[name]
    variable = field.validation_alias or f"REGAIN_{name.upper()}"
    default = "" if field.default in (None, PydanticUndefined) else f"`{to_json(field.default).decode()}`"
    if name == "starting":
        default = "by kind of detection: `shared/alerts/detections.py`"
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
        f"| {', '.join(rights.cmdlets)} |\n"
    )


if __name__ == "__main__":
    os.environ.setdefault("REGAIN_TENANT_ID", "any")
    for path, page in pages().items():
        path.write_text(page)
