"""The report as Markdown: an attacker chooses some of its words, and none of them does anything."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from shared.playbook.markdown import escaped, report
from shared.playbook.status import IncidentStatus
from shared.playbook.symptoms import Symptom
from shared.playbook.views import FindingView, HistoryView, TaskView
from tests.playbook.shown import HOSTILE, INVISIBLE, NOW, shown_change, shown_incident, shown_step

COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ONLY_TEXT = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


def _tokens(markdown: str) -> list[Token]:
    tokens = COMMONMARK.parse(markdown)
    return [*tokens, *(child for token in tokens for child in token.children or ())]


def _shown(markdown: str) -> str:
    return "".join(token.content for token in _tokens(markdown) if token.type == "text")


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_hostile_words_are_shown_as_they_stand(text: str) -> None:
    assert {token.type for token in _tokens(escaped(text))} <= ONLY_TEXT
    assert _shown(escaped(text)) == " ".join(text.split())


@given(
    st.text(
        st.characters(exclude_categories=["C"]) | st.sampled_from("\\`*_{}[]()#+-.!|<>~&:@$^=\n\t 0123456789w"),
        max_size=60,
    )
)
def test_any_words_are_shown_as_they_stand_in_one_line(text: str) -> None:
    assert "\n" not in escaped(text)
    assert {token.type for token in _tokens(escaped(text))} <= ONLY_TEXT
    assert _shown(escaped(text)) == " ".join(text.split())


@pytest.mark.parametrize("text", INVISIBLE, ids=repr)
def test_what_cannot_be_seen_is_not_in_it(text: str) -> None:
    """Control characters steer a terminal; others turn the direction of writing, so that words read as others."""
    assert escaped(text).isprintable()


@pytest.mark.parametrize(
    "text", ["www.attacker.example", "see WWW.attacker.example", "https://attacker.example", "a@b.c"]
)
def test_an_address_does_not_become_a_link_by_itself(text: str) -> None:
    """GitHub's Markdown makes links of bare addresses: https://github.github.com/gfm/#autolinks-extension-."""
    assert not re.search(r"(?i)(?<!\w)www\.|(?<!\\)://|\w@\w", escaped(text))


def test_the_outcome_comes_first_then_the_tasks_then_what_failed_then_what_happened() -> None:
    task = TaskView(id="seal:call", text="Call", secures=False, done_at=None, done_by=None)
    page = report(
        shown_incident(
            shown_step(tasks=(task,)), shown_step(name="x", title="Other", status="failed", reason="Refused")
        )
    )
    headings = re.findall(r"(?m)^#.*$", page)
    assert headings[:5] == [
        "# alex",
        "## What a person has to do",
        "## What could not be done",
        "## The chain, in seconds from the alert",
        "## Time line",
    ]
    assert headings[5:9] == [
        "## What was done",
        "### Seal the account: done",
        "### Other: failed",
        "## What was found",
    ]
    assert "- Contained: after 5.0 s" in page
    assert "- Secured: not yet" in page


def test_it_says_who_decided_what_and_why() -> None:
    line = HistoryView(at=NOW, event="approve", who="rosa@contoso.com", why="She *called*.", round=2)
    page = report(shown_incident(shown_step(), history=(line,)))
    assert page.endswith("- 2026-07-18 10:00:05 UTC: approve, by rosa\\@contoso.com: She \\*called\\*.\n")


@pytest.mark.parametrize(("status", "said"), [(IncidentStatus.RESTORED, True), (IncidentStatus.SECURED, False)])
def test_what_could_not_be_put_back_is_said_once_an_incident_is_restored(status: IncidentStatus, said: bool) -> None:
    lasting = shown_change({}, {"to": "x"}, resource="password", irreversible="Nobody knows it.")
    page = report(shown_incident(shown_step(changes=(lasting,)), status=status))
    assert ("## What could not be put back\n\n- password: Nobody knows it." in page) is said


def test_what_comes_back_and_not_as_it_was_is_said_of_the_step() -> None:
    said = "A restore dismisses the risk."
    step = shown_step(changes=(shown_change({}, {"to": "x"}),), irreversible=said)
    report_of_it = report(shown_incident(step, status=IncidentStatus.RESTORED))
    assert f"## What could not be put back\n\n- Seal the account: {said}" in report_of_it
    untouched = report(shown_incident(shown_step(irreversible=said), status=IncidentStatus.RESTORED))
    assert "could not be put back" not in untouched


def test_what_is_empty_has_no_heading() -> None:
    page = report(shown_incident(shown_step()))
    assert "## What a person has to do" not in page
    assert "## What could not be done" not in page
    assert "## What could not be read" not in page
    assert "## Whom to warn" not in page


def test_what_was_found_stands_under_the_symptom_that_it_is_about() -> None:
    found = FindingView(text="It forwards.", source="Exchange Online")
    page = report(shown_incident(shown_step(symptoms=(Symptom.FORWARDING, Symptom.SIGNATURE), findings=(found,))))
    told = "- Seal the account: done\n- It forwards. (Exchange Online)"
    assert f"### Mail forwarding was added: looked-at\n\n{told}\n" in page
    assert "- See also: Seal the account, under “Mail forwarding was added”" in page
    assert "### Mail is missing or was deleted: not-looked-at\n" in page


@pytest.mark.parametrize(
    ("secures", "done", "line"),
    [
        (False, False, "- [ ] Call"),
        (True, False, "- [ ] Call **The account is not secured before.**"),
        (True, True, "- [x] Call"),
    ],
)
def test_a_task_says_whether_it_is_done_and_whether_it_matters(secures: bool, done: bool, line: str) -> None:
    task = TaskView(id="t", text="Call", secures=secures, done_at=NOW if done else None, done_by="me")
    assert line in report(shown_incident(shown_step(tasks=(task,)))).splitlines()


def test_a_change_shows_each_value_that_is_another_one_now() -> None:
    change = shown_change(
        {"to": "smtp:x", "copy": True, "same": 1, "list": ["a"]}, {"to": None, "copy": False, "same": 1, "list": []}
    )
    page = report(shown_incident(shown_step(changes=(change,))))
    assert "- remove mailbox forwarding: applied. why\n" in page
    assert 'to: smtp:x → nonecopy: true → falselist: ["a"] → []' in _shown(page)


def test_an_account_that_was_not_found_is_called_what_the_alert_called_it() -> None:
    page = report(shown_incident(account=None, named="nobody"))
    assert page.startswith("# nobody\n")
    assert "Account id" not in page
