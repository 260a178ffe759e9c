"""The report as a page: whole in itself, and whatever an attacker wrote is text in it and nothing else."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from shared.account import Account
from shared.playbook.contacts import ContactsView
from shared.playbook.page import page
from shared.playbook.status import IncidentStatus
from shared.playbook.views import AlertView, FindingView, HistoryView, IncidentView, TaskView
from shared.state.rows import Contact
from tests.playbook.shown import HOSTILE, INVISIBLE, NOW, shown_change, shown_incident, shown_step

FROM_OUTSIDE = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href"}
LONG = "A" * 65_536
MORE = [
    "'\"><svg onload=alert(1)>",
    "{{ 7*7 }}",
    "{% raw %}",
    "</style><script>",
    "javascript:alert(1)",
    "&#x3c;b&#x3e;",
]


class _Read(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def _full(words: str) -> IncidentView:
    """An incident that has these words wherever an attacker, or anybody else, can write some."""
    contact = Contact(address=words, name=words, first_at=NOW, last_at=NOW, messages=1)
    return shown_incident(
        shown_step(
            reason=words,
            status="failed",
            changes=(shown_change({words: words}, {words: [words]}, resource=words, action="remove", problem=words),),
            findings=(FindingView(text=words, source=words),),
            tasks=(TaskView(id="t", text=words, secures=True, done_at=NOW, done_by=words),),
        ),
        reason=words,
        named=words,
        account=Account(id="1", user_principal_name=words, display_name=words),
        status=IncidentStatus.RESTORED,
        alerts=(AlertView(id="1", source="entra", title=words, severity=words, activity_at=NOW, received_at=NOW),),
        history=(HistoryView(at=NOW, event="release", who=words, why=words, round=2),),
        contacts=ContactsView(total=30, first=(contact,), href="/api", warning=words),
    )


@pytest.mark.parametrize("words", [*HOSTILE, *INVISIBLE, *MORE, LONG], ids=lambda words: repr(words[:30]))
def test_hostile_words_are_text_and_nothing_else(words: str) -> None:
    hostile, plain = _Read(page(_full(words))), _Read(page(_full("harmless")))
    assert hostile.tags == plain.tags
    assert [name for name, _ in hostile.attributes] == [name for name, _ in plain.attributes]
    assert [value for _, value in hostile.attributes] == [value for _, value in plain.attributes]
    assert all(line.isprintable() for line in hostile.text.splitlines())


def test_nothing_in_it_runs_or_comes_from_outside() -> None:
    read = _Read(page(_full("harmless")))
    assert not {"script", "iframe", "object", "embed", "link", "base", "form", "img", "a"} & set(read.tags)
    assert not any(name in FROM_OUTSIDE or name.startswith("on") for name, _ in read.attributes)
    assert "url(" not in page(_full("harmless"))
    assert "@import" not in page(_full("harmless"))


def test_the_first_screen_says_who_what_is_safe_since_when_and_what_is_left_to_do() -> None:
    task = TaskView(id="t", text="Call the contacts", secures=False, done_at=None, done_by=None)
    text = _Read(page(shown_incident(shown_step(tasks=(task,)), secured_at=NOW + timedelta(seconds=2)))).text
    order = [
        "alex",
        "The account is safe",
        "Contained",
        "Secured",
        "What a person still has to do",
        "Call the contacts",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "7.0 s after the alert" in text


@pytest.mark.parametrize("status", list(IncidentStatus))
def test_every_status_has_a_headline(status: IncidentStatus) -> None:
    assert _Read(page(shown_incident(shown_step(), status=status))).text


def test_what_changed_shows_what_it_was_and_what_it_is() -> None:
    change = shown_change({"to": "smtp:x", "same": 1}, {"to": None, "same": 1})
    text = " ".join(_Read(page(shown_incident(shown_step(changes=(change,))))).text.split())
    assert "to: smtp:x → none" in text
    assert "same" not in text


def test_the_time_line_is_in_order_and_begins_with_the_attacker() -> None:
    began = NOW - timedelta(hours=26)
    text = _Read(page(shown_incident(shown_step(), attack_began_at=began))).text
    assert text.index("The attacker's first sign-in") < text.index("The incident was opened")


def test_what_could_not_be_put_back_is_told_of_a_restored_incident() -> None:
    lasting = shown_change({}, {"to": "x"}, resource="password", irreversible="Nobody knows it.")
    text = _Read(page(shown_incident(shown_step(changes=(lasting,)), status=IncidentStatus.RESTORED))).text
    assert "password: Nobody knows it." in text


def test_an_incident_without_anything_is_a_page_too() -> None:
    text = _Read(page(shown_incident(account=None, contained_at=None))).text
    assert "Not contained yet." in text
    assert "Nothing was noted." in text
