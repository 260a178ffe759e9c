"""Docs that are made from code cannot grow stale, and what a page points to exists."""

import re
from pathlib import Path

import pytest

from local.deployment import INFRA
from local.docs import DOCS, pages

ROOT = DOCS.parent
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture(autouse=True)
def _a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook is read with the settings of a deployment."""
    monkeypatch.setenv("REGAIN_TENANT_ID", "any")


MADE = [
    *(DOCS / name for name in ("settings.md", "steps.md", "inbox-rules.md", "article.md", "permissions.md")),
    *(INFRA / name for name in ("registry.json", "permissions.json", "exchange.ps1")),
]


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_a_page_made_from_the_code_is_up_to_date(path: Path) -> None:
    assert path.read_text() == pages()[path], "run `make docs`"


def test_no_file_that_is_made_from_the_code_is_left_out() -> None:
    assert set(pages()) == set(MADE)


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *DOCS.rglob("*.md")], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not broken
