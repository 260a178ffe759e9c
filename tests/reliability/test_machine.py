"""Whatever happens in whatever order, the promises hold: ``make test`` tries some stories, ``make faults`` many."""

from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.playbook.registry import Playbook

from .machine import STEPS, Machine
from .places import Places


def _stories(count: int, **more: Any) -> settings:
    slow: list[HealthCheck] = list(HealthCheck)
    return settings(max_examples=count, deadline=None, suppress_health_check=slow, print_blob=True, **more)


@pytest.mark.parametrize(
    "stories",
    [
        pytest.param(_stories(4, stateful_step_count=15, derandomize=True), id="some"),
        pytest.param(_stories(60, stateful_step_count=30), id="many", marks=pytest.mark.faults),
    ],
)
def test_the_promises_hold_whatever_happens(where: Places, stories: settings) -> None:
    playbook = Playbook(import_module(f"functions.steps.{name}").step for name in STEPS)

    class OfThisPlace(Machine):
        def __init__(self) -> None:
            super().__init__(where, playbook)

    run_state_machine_as_test(OfThisPlace, settings=stories)
