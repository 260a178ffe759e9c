"""Whatever happens in whatever order, the promises hold: ``make test`` tries some stories, ``make faults`` many."""

from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.playbook.registry import Playbook

from .machine import Machine
from .places import Places
from .pool import all_steps

# One hold, one that evicts, three that cannot be put back, and the seal after all that it waits for.
FEW = ("triage", "revoke_sessions", "block_sign_in", "reset_password", "remove_forwarding", "disable_devices", "seal")


def few_steps() -> Playbook:
    return Playbook(import_module(f"functions.steps.{name}").step for name in FEW)


def _stories(count: int, steps: int, **more: Any) -> settings:
    slow: list[HealthCheck] = list(HealthCheck)
    phases = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=slow,
        phases=phases,
        print_blob=True,
        **more,
    )


@pytest.mark.parametrize(
    ("playbook", "stories"),
    [
        pytest.param(few_steps, _stories(6, 15, derandomize=True), id="few steps, some stories"),
        pytest.param(few_steps, _stories(80, 30), id="few steps, many stories", marks=pytest.mark.faults),
        pytest.param(all_steps, _stories(15, 25), id="all steps, many stories", marks=pytest.mark.faults),
    ],
)
def test_the_promises_hold_whatever_happens(where: Places, playbook: Any, stories: settings) -> None:
    class OfThisPlace(Machine):
        def __init__(self) -> None:
            super().__init__(where, playbook())

    run_state_machine_as_test(OfThisPlace, settings=stories)
