"""Whatever happens in whatever order, the promises hold: ``make test`` tries some stories, ``make faults`` many."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from local.everything import all_steps
from shared.playbook.registry import Playbook

from .machine import COLLECTORS, Machine
from .people import DECISIONS
from .places import Places

# One hold, one that evicts, three that cannot be put back, and the seal after all that it waits for.
FEW = (
    "triage",
    "revoke_sessions",
    "block_sign_in",
    "reset_password",
    "remove_forwarding",
    "review_sign_ins",
    "disable_devices",
    "remove_mfa_methods",
    "remove_oauth_grants",
    "seal",
)


def few_steps() -> Playbook:
    return Playbook(import_module(f"functions.steps.{name}").step for name in FEW)


def _stories(count: int, steps: int, **more: Any) -> settings:
    slow: list[HealthCheck] = list(HealthCheck)
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=slow,
        print_blob=True,
        **more,
    )


@pytest.mark.parametrize(
    ("playbook", "stories"),
    [
        pytest.param(
            few_steps, _stories(4, 15, derandomize=True, phases=[Phase.generate]), id="few steps, some stories"
        ),
        pytest.param(few_steps, _stories(50, 30), id="few steps, many", marks=pytest.mark.faults),
        pytest.param(all_steps, _stories(12, 25), id="all steps, many", marks=pytest.mark.faults),
    ],
)
def test_the_promises_hold_whatever_happens(where: Places, playbook: Callable[[], Playbook], stories: settings) -> None:
    class OfThisPlace(Machine):
        def __init__(self) -> None:
            super().__init__(where, playbook())

    run_state_machine_as_test(OfThisPlace, settings=stories)


# Stories that chance would seldom tell


def _two_workers_have_the_same_messages(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    for _ in range(4):
        one.messages_are_delivered_side_by_side_and_each_twice(count=6, first=0)


def _workers_die_as_their_changes_arrive(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    one.messages_are_delivered(count=1, first=0)
    for step in range(5):
        one.a_worker_dies_as_its_change_arrives(first=step)
    one.everything_comes_to_rest()


def _two_alerts_are_looked_at_at_the_same_moment(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    one.an_alert_comes_in(later=False, report_only=False)
    one.messages_are_delivered_side_by_side_and_each_twice(count=2, first=0)


def _what_is_approved_was_shown_before_the_attacker_came_back(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=True)
    one.everything_comes_to_rest()
    one.somebody_approves(which=0, what="approve what was shown before")
    one.somebody_looks_at_the_plan(which=0)
    one.the_attacker_forwards_the_mail_again(to=COLLECTORS[1])
    one.somebody_approves(which=0, what="approve what was shown before")
    one.everything_comes_to_rest()
    one.somebody_approves(which=0, what="approve what was shown before")


def _the_account_is_protected_in_mid_chain_and_then_restored(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=True, report_only=False)
    one.messages_are_delivered(count=3, first=2)
    one.the_account_becomes_protected_or_not(protected=True)
    one.everything_comes_to_rest()
    one.somebody_approves(which=0, what="approve")
    one.everything_comes_to_rest()
    one.somebody_decides(which=0, what="restore", task=0)
    one.everything_comes_to_rest()


def _the_switch_stops_what_has_begun(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    one.messages_are_delivered(count=2, first=0)
    one.the_switch_is_turned(on=False)
    one.everything_comes_to_rest()


def _messages_are_lost(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    one.a_message_is_lost(first=0)
    one.everything_comes_to_rest()


def _who_decides_after_the_end_is_refused(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    one.everything_comes_to_rest()
    one.somebody_decides(which=0, what="close", task=0)
    for what in DECISIONS:
        one.somebody_decides(which=0, what=what, task=0)


def _two_incidents_follow_each_other(one: Machine) -> None:
    one.the_first_alert_comes_in(asks=False, report_only=False)
    one.everything_comes_to_rest()
    one.somebody_decides(which=0, what="restore", task=0)
    one.everything_comes_to_rest()
    one.an_alert_comes_in(later=True, report_only=False)
    one.everything_comes_to_rest()


@pytest.mark.parametrize(
    "story",
    [
        _two_workers_have_the_same_messages,
        _workers_die_as_their_changes_arrive,
        _two_alerts_are_looked_at_at_the_same_moment,
        _what_is_approved_was_shown_before_the_attacker_came_back,
        _the_account_is_protected_in_mid_chain_and_then_restored,
        _the_switch_stops_what_has_begun,
        _messages_are_lost,
        _who_decides_after_the_end_is_refused,
        _two_incidents_follow_each_other,
    ],
    ids=lambda story: story.__name__.strip("_"),
)
def test_the_promises_hold(where: Places, story: Callable[[Machine], None]) -> None:
    machine = Machine(where, few_steps())
    try:
        story(machine)
    finally:
        machine.teardown()
