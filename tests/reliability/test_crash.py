"""The worker dies right after one of its calls, and the incident ends as if it had not.

``make test`` takes a sample of the calls, spread over all steps; ``make faults`` takes them all.
"""

from collections.abc import Callable, Iterable

import pytest

from functions import wiring
from shared.playbook.registry import Playbook

from .clock import Clock, run
from .crashes import Crashed, Start, Undisturbed, crash
from .places import Places
from .scenarios import SCENARIOS
from .world import world

STEPS = [module.step.declaration.name for module in wiring.modules("steps")]
SAMPLE = 3  # calls of each step, of each round


def every_call(start: Start) -> Iterable[int]:
    return range(1, start.calls + 1)


def some_calls(start: Start) -> Iterable[int]:
    """Evenly spread, from a place that differs from step to step."""
    first = STEPS.index(start.step)
    return sorted({1 + (first + number * start.calls // SAMPLE) % start.calls for number in range(SAMPLE)})


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_step_has_a_start_and_keeps_its_promises_where_nobody_disturbs_it(
    unharmed: Callable[[str], Undisturbed], scenario: str
) -> None:
    run = unharmed(scenario)

    assert {start.step for start in run.starts} == set(STEPS)
    assert run.broken == ()
    assert [(end.messages, end.leases) for end in run.ends] == [(0, ())] * len(run.ends)


@pytest.mark.parametrize("points", [some_calls, pytest.param(every_call, marks=pytest.mark.faults)])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_incident_ends_the_same_after_whichever_call_its_worker_died(
    scenario: str,
    step: str,
    points: Callable[[Start], Iterable[int]],
    where: Places,
    playbook: Playbook,
    unharmed: Callable[[str], Undisturbed],
    crashed: list[Crashed],
) -> None:
    clock, undisturbed = Clock(), unharmed(scenario)

    async def go() -> list[Crashed]:
        async with world(where, clock, playbook) as here:
            return [
                await crash(here, undisturbed, start, after)
                for start in undisturbed.starts
                if start.step == step
                for after in points(start)
            ]

    seen = [one.of(scenario) for one in run(clock, go())]
    crashed += seen

    assert seen
    assert [one.told for one in seen if not one.converged] == []
