"""A worker stands still in the middle of a change until the step is another's, and goes on: nothing of it lands.

``make test`` lets it stand still before each of its writes, ``make faults`` at every moment of them.
"""

from collections.abc import Callable

import pytest

from local.everything import all_steps
from shared.playbook.declaration import Reversible

from .crashes import Start, Undisturbed, put_off
from .ending import Ending
from .pool import Pool
from .zombies import Later, Moment, Zombie, cancelled, restored, taken_over, zombie

LATERS: tuple[Later, ...] = (taken_over, cancelled, restored)
DIRECTIONS = {"apply": ("response", (0, 1)), "revert": ("restored", (2,))}
AFTER_THE_MARK = (Moment.NOT_SENT,)

type Unharmed = Callable[[str], list[Undisturbed]]


def writing(acts: list[Undisturbed]) -> list[Start]:
    """Of every act and every step that writes: where the step begins for the last time before it does."""
    return [start for act in acts for start in {one.step: one for one in act.starts if one.step and own(one)}.values()]


def own(start: Start) -> int:
    """How many of the writes from there on are the step's own."""
    return sum(times for one, times in start.writes.items() if one.startswith(f"{start.step}: "))


def test_every_step_that_changes_something_is_stopped_in_the_middle_of_it(unharmed: Unharmed) -> None:
    """In both directions; whatever steps there are: one that is added is covered."""
    stopped = {
        name: {start.step for start in writing([unharmed(story)[act] for act in acts])}
        for name, (story, acts) in DIRECTIONS.items()
    }
    declared = {name: step.declaration for name, step in all_steps().items()}
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
    starts = pool.run(put_off, [(start,) for start in writing([unharmed(story)[number] for number in numbers])])
    tries = [(start, nth, moment) for start in starts for nth in range(1, own(start) + 1) for moment in moments]

    seen = pool.run(zombie, [(*one, later) for one in tries])

    told = {f"{start}, {nth}, {moment}": one for (start, nth, moment), one in zip(tries, seen, strict=True)}
    ends = {f"{start}, {nth}, {moment}": start.end for start, nth, moment in tries}
    assert told
    assert [name for name, one in told.items() if not one.reached] == []
    assert {name: one.sent for name, one in told.items() if one.sent} == {}
    assert {name: one.landed for name, one in told.items() if one.landed} == {}
    assert {name: wrong for name, one in told.items() if (wrong := wrong_end(one, later, ends[name]))} == {}


def wrong_end(one: Zombie, later: Later, end: Ending) -> object:
    """How an incident did not end as whoever came later had to leave it."""
    if later is taken_over:
        return end.differs(one.end) or one.end.leases
    return one.end.statuses - {later.__name__}
