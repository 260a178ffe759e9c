"""What the report says, whatever it is written as."""

from datetime import timedelta
from typing import Any

import pytest

from functions.wiring import playbook
from shared.playbook.declaration import Stage
from shared.playbook.picture import picture
from shared.playbook.report import Kind, Looked, Report, Tone, besides, evidence, report_of
from shared.playbook.rounds import begin
from shared.playbook.status import IncidentStatus
from shared.playbook.symptoms import Symptom
from shared.playbook.views import AlertView, FindingView, HistoryView, StepView, incident_view
from shared.state.rows import Direction, Skip, StepStatus
from tests.playbook.incident import SECURED, incident
from tests.playbook.shown import NOW, shown_change, shown_incident, shown_step

RULES, LOG = "disable-inbox-rules", "review-audit-log"
OPENED = NOW - timedelta(seconds=5)


def _report(*steps: StepView, **values: Any) -> Report:
    return report_of(shown_incident(*steps, **values))


def _looking(*symptoms: Symptom, **values: Any) -> StepView:
    return shown_step(symptoms=symptoms or (Symptom.FORWARDING,), **values)


@pytest.mark.parametrize("status", list(IncidentStatus))
@pytest.mark.parametrize("secured_at", [None, NOW])
def test_every_status_has_a_headline(status: IncidentStatus, secured_at: Any) -> None:
    assert _report(status=status, secured_at=secured_at).headline


@pytest.mark.parametrize("status", [IncidentStatus.RELEASED, IncidentStatus.CLOSED])
def test_an_incident_that_ended_before_the_account_was_secured_is_not_called_safe(status: IncidentStatus) -> None:
    assert _report(status=status, secured_at=NOW).tone is Tone.GOOD
    unsafe = _report(status=status, secured_at=None)
    assert unsafe.tone is Tone.BAD
    assert "before the account was secured" in unsafe.headline


def test_it_holds_all_that_the_incident_does() -> None:
    view = shown_incident(shown_step())
    assert report_of(view).model_dump().items() >= view.model_dump().items()


def test_every_symptom_is_told_in_the_order_of_the_article_whether_anybody_looked_or_not() -> None:
    told = _report(_looking(Symptom.SIGNATURE, Symptom.FORWARDING))
    assert [one.symptom for one in told.symptoms] == list(Symptom)
    looked = {one.symptom: one.looked for one in told.symptoms}
    assert looked.pop(Symptom.SIGNATURE) is looked.pop(Symptom.FORWARDING) is Looked.YES
    assert set(looked.values()) == {Looked.NO}


@pytest.mark.parametrize(
    ("steps", "looked"),
    [
        ([{}, {"status": "nothing-to-do"}], Looked.YES),
        ([{"status": "planned"}], Looked.YES),
        ([{"status": "skipped", "findings": (FindingView(text="blocked", source="x"),)}], Looked.YES),
        ([{}, {"status": "failed"}], Looked.PARTLY),
        ([{"findings": (FindingView(text="half", source="x", gap=True),)}], Looked.PARTLY),
        ([{"status": "failed"}, {"status": "skipped"}], Looked.NO),
        ([{"status": "running"}], Looked.NO),
    ],
    ids=str,
)
def test_none_found_and_could_not_look_never_look_alike(steps: list[dict[str, Any]], looked: Looked) -> None:
    told = _report(*(_looking(name=f"step-{number}", **values) for number, values in enumerate(steps)))
    assert next(one.looked for one in told.symptoms if one.symptom is Symptom.FORWARDING) is looked


def test_a_step_is_told_under_its_first_symptom_and_named_under_the_others() -> None:
    step = _looking(Symptom.FORWARDING, Symptom.MISSING_MAIL, findings=(FindingView(text="a", source="b"),))
    other = shown_step(name="other", findings=(FindingView(text="c", source="d"),))
    told = _report(step, other)
    found = {one.symptom.symptom: one for one in evidence(told)}
    assert (found[Symptom.FORWARDING].told, found[Symptom.FORWARDING].elsewhere) == ((step,), ())
    assert (found[Symptom.MISSING_MAIL].told, found[Symptom.MISSING_MAIL].elsewhere) == (
        (),
        ((step, "Mail forwarding was added"),),
    )
    assert besides(told) == [other]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"status": "skipped", "skip": Skip.NO_RIGHT, "reason": "refused"}, ["refused"]),
        ({"status": "skipped", "skip": Skip.OFF, "reason": "off"}, ["off"]),
        ({"status": "skipped", "skip": Skip.NOT_APPLICABLE, "reason": "a guest"}, []),
        ({"findings": (FindingView(text="half", source="x", gap=True), FindingView(text="b", source="x"))}, ["half"]),
        ({"status": "done"}, []),
    ],
    ids=str,
)  # fmt: skip
def test_what_could_not_be_read_is_told_with_why(values: dict[str, Any], why: list[str]) -> None:
    assert [gap.why for gap in _report(shown_step(**values)).gaps] == why


