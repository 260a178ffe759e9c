"""Plans of every size around a transaction's 100 rows: carried out, put back, and crashed between their batches."""

from dataclasses import replace

import pytest

from .crashes import Crashed
from .plans import carried
from .pool import Pool

SIZES = (0, 1, 99, 100, 101, 250)


@pytest.mark.parametrize(
    ("size", "every"),
    [(size, False) for size in (0, 1, 101)] + [pytest.param(size, True, marks=pytest.mark.faults) for size in SIZES],
)
def test_a_plan_of_any_size_is_carried_out_and_put_back(
    size: int, every: bool, pool: Pool, crashed: list[Crashed]
) -> None:
    (seen,) = pool.run(carried, [(size, every)])
    crashed += [replace(one, scenario=f"plan of {size}") for one in seen.crashed]

    assert seen.blocked == (size, 0)
    assert seen.broken == ()
    assert bool(seen.crashed) == (size > 98)  # of fewer changes all are written at once, with their step's row
    assert [one.told for one in seen.crashed if not one.converged] == []
