"""Queue triggers, end to end: what arrives, what comes back, what is poisoned."""

from base64 import b64encode

import pytest

from tests.host.running import Running, until


async def test_a_message_arrives_once_and_is_deleted(host: Running) -> None:
    await host.send("plain", "hello")
    await until(lambda: bool(host.noted("plain")))
    note = host.noted("plain")[0]

    assert note["body"] == "hello"
    assert note["count"] == 1
    assert note["id"]
    assert note["inserted"]
    await until(lambda: host.empty("plain"))
    assert len(host.noted("plain")) == 1


async def test_a_message_that_always_fails_is_poisoned_after_max_dequeue_count(host: Running) -> None:
    await host.send("always-fails", "again and again")
    await until(lambda: host.holds("always-fails-poison", b64encode(b"again and again").decode()))
    await until(lambda: host.empty("always-fails"))

    assert [note["count"] for note in host.noted("always_fails")] == [1, 2, 3]


@pytest.mark.parametrize("body", ["not base64!", "bm8gcGFkZGluZw", "w/8="])
async def test_a_message_that_is_no_base64_text_is_poisoned_at_once(host: Running, body: str) -> None:
    before = len(host.noted("plain"))
    await host.send("plain", body, encoded=False)
    await until(lambda: host.holds("plain-poison", body))

    assert len(host.noted("plain")) == before


async def test_an_output_is_written_when_the_function_has_returned(host: Running) -> None:
    await host.send("relay", "this")
    await until(lambda: host.holds("relayed", b64encode(b"relayed this").decode()))


async def test_no_more_run_at_once_than_batch_and_threshold_allow(host: Running) -> None:
    """A batch of two, and a new one as soon as no more than one is running: three at most."""
    for _ in range(6):
        await host.send("slow", "0.4")
    await until(lambda: len(host.noted("slow")) == 12, 30)
    at_once, most = 0, 0
    for note in host.noted("slow"):
        at_once += 1 if note["at"] == "start" else -1
        most = max(most, at_once)
    assert 2 <= most <= 3
