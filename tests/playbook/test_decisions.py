"""What each decision makes of an incident, and what it does not fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.wiring import playbook
from shared.playbook import decisions
from shared.playbook.decisions import By, Decision, Unfit
from shared.playbook.declaration import Reversible, Stage
from shared.playbook.journal import reversal
from shared.playbook.step import Step
from shared.playbook.watch import watch_due_at
from shared.state.incidents import Snapshot
from shared.state.rows import Direction, Ending, Skip, StepStatus

from .incident import OPENED, SECURED, alert, change, history, incident, step, task

TOKENS = timedelta(minutes=95)
LATER = SECURED + timedelta(hours=2)
BY = By("rosa@contoso.com", "because")


def _watched(snapshot: Snapshot) -> Snapshot:
    """The watch has looked and found nothing."""
    return replace(snapshot, history=(*snapshot.history, history("watch", SECURED + TOKENS, 2)))


def _with(snapshot: Snapshot, name: str, status: StepStatus, **values: Any) -> Snapshot:
    return replace(snapshot, steps=snapshot.steps | {name: step(name, status, **values)})


def _names(decision: Decision) -> set[str]:
    return {row.name for row in decision.steps}


def _holds() -> set[str]:
    return {name for name, one in playbook().items() if one.declaration.holds}


def _evict() -> set[str]:
    return {name for name, one in playbook().items() if one.declaration.stage is Stage.EVICT}


def _can_be_put_back(step: Step) -> bool:
    return step.declaration.changes and step.declaration.reversible is not Reversible.NO


def _release(snapshot: Snapshot, by: By = BY, **more: Any) -> Decision:
    return decisions.release(playbook(), snapshot, more.pop("steps", ()), by, LATER, TOKENS, **more)


OPEN: dict[str, Callable[[Snapshot], Decision]] = {
    "approve": lambda one: decisions.approve(playbook(), one, "plan", None, BY),
    "retry": lambda one: decisions.retry(playbook(), one, None, BY),
    "cancel": lambda one: decisions.cancel(one, BY, LATER),
    "release": lambda one: _release(one, force=True),
    "restore": lambda one: decisions.restore(one, BY, LATER, force=True),
    "close": lambda one: decisions.close(playbook(), one, BY, LATER),
    "tick": lambda one: decisions.tick(playbook(), one, "reset-password:x", BY, LATER),
}


@pytest.mark.parametrize("decide", OPEN.values(), ids=OPEN.keys())
@pytest.mark.parametrize("ending", list(Ending))
def test_nothing_is_decided_about_an_incident_that_has_ended(
    decide: Callable[[Snapshot], Decision], ending: Ending
) -> None:
    with pytest.raises(Unfit, match="has ended"):
        decide(incident(ending=ending))


@pytest.mark.parametrize("name", [name for name in OPEN if name not in ("cancel", "close")])
def test_while_an_incident_is_ending_it_can_only_be_cancelled_or_closed(name: str) -> None:
    ending = _with(incident(ends_as=Ending.RESTORED), "block-sign-in", StepStatus.RUNNING, direction=Direction.REVERT)
    with pytest.raises(Unfit, match="about to be restored"):
        OPEN[name](ending)


# Approve


def test_a_plan_is_approved_as_it_was_shown_and_begins_a_round_that_may_write() -> None:
    planned = incident(StepStatus.PLANNED)
    plan = decisions.waiting_plan(planned)
    assert plan

    decision = decisions.approve(playbook(), planned, plan, None, BY)

    assert _names(decision) == set(planned.steps) - {"triage"}
    assert decision.incident.round == decision.round == 2
    for row in decision.steps:
        assert (row.round, row.status, row.decided) == (2, StepStatus.WAITING, True)
        assert row.approved == f"hash of {row.name}"


def test_a_plan_that_has_changed_is_not_approved() -> None:
    planned = incident(StepStatus.PLANNED)
    plan = decisions.waiting_plan(planned)
    assert plan
    changed = _with(planned, "block-sign-in", StepStatus.PLANNED, plan_hash="another")
    with pytest.raises(Unfit, match="another one by now"):
        decisions.approve(playbook(), changed, plan, None, BY)


def test_only_the_named_steps_are_approved_and_a_securing_one_takes_the_seal_along() -> None:
    planned = incident(StepStatus.AWAITING_APPROVAL)
    plan = decisions.waiting_plan(planned) or ""

    blocked = decisions.approve(playbook(), planned, plan, ["block-sign-in"], BY)
    reset = decisions.approve(playbook(), planned, plan, ["reset-password"], BY)

    assert _names(blocked) == {"block-sign-in"}
    assert {"reset-password", "seal", "report"} <= _names(reset)
    assert {row.name for row in reset.steps if row.approved is not None} == {"reset-password"}


def test_a_step_that_does_not_wait_cannot_be_approved() -> None:
    some = _with(incident(), "block-sign-in", StepStatus.AWAITING_APPROVAL)
    with pytest.raises(Unfit, match="reset-password"):
        decisions.approve(playbook(), some, decisions.waiting_plan(some) or "", ["reset-password"], BY)
    with pytest.raises(Unfit, match="Nothing waits"):
        decisions.approve(playbook(), incident(), "", None, BY)


# Retry and cancel


def test_what_has_failed_is_run_again_as_it_was_decided_before() -> None:
    failed = _with(incident(), "block-sign-in", StepStatus.FAILED, decided=True, approved="hash", attempts=7)
    (row,) = decisions.retry(playbook(), failed, None, BY).steps
    assert (row.name, row.round, row.attempts, row.decided, row.approved) == ("block-sign-in", 2, 0, True, "hash")


def test_a_restore_that_failed_goes_on_and_still_ends_the_incident() -> None:
    failed = _with(incident(ends_as=Ending.RESTORED), "block-sign-in", StepStatus.FAILED, direction=Direction.REVERT)
    decision = decisions.retry(playbook(), failed, None, BY)
    assert [row.direction for row in decision.steps] == [Direction.REVERT]
    assert decision.incident.ends_as is Ending.RESTORED


def test_nothing_is_retried_that_has_not_failed() -> None:
    with pytest.raises(Unfit, match="Nothing has failed"):
        decisions.retry(playbook(), incident(), None, BY)
    with pytest.raises(Unfit, match="seal"):
        decisions.retry(playbook(), incident(), ["seal"], BY)


def test_cancel_stops_what_has_not_run_and_ends_an_incident_that_changed_nothing() -> None:
    decision = decisions.cancel(incident(StepStatus.WAITING), BY, LATER)
    assert {row.skip for row in decision.steps} == {Skip.CANCELLED}
    assert decision.incident.ending is Ending.CANCELLED
    assert decision.round is None


def test_a_cancelled_incident_that_changed_something_stays_open() -> None:
    begun = _with(incident(), "seal", StepStatus.RUNNING)
    decision = decisions.cancel(begun, BY, LATER)
    assert _names(decision) == {"seal"}
    assert decision.incident.ending is None


def test_the_owner_of_a_step_that_is_given_a_new_round_keeps_its_lease() -> None:
    """Nobody may begin before it has stopped, and its next write must fail: the version and the lease stay."""
    running = _with(incident(), "seal", StepStatus.RUNNING, lease_until=LATER, version=4, owner="a", etag="e")
    (row,) = [row for row in decisions.restore(running, BY, LATER).steps if row.name == "seal"]
    assert (row.lease_until, row.version, row.etag) == (LATER, 4, "e")


# Release


def test_a_release_puts_back_the_holds_and_nothing_else() -> None:
    decision = _release(_watched(incident()))
    assert {row.name: row.direction for row in decision.steps} == dict.fromkeys(_holds(), Direction.REVERT)
    assert decision.incident.ends_as is Ending.RELEASED
    assert any("Temporary Access Pass" in task.text for task in decision.tasks)


def test_a_release_puts_back_what_is_named_beside_the_holds() -> None:
    assert _names(_release(_watched(incident()), steps=("remove-forwarding",))) == _holds() | {"remove-forwarding"}
    with pytest.raises(Unfit, match="seal: has nothing to put back"):
        _release(_watched(incident()), steps=("seal",))


ROLES = ("remove-directory-roles:0001:00001", "resource of remove-directory-roles", "resource 2", "resource 3")


def _roles_taken() -> Snapshot:
    """Three roles were taken away, each with a change of its own; and one that cannot come back."""
    roles = [change("remove-directory-roles", number, resource=f"resource {number}") for number in (2, 3)]
    raised = change("remove-directory-roles", 4, resource="resource 4", irreversible="The user raises it again.")
    taken = _watched(incident())
    return replace(taken, changes=(*taken.changes, *roles, raised))


@pytest.mark.parametrize(
    ("named", "resources"),
    [
        (ROLES[:1], {ROLES[1]}),
        (ROLES[1:2], {ROLES[1]}),
        (ROLES[2:], {"resource 2", "resource 3"}),
        (ROLES[:2], {ROLES[1]}),
    ],
)
def test_a_release_puts_back_single_changes_by_id_or_by_resource(named: tuple[str, ...], resources: set[str]) -> None:
    snapshot = _roles_taken()
    decision = _release(snapshot, changes=named)
    (row,) = [row for row in decision.steps if row.name == "remove-directory-roles"]
    assert _names(decision) == _holds() | {"remove-directory-roles"}
    assert {one.resource for one in reversal(snapshot, row)} == resources


def test_a_step_that_is_named_as_a_whole_comes_back_as_a_whole() -> None:
    snapshot = _roles_taken()
    decision = _release(snapshot, steps=("remove-directory-roles",), changes=("resource 2",))
    (row,) = [row for row in decision.steps if row.name == "remove-directory-roles"]
    assert len(reversal(snapshot, row)) == 3


@pytest.mark.parametrize("named", ["nothing", "", "resource 4", "remove-directory-roles", "seal:0001:00001"])
def test_a_change_that_cannot_be_put_back_is_not_named_in_vain(named: str) -> None:
    with pytest.raises(Unfit, match="no change of that id or resource can be put back"):
        _release(_roles_taken(), changes=(named,))


def test_a_resource_of_several_steps_has_to_be_named_by_its_id() -> None:
    twice = _roles_taken()
    twice = replace(twice, changes=(*twice.changes, change("remove-forwarding", 2, resource="resource 2")))
    with pytest.raises(Unfit, match="by its id"):
        _release(twice, changes=("resource 2",))


def test_what_was_named_for_a_release_is_named_for_its_retry_too() -> None:
    snapshot = _roles_taken()
    (row,) = [row for row in _release(snapshot, changes=ROLES[:1]).steps if row.name == "remove-directory-roles"]
    failed = row.model_copy(update={"status": StepStatus.FAILED})
    again = decisions.retry(
        playbook(), replace(snapshot, steps=snapshot.steps | {row.name: failed}), ("remove-directory-roles",), BY
    )
    assert [one.only for one in again.steps if one.name == row.name] == [row.only]


NOT_YET: dict[str, Callable[[], Snapshot]] = {
    "a live token may be left": incident,
    "a securing step is not verified": lambda: _with(_watched(incident()), "seal", StepStatus.FAILED),
    "a securing task is open": lambda: replace(_watched(incident()), tasks=(task("on-premises"),)),
    "something is at work": lambda: _with(_watched(incident()), "remove-forwarding", StepStatus.RUNNING),
    "it was only planned": lambda: incident(StepStatus.PLANNED),
}


@pytest.mark.parametrize("made", NOT_YET.values(), ids=NOT_YET.keys())
def test_a_release_that_is_not_safe_yet_is_refused_unless_it_is_forced_with_a_reason(
    made: Callable[[], Snapshot],
) -> None:
    snapshot = made()
    with pytest.raises(Unfit, match="Not yet"):
        _release(snapshot)
    with pytest.raises(Unfit, match="say why"):
        _release(snapshot, By("rosa"), force=True)
    assert _release(snapshot, force=True).event == "release"


# Restore and close


def test_a_restore_puts_back_every_step_that_can_be() -> None:
    decision = decisions.restore(incident(), BY, LATER)
    assert {"block-sign-in", "remove-forwarding"} <= _names(decision)
    assert _names(decision) == {name for name, one in playbook().items() if _can_be_put_back(one)}
    assert {row.direction for row in decision.steps} == {Direction.REVERT}
    assert decision.incident.ends_as is Ending.RESTORED


def test_a_restore_of_an_incident_that_changed_nothing_ends_it_at_once() -> None:
    assert decisions.restore(incident(StepStatus.PLANNED), BY, LATER).incident.ending is Ending.RESTORED


def test_a_restore_stops_what_is_still_to_run() -> None:
    begun = _with(incident(), "seal", StepStatus.WAITING)
    rows = {row.name: row for row in decisions.restore(begun, BY, LATER).steps}
    assert rows["seal"].skip is Skip.CANCELLED


def test_an_incident_whose_account_is_still_kept_out_is_closed_only_with_a_reason() -> None:
    with pytest.raises(Unfit, match="block-sign-in"):
        decisions.close(playbook(), incident(), By("rosa"), LATER)
    assert decisions.close(playbook(), incident(), BY, LATER).incident.ending is Ending.CLOSED
    assert decisions.close(playbook(), incident(StepStatus.PLANNED), By("rosa"), LATER).steps


# Tasks


def test_ticking_a_task_that_secures_seals_the_account_again() -> None:
    open_task = replace(incident(), tasks=(task("on-premises"), task("look", secures=False)))
    sealed = decisions.tick(playbook(), open_task, "reset-password:on-premises", BY, LATER)
    plain = decisions.tick(playbook(), open_task, "reset-password:look", BY, LATER)

    assert _names(sealed) == {"seal", "unblock-sending", "report"}
    assert (sealed.tasks[0].done_by, sealed.tasks[0].done_at) == ("rosa@contoso.com", LATER)
    assert plain.steps == ()
    assert plain.incident.round == 1


def test_a_task_is_ticked_once_and_only_where_it_is() -> None:
    done = replace(incident(), tasks=(task("x", done_at=LATER, done_by="otto"),))
    with pytest.raises(Unfit, match="otto"):
        decisions.tick(playbook(), done, "reset-password:x", BY, LATER)
    with pytest.raises(LookupError):
        decisions.tick(playbook(), done, "reset-password:y", BY, LATER)


# Another alert


@pytest.mark.parametrize(
    ("seconds", "begins"), [(-1, False), (0, False), (1, True), (None, False)], ids=["before", "at", "after", "unknown"]
)
def test_only_activity_after_the_account_was_secured_begins_a_new_round(seconds: int | None, begins: bool) -> None:
    activity = None if seconds is None else SECURED + timedelta(seconds=seconds)
    decision = decisions.another_attack(playbook(), incident(), [alert(activity)])
    assert (decision is not None) is begins
    if decision:
        assert _evict() | {"revoke-sessions", "block-sign-in", "reset-password", "seal", "report"} <= _names(decision)
        assert not {name for name in _names(decision) if playbook()[name].declaration.stage is Stage.REVIEW}
        assert all(row.verified_at is None for row in decision.steps)


def test_an_alert_that_is_known_already_begins_nothing() -> None:
    again = alert(LATER)
    known = replace(incident(), alerts=(again,))
    assert decisions.another_attack(playbook(), known, [again]) is None


def test_an_incident_that_was_cancelled_comes_to_life_when_the_attacker_goes_on() -> None:
    stopped = _with(incident(), "seal", StepStatus.SKIPPED, skip=Skip.CANCELLED)
    stopped = replace(stopped, history=(history("cancel", SECURED),))
    assert decisions.another_attack(playbook(), stopped, [alert(OPENED)]) is None
    assert decisions.another_attack(playbook(), stopped, [alert(LATER)]) is not None


# The watch


def test_the_watch_looks_when_the_last_token_has_run_out_at_what_was_evicted_and_at_the_holds() -> None:
    assert watch_due_at(playbook(), incident(), TOKENS) == SECURED + TOKENS
    assert decisions.watch(playbook(), incident(), SECURED + TOKENS - timedelta(seconds=1), TOKENS) is None
    decision = decisions.watch(playbook(), incident(), SECURED + TOKENS, TOKENS)
    assert decision is not None
    directions = {row.name: row.direction for row in decision.steps}
    assert (directions["block-sign-in"], directions["remove-forwarding"]) == (Direction.LOOK, Direction.APPLY)
    assert {name for name in directions if directions[name] is Direction.LOOK} == _holds()
    assert {name for name in directions if directions[name] is Direction.APPLY} == _evict() - _holds()
    assert all(row.verified_at == SECURED for row in decision.steps)


def test_the_watch_takes_up_what_could_not_be_done_yet_as_it_was_decided() -> None:
    values = {"skip": Skip.NOT_YET, "decided": True, "approved": "the plan"}
    waits = _with(incident(), "unblock-sending", StepStatus.SKIPPED, **values)
    decision = decisions.watch(playbook(), waits, SECURED + TOKENS, TOKENS)
    assert decision is not None
    (row,) = [row for row in decision.steps if row.name == "unblock-sending"]
    assert (row.status, row.direction, row.skip) == (StepStatus.WAITING, Direction.APPLY, None)
    assert (row.decided, row.approved) == (True, "the plan")


def test_what_is_given_back_in_the_watch_is_not_what_the_attacker_brought_back() -> None:
    quiet = replace(incident(), history=(history("watch", SECURED + TOKENS, 2),))
    given_back = replace(quiet, changes=(*quiet.changes, change("unblock-sending", round=2)))
    assert watch_due_at(playbook(), given_back, TOKENS) is None


def test_the_watch_looks_again_only_where_something_had_come_back_and_twice_at_most() -> None:
    first = SECURED + TOKENS
    quiet = replace(incident(), history=(history("watch", first, 2),))
    assert watch_due_at(playbook(), quiet, TOKENS) is None

    brought_back = change("remove-forwarding", round=2)
    once = replace(quiet, changes=(*quiet.changes, brought_back))
    assert watch_due_at(playbook(), once, TOKENS) == first + TOKENS

    second = history("watch", first + TOKENS, 3)
    twice = replace(
        once, history=(*once.history, second), changes=(*once.changes, change("remove-forwarding", round=3))
    )
    assert watch_due_at(playbook(), twice, TOKENS) is None
    conclusion = decisions.conclude(playbook(), twice, LATER)
    assert conclusion is not None
    assert conclusion.tasks[0].secures
    assert decisions.conclude(playbook(), replace(twice, tasks=conclusion.tasks), LATER) is None


@pytest.mark.parametrize("status", [StepStatus.PLANNED, StepStatus.FAILED, StepStatus.AWAITING_APPROVAL])
def test_what_was_never_sealed_is_not_watched(status: StepStatus) -> None:
    assert watch_due_at(playbook(), incident(status), TOKENS) is None


def test_what_goes_on_in_the_background_holds_up_neither_the_watch_nor_a_release() -> None:
    searching = _with(incident(), "review-audit-log", StepStatus.WAITING, attempts=3)
    assert decisions.watch(playbook(), searching, SECURED + TOKENS, TOKENS) is not None
    released = _release(_watched(searching))
    assert ("review-audit-log", StepStatus.SKIPPED) in {(row.name, row.status) for row in released.steps}


# What is learned later


def _learned(snapshot: Snapshot, status: StepStatus = StepStatus.DONE) -> Snapshot:
    return _with(snapshot, "review-audit-log", status, look_again="It began earlier.")


def test_what_a_step_has_learned_lets_the_evict_steps_look_once_more() -> None:
    decision = decisions.conclude(playbook(), _learned(incident()), LATER)
    assert decision is not None
    assert (decision.event, decision.by.why, decision.round) == ("look-again", "It began earlier.", 2)
    assert _names(decision) == _evict() - _holds()
    assert all(row.verified_at == SECURED and row.direction is Direction.APPLY for row in decision.steps)


def test_they_look_once_more_once() -> None:
    looked = replace(_learned(incident()), history=(history("look-again", SECURED, 2),))
    assert decisions.conclude(playbook(), looked, LATER) is None


def test_they_do_not_look_while_something_is_at_work() -> None:
    learned = _learned(incident())
    assert decisions.conclude(playbook(), _with(learned, "report", StepStatus.RUNNING), LATER) is None
    assert decisions.conclude(playbook(), _learned(incident(), StepStatus.RUNNING), LATER) is None


@pytest.mark.parametrize("status", [StepStatus.PLANNED, StepStatus.FAILED, StepStatus.AWAITING_APPROVAL])
def test_what_has_changed_nothing_does_not_look_again(status: StepStatus) -> None:
    assert decisions.conclude(playbook(), _learned(incident(status)), LATER) is None


def test_what_is_put_back_is_not_looked_at_again() -> None:
    restored = _learned(incident(ends_as=Ending.RESTORED))
    failed = _with(restored, "block-sign-in", StepStatus.FAILED, direction=Direction.REVERT)
    assert decisions.conclude(playbook(), failed, LATER) is None


# The end


def test_a_restore_ends_the_incident_once_everything_is_back() -> None:
    back = {"direction": Direction.REVERT, "verified_at": SECURED}
    half = _with(incident(ends_as=Ending.RESTORED), "block-sign-in", StepStatus.REVERTED, **back)
    busy = _with(half, "remove-forwarding", StepStatus.RUNNING, **back)
    failed = _with(half, "remove-forwarding", StepStatus.FAILED, **back)
    through = _with(half, "remove-forwarding", StepStatus.REVERTED, **back)

    assert decisions.conclude(playbook(), busy, LATER) is None
    assert decisions.conclude(playbook(), failed, LATER) is None
    conclusion = decisions.conclude(playbook(), through, LATER)
    assert conclusion is not None
    assert conclusion.incident.ending is Ending.RESTORED
