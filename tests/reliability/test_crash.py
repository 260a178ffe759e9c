"""The worker dies right after one of its calls, and the incident ends as if it had not.

``make test`` takes a sample of the calls, where the other steps go on beside it. ``make faults`` takes them all, each
step put off until the others are done.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from local.everything import all_steps

from .crashes import Act, Crashed, Start, Undisturbed, crash, put_off
from .pool import Pool
from .scenarios import SCENARIOS

SAMPLE = 3  # of each scenario, and as many right after a change

type Points = list[tuple[Start, int]]


def every_call(pool: Pool, starts: list[Start], familiar: tuple[Act, ...]) -> Points:
    """Of the familiar acts, one call in three, another one in each step."""
    return [
        (start, after)
        for number, start in enumerate(pool.run(put_off, [(start,) for start in starts]))
        for after in range(1, start.calls + 1)
        if start.act not in familiar or (number + after) % 3 == 0
    ]


def some_calls(pool: Pool, starts: list[Start], familiar: tuple[Act, ...]) -> Points:
    """Evenly spread over all of them, and over those after which the tenant has changed and the journal not yet."""
    del pool, familiar
    calls = [(start, after) for start in starts for after in range(1, start.calls + 1)]
    changes = [(start, after) for start in starts for after in start.own_writes]
    return [*spread(calls), *spread(changes)]


def spread(points: Points) -> Points:
    return [points[len(points) * number // SAMPLE] for number in range(min(SAMPLE, len(points)))]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_promises_are_kept_where_nobody_disturbs(unharmed: Callable[[str], list[Undisturbed]], scenario: str) -> None:
    acts = unharmed(scenario)

    assert [act.broken for act in acts] == [()] * len(acts)
    assert [(act.end.messages, act.end.leases) for act in acts] == [(0, ())] * len(acts)
    assert acts[-1].end.statuses == {SCENARIOS[scenario].status}


def test_every_step_is_disturbed(unharmed: Callable[[str], list[Undisturbed]]) -> None:
    """Whatever steps there are: one that is added is covered."""
    begun = {start.step for act in unharmed("response") for start in act.starts}
    assert begun - {""} == set(all_steps())


@pytest.mark.parametrize("points", [some_calls, pytest.param(every_call, marks=pytest.mark.faults)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_incident_ends_the_same_after_whichever_call_its_worker_died(
    scenario: str,
    points: Callable[[Pool, list[Start], tuple[Act, ...]], Points],
    pool: Pool,
    unharmed: Callable[[str], list[Undisturbed]],
    crashed: list[Crashed],
) -> None:
    tried = SCENARIOS[scenario]
    starts = [start for act in unharmed(scenario)[tried.new :] for start in act.starts]

    tries = points(pool, starts, tried.familiar)
    seen = [replace(one, scenario=scenario) for one in pool.run(crash, tries)]
    crashed += seen

    assert sum(one.died for one in seen) > 0.75 * len(seen)
    assert [one.told for one in seen if not one.converged] == []