def test_the_time_line_is_in_order_and_goes_from_the_attacker_to_the_end() -> None:
    began = NOW - timedelta(hours=26)
    made = shown_change({}, {"a": 1})
    back = shown_change(
        {"a": 1}, {}, round=2, direction=Direction.REVERT, applied_at=NOW + timedelta(hours=1), verified_at=None
    )
    told = _report(
        shown_step(
            changes=(made, made, back),
            findings=(
                FindingView(text="made a rule", source="x", at=began + timedelta(hours=1)),
                FindingView(text="no time", source="x"),
            ),
        ),
        shown_step(name="report", finished_at=NOW + timedelta(seconds=1)),
        attack_began_at=began,
        alerts=(
            AlertView(
                id="1",
                source="entra",
                identity="7",
                title="Leaked",
                severity="high",
                activity_at=NOW - timedelta(minutes=2),
                received_at=OPENED,
            ),
        ),
        history=(HistoryView(at=NOW + timedelta(minutes=30), event="release", who="rosa", why="Over.", round=2),),
        secured_at=NOW,
        closed_at=NOW + timedelta(hours=2),
    )
    assert [(moment.what, moment.kind) for moment in told.moments] == [
        ("The attacker's first sign-in, as far as the logs tell", Kind.ATTACK),
        ("made a rule", Kind.ATTACK),
        ("The activity that the alert tells of: Leaked", Kind.ATTACK),
        ("The alert came in: Leaked (entra, high)", Kind.ALERT),
        ("The incident was opened", Kind.RESPONSE),
        ("Contained: the attacker is shut out, and that was read back", Kind.RESPONSE),
        ("Secured: every known way back in is closed, and that was read back", Kind.RESPONSE),
        ("Seal the account: 2 changes made", Kind.RESPONSE),
        ("The report was ready to be read", Kind.RESPONSE),
        ("release, by rosa: Over.", Kind.PERSON),
        ("Seal the account: 0 of 1 change put back", Kind.RESPONSE),
        ("The incident ended", Kind.RESPONSE),
    ]


def _worked(start: float, end: float | None, **values: Any) -> StepView:
    ended = OPENED + timedelta(seconds=end) if end is not None else None
    return shown_step(first_started_at=OPENED + timedelta(seconds=start), first_finished_at=ended, **values)


def test_a_bar_is_as_long_as_its_step_was_at_work() -> None:
    drawn = picture(_report(_worked(0, 10), _worked(2.5, 5, name="b")))
    assert [(bar.x, bar.width, bar.cut, bar.when) for bar in drawn.bars] == [
        (0.0, 95.24, False, "0.0 s to 10.0 s"),
        (23.81, 23.81, False, "2.5 s to 5.0 s"),
    ]
    assert [(mark.label, mark.x) for mark in drawn.marks] == [("contained", 47.62)]
    assert [tick.label for tick in drawn.ticks] == ["0", "2", "4", "6", "8", "10"]


def test_what_takes_hours_in_the_background_does_not_press_the_others_flat() -> None:
    slow = _worked(1, 7_200, name="slow", stage=Stage.REVIEW)
    drawn = picture(_report(_worked(0, 10), slow, _worked(9_000, 9_001, name="later", stage=Stage.REPORT)))
    assert [bar.cut for bar in drawn.bars] == [False, True, True]
    assert [bar.when for bar in drawn.bars][1:] == ["1.0 s to 2.0 h", "2.5 h to 2.5 h"]
    assert all(bar.x + bar.width <= 100.01 for bar in drawn.bars)


def test_what_is_still_at_work_or_took_no_time_is_seen_and_what_never_worked_is_named() -> None:
    drawn = picture(_report(_worked(1, None), _worked(0, 0, name="b"), shown_step(first_started_at=None, name="idle")))
    assert [bar.when for bar in drawn.bars] == ["0.0 s to 0.0 s", "since 1.0 s"]
    assert all(bar.width > 0 for bar in drawn.bars)
    assert [step.name for step in drawn.idle] == ["idle"]


def test_a_later_round_leaves_the_times_of_the_first_as_they_were() -> None:
    snapshot = incident(StepStatus.DONE)
    row = snapshot.steps["seal"].model_copy(update={"started_at": SECURED, "finished_at": SECURED})
    again = begin(begin(row, 2).model_copy(update={"started_at": SECURED + timedelta(hours=2)}), 3)
    snapshot.steps["seal"] = again.model_copy(update={"started_at": SECURED + timedelta(hours=3)})
    step = next(one for one in incident_view(playbook(), snapshot).steps if one.name == "seal")
    assert (step.first_started_at, step.first_finished_at) == (SECURED, SECURED)
    assert (step.started_at, step.finished_at) == (SECURED + timedelta(hours=3), None)
