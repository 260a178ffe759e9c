"""Trouble that passes is waited out while that is short, and comes back later where it is long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.playbook.patience import Later, comes_back_in, jittered, patiently
from shared.tenant.errors import Denied, NotFound, Permanent, TenantError, Throttled, Transient


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been slept, one entry a wait: nobody sleeps here."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("shared.playbook.patience.sleep", sleep)
    return slept


class Tenant:
    """Answers with each of its troubles in turn, then with "done"."""

    def __init__(self, *troubles: TenantError) -> None:
        self._troubles = list(troubles)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self._troubles:
            raise self._troubles.pop(0)
        return "done"


async def test_what_works_is_asked_once(slept: list[float]) -> None:
    tenant = Tenant()
    assert await patiently(tenant) == "done"
    assert (tenant.calls, slept) == (1, [])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", [Transient, Throttled])
async def test_passing_trouble_is_waited_out_with_growing_pauses(
    slept: list[float], kind: type[TenantError], count: int
) -> None:
    tenant = Tenant(*(kind("busy") for _ in range(count)))

    assert await patiently(tenant) == "done"

    assert tenant.calls == count + 1
    expected = [0.5, 1.0, 2.0, 4.0][:count]
    assert all(0.8 * pause <= wait <= 1.2 * pause for pause, wait in zip(expected, slept, strict=True))


async def test_trouble_that_lasts_is_for_later_and_says_why(slept: list[float]) -> None:
    tenant = Tenant(*(Transient("Graph answered 503.") for _ in range(9)))
    with pytest.raises(Later, match=r"Graph answered 503\.") as later:
        await patiently(tenant)
    assert later.value.wait is None
    assert (tenant.calls, len(slept)) == (5, 4)


async def test_a_short_time_that_the_tenant_names_is_kept_to_the_second(slept: list[float]) -> None:
    assert await patiently(Tenant(Throttled("busy", 3.25), Throttled("busy", 8.0))) == "done"
    assert slept == [3.25, 8.0]


async def test_a_long_time_that_the_tenant_names_is_for_later_at_once(slept: list[float]) -> None:
    tenant = Tenant(Throttled("busy", 8.5))
    with pytest.raises(Later) as later:
        await patiently(tenant)
    assert (later.value.wait, tenant.calls, slept) == (8.5, 1, [])


async def test_a_time_that_is_named_at_the_last_try_is_handed_on(slept: list[float]) -> None:
    tenant = Tenant(*(Transient("t") for _ in range(4)), Throttled("busy", 2.0))
    with pytest.raises(Later) as later:
        await patiently(tenant)
    assert later.value.wait == 2.0


@pytest.mark.parametrize(
    "error", [Permanent("no"), NotFound("gone"), Denied("no", "a role")], ids=lambda e: str(type(e))
)
async def test_what_will_not_pass_is_not_asked_again(slept: list[float], error: TenantError) -> None:
    tenant = Tenant(error)
    with pytest.raises(type(error)):
        await patiently(tenant)
    assert (tenant.calls, slept) == (1, [])


@given(st.integers(1, 500), st.none() | st.floats(0, 86400))
def test_a_step_comes_back_ever_later_and_never_before_it_was_told(attempts: int, wait: float | None) -> None:
    back = comes_back_in(Later("busy", wait), attempts)
    backoff = min(15 * 2 ** (attempts - 1), 300)

    assert back >= timedelta(seconds=wait or 0)
    assert back >= timedelta(seconds=0.8 * backoff)
    assert back <= timedelta(seconds=max(1.2 * backoff, wait or 0))


@given(st.floats(0, 1e6))
def test_a_pause_is_spread_by_a_fifth(seconds: float) -> None:
    assert 0.8 * seconds <= jittered(seconds) <= 1.2 * seconds


def test_those_who_wait_do_not_all_come_back_at_once() -> None:
    assert len({jittered(1.0) for _ in range(100)}) > 90
