"""Hosts that stop or die: what is running ends, what is not deleted stays.

No other host may look at the queues meanwhile, so each test here has the only one.
"""

from pathlib import Path

import pytest

from tests.host.running import running, until


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
