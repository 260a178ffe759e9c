"""The command line: ready line, lag, latency, end."""

import time

import httpx
import pytest

from local.simulator.records import Record
from tests.simulator.client import TAKEN_OVER, Client
from tests.simulator.process import started

DEADLINE = 5
USER = f"/v1.0/users/{TAKEN_OVER}"
READ = f"{USER}?$select=accountEnabled"


async def test_it_says_where_it_listens_and_ends_with_zero() -> None:
    async with started() as (process, url):
        async with httpx.AsyncClient(base_url=url, verify=False) as http:  # noqa: S501 - plain HTTP
            assert (await http.get("/_simulator/calls")).json() == []
        process.terminate()
        assert await process.wait() == 0


async def test_a_write_is_true_at_once_and_seen_after_the_lag() -> None:
    async with (
        started("--lag", "0.4-0.6", "--latency", "0.02", "--seed", "1") as (_, url),
        httpx.AsyncClient(base_url=url, verify=False) as http,  # noqa: S501 - plain HTTP
    ):
        simulator = Client(http)
        await simulator.token("https://graph.microsoft.com")
        before = time.monotonic()
        assert (await simulator.graph("PATCH", USER, {"accountEnabled": False})).status_code == 204
        after = time.monotonic()
        assert after - before >= 0.02
        assert (await simulator.truth(TAKEN_OVER))["user"]["accountEnabled"] is False
        assert (await simulator.graph("GET", READ)).json()["accountEnabled"] is True
        while (await simulator.graph("GET", READ)).json()["accountEnabled"]:
            assert time.monotonic() - after < DEADLINE, "the write never became visible"
        assert time.monotonic() - before >= 0.4


def test_a_later_write_is_never_seen_before_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("local.simulator.records.time.monotonic", lambda: clock[0])
    record = Record({"a": 0, "b": 0})
    record.write({"a": 1, "b": 1}, lag=5)
    record.write({"a": 2}, lag=1)
    seen = []
    for clock[0] in (2.0, 5.0):
        seen.append(dict(record.seen))
    assert seen == [{"a": 0, "b": 0}, {"a": 2, "b": 1}]
    assert record.truth == {"a": 2, "b": 1}
