"""A worker stands still in the middle of a change until the step is another's, and goes on: nothing of it lands.

``make test`` lets it stand still before each of its writes, ``make faults`` at every moment of them.
"""

from collections.abc import Callable
from itertools import product

import pytest

from shared.playbook.declaration import Reversible

from .crashes import Kind, Start, Undisturbed
from .pool import Pool, all_steps, steps_that_run
from .zombies import Later, Moment, Zombie, cancelled, restored, taken_over, zombie

LATERS: tuple[Later, ...] = (taken_over, cancelled, restored)
DIRECTIONS = {"apply": ("response", (0, 1)), "revert": ("restored", (2,))}
AFTER_THE_MARK = (Moment.NOT_SENT,)

type Unharmed = Callable[[str], list[Undisturbed]]
type Point = tuple[Start, str, int]


def points(act: Undisturbed) -> list[Point]:
    """Every write of every step, from where the step begins for the last time before it makes them."""
    starts = {start.name.partition(",")[0]: start for start in act.starts if start.kind is Kind.STEP and own(start)}
    return [(start, step, number) for step, start in starts.items() for number in range(1, own(start) + 1)]


def own(start: Start) -> int:
    """How many of the writes from there on are the step's own."""
    step = start.name.partition(",")[0]
    return sum(times for one, times in start.writes.items() if one.startswith(f"{step}: "))


def test_every_step_that_changes_something_is_stopped_in_the_middle_of_it(unharmed: Unharmed) -> None:
    """In both directions; whatever steps there are: one that is added is covered."""
    stopped = {
        name: {step for act in acts for _, step, _ in points(unharmed(story)[act])}
        for name, (story, acts) in DIRECTIONS.items()
    }
    declared = {name: all_steps()[name].declaration for name in steps_that_run()}
    changing = {name: one for name, one in declared.items() if one.changes}

    assert stopped["apply"] == changing.keys()
    assert stopped["revert"] == {name for name, one in changing.items() if one.reversible is not Reversible.NO}


@pytest.mark.parametrize("moments", [AFTER_THE_MARK, pytest.param(tuple(Moment), marks=pytest.mark.faults)])
@pytest.mark.parametrize("later", LATERS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nothing_lands_of_a_worker_that_goes_on_after_its_step_is_anothers(
    direction: str, later: Later, moments: tuple[Moment, ...], pool: Pool, unharmed: Unharmed
) -> None:
    story, numbers = DIRECTIONS[direction]
    acts = [unharmed(story)[number] for number in numbers]
    tries = [(act, *point, moment) for act in acts for point, moment in product(points(act), moments)]

    seen = pool.run(zombie, [(*one, later, act.since) for act, *one in tries])

    told = {f"{step}, {nth}, {moment}": one for (_, _, step, nth, moment), one in zip(tries, seen, strict=True)}
    ends = dict(zip(told, (act for act, *_ in tries), strict=True))
    assert told
    assert [name for name, one in told.items() if not one.reached] == []
    assert {name: one.sent for name, one in told.items() if one.sent} == {}
    assert {name: one.landed for name, one in told.items() if one.landed} == {}
    assert {name: wrong for name, one in told.items() if (wrong := wrong_end(one, later, ends[name]))} == {}


def wrong_end(one: Zombie, later: Later, act: Undisturbed) -> object:
    """How an incident did not end as whoever came later had to leave it."""
    if later is taken_over:
        return act.end.differs(one.end) or one.end.leases
    return one.end.statuses - {later.__name__}
