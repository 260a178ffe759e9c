"""Queue triggers, end to end: what arrives, what comes back, what is poisoned, what a dead host leaves behind."""

from base64 import b64encode
from pathlib import Path

import pytest

from tests.host.running import Running, running, until


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


async def test_a_host_that_is_told_to_stop_lets_what_is_running_end(storage: str, tmp_path: Path) -> None:
    async with running(tmp_path, storage) as host:
        await host.send("slow", "1")
        await until(lambda: len(host.noted("slow")) == 1)
        await host.child.stop()
        assert [note["at"] for note in host.noted("slow")] == ["start", "end"]
        assert await host.length("slow") == 0


@pytest.mark.parametrize(("fault", "ran"), [("after-return:plain", True), ("before-return:slow", False)])
async def test_a_host_that_dies_leaves_its_message_hidden(storage: str, tmp_path: Path, fault: str, ran: bool) -> None:
    queue = fault.partition(":")[2]
    async with running(tmp_path, storage, "--fault", fault) as host:
        await host.send(queue, "60")
        await until(lambda: host.child.ended)

        assert bool(host.noted("plain")) is ran
        assert await host.length(queue) == 1
        assert await host.waiting(queue) == []
        await host.queues.get_queue_client(queue).clear_messages()
