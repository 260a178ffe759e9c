"""The least time of a response, from what the steps wait for."""

from datetime import timedelta

import pytest

from benchmarks import ideal
from functions import wiring


@pytest.fixture(autouse=True)
def _a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook is read with the settings of a deployment."""
    monkeypatch.setenv("REGAIN_TENANT_ID", "any")


def test_a_message_waits_for_half_of_the_longest_pause_between_polls() -> None:
    assert ideal.mean_poll(timedelta(seconds=1)) == 0.5


def test_contained_is_triage_and_then_the_longest_containment_step() -> None:
    way = ideal.contained(wiring.playbook(), latency=0.2, poll=0.5)

    assert (way.steps, way.calls) == (("triage", "block-sign-in"), 4)
    assert way.seconds == pytest.approx(2 * 0.5 + 4 * 0.2)


def test_secured_takes_every_securing_step_along() -> None:
    way = ideal.secured(wiring.playbook(), latency=0.2, poll=0.5)

    assert way.steps[-1] == "seal"
    assert way.seconds == pytest.approx(len(way.steps) * 0.5 + way.calls * 0.2)


def test_a_way_that_waits_longer_for_polls_can_be_the_longest() -> None:
    few_calls_many_hops = ideal.secured(wiring.playbook(), latency=0.0, poll=1.0)

    assert few_calls_many_hops.seconds == len(few_calls_many_hops.steps) == 4
