"""The report as a page: what a person sees first, and what is where."""

from datetime import timedelta
from html.parser import HTMLParser

from shared.playbook.page import page
from shared.playbook.status import IncidentStatus
from shared.playbook.symptoms import Symptom
from shared.playbook.views import FindingView, TaskView
from tests.playbook.shown import NOW, shown_change, shown_everywhere, shown_incident, shown_step


class _Words(HTMLParser):
    """What stands on the page, without its style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.feed(text.partition("</style>")[2])

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.text += "" if tag in ("bdi", "time", "span") else " "


def _words(text: str) -> str:
    return " ".join(_Words(text).text.split())


def test_the_first_screen_says_who_what_is_safe_since_when_and_what_is_left_to_do() -> None:
    done = TaskView(id="d", text="Scan", secures=False, done_at=NOW, done_by="rosa")
    task = TaskView(id="t", text="Call the contacts", secures=True, done_at=None, done_by=None)
    words = _words(page(shown_incident(shown_step(tasks=(done, task)), secured_at=NOW + timedelta(seconds=2))))
    order = [
        "alex",
        "The account is safe",
        "shut out since 2026-07-18 10:00:05 UTC",
        "closed since 2026-07-18 10:00:07 UTC",
        "Contained 5.0 s after the alert",
        "Secured 7.0 s after the alert",
        "Left to do 1 by a person",
        "What a person still has to do",
        "Call the contacts The account is not secured before.",
        "Scan Done 2026-07-18 10:00:05 by rosa.",
        "The chain",
    ]
    places = [words.index(one) for one in order]
    assert places == sorted(places)


def test_the_parts_are_in_the_order_in_which_they_are_asked_for() -> None:
    headings = [part.partition("</h2>")[0] for part in page(shown_everywhere("x")).split("<h2>")[1:]]
    assert headings == [
        "What a person still has to do",
        "What could not be done",
        "What could not be put back",
        "The incident",
        "The chain",
        "Time line",
        "Every change",
        "What was found",
        "Whom to warn",
        "What could not be read, or was left out",
        "Every step",
        "Who decided what",
    ]


def test_what_changed_shows_what_it_was_and_what_it_is_and_why() -> None:
    change = shown_change({"to": "smtp:x", "same": 1}, {"to": None, "same": 1}, reason="Whoever reads it reads on.")
    words = _words(page(shown_incident(shown_step(changes=(change,)))))
    assert "remove mailbox forwarding applied Whoever reads it reads on." in words
    assert "Value Before After to smtp:x none" in words
    assert "same" not in words


def test_what_was_found_stands_under_the_symptom_that_it_is_about() -> None:
    found = FindingView(text="It forwards to x.", source="Exchange Online")
    step = shown_step(symptoms=(Symptom.FORWARDING, Symptom.SIGNATURE), findings=(found,))
    words = _words(page(shown_incident(step)))
    assert words.index("Mail forwarding was added looked at") < words.index("It forwards to x. Exchange Online")
    assert "An unusual signature was added looked at See also Seal the account" in words
    assert "Mail is missing or was deleted not looked at No step of this response looks at it." in words


def test_what_could_not_be_put_back_is_told_of_a_restored_incident() -> None:
    lasting = shown_change({}, {"to": "x"}, resource="password", irreversible="Nobody knows it.")
    told = shown_incident(shown_step(changes=(lasting,)), status=IncidentStatus.RESTORED, closed_at=NOW)
    words = _words(page(told))
    assert "password: Nobody knows it." in words
    assert "put back by 2026-07-18 10:00:05 UTC" in words
    assert "has been shut out" not in words


def test_a_plan_says_that_none_of_it_was_made() -> None:
    planned = shown_change({}, {"a": 1}, status="planned", applied_at=None, verified_at=None)
    told = shown_incident(shown_step(changes=(planned,)), status=IncidentStatus.PLANNED, contained_at=None)
    assert "Changes 1 planned, none made" in _words(page(told))


def test_an_incident_without_anything_is_a_page_too() -> None:
    words = _words(page(shown_incident(account=None, contained_at=None)))
    assert "Not contained" in words
    assert "Every change None." in words


def test_the_same_incident_is_the_same_page() -> None:
    """So that what is kept can be held against what is shown."""
    assert page(shown_everywhere("x")) == page(shown_everywhere("x"))
