"""Trouble of every kind, at every step: what comes of it stands in docs/reliability.md.

``make test`` takes a sample, ``make faults`` all of it, and writes the table on the page anew.
"""

from collections.abc import Callable

import pytest

from .crashes import Undisturbed, put_off
from .faults import FAULTS, THIN, Outcome, Suffered, suffer
from .pool import Pool
from .table import PAGE, page_with

SAMPLE = 8


def sample() -> list[tuple[str, int]]:
    """Every so many faults, each at another step."""
    return [(fault, number) for number, fault in enumerate(FAULTS) if number % (len(FAULTS) // SAMPLE) == 0]


def test_a_sample_of_the_faults(pool: Pool, unharmed: Callable[[str], list[Undisturbed]]) -> None:
    run = unharmed("response")[0]
    starts = [start for start in run.starts if start.step]
    tries = [(fault, starts[number % len(starts)]) for fault, number in sample()]

    _kept(pool.run(suffer, tries))


@pytest.mark.parametrize("fault", ["connection reset", "answer lost"])
def test_a_dropped_connection_to_storage_does_not_cost_a_lease(
    fault: str, pool: Pool, unharmed: Callable[[str], list[Undisturbed]]
) -> None:
    run = unharmed("response")[0]
    start = next(start for start in run.starts if start.step == "block-sign-in")

    (seen,) = pool.run(suffer, [(f"storage: {fault} at each call, once", start)])

    assert (seen.outcome, seen.problems) == (Outcome.COMPLETED, ())


def test_the_page_tells_of_every_fault() -> None:
    page = PAGE.read_text()
    assert [fault for fault in FAULTS if f"| {fault} " not in page] == [], "run `make faults`"


@pytest.mark.faults
def test_every_fault_at_every_step(pool: Pool, unharmed: Callable[[str], list[Undisturbed]]) -> None:
    run = unharmed("response")[0]
    starts = pool.run(put_off, [(start,) for start in run.starts if start.step])
    tries = [
        (fault, start)
        for row, fault in enumerate(FAULTS)
        for column, start in enumerate(starts)
        if not THIN.search(fault) or (row + column) % 3 == 0
    ]

    seen = pool.run(suffer, tries)

    _kept(seen)
    PAGE.write_text(page_with(seen, PAGE.read_text()))


def _kept(seen: list[Suffered]) -> None:
    assert [one for one in seen if one.problems] == []
    assert [one for one in seen if one.outcome is Outcome.FAILED and not one.reason] == []
