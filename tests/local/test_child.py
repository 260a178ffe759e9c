"""A child process of the stack: ready or an error, and never left behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from local.child import ROOT, Child, NotReady
from tests.local.processes import DEADLINE, descendants, gone

PYTHON = sys.executable
FOREVER = "import signal; print('ready', {}, flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FOREVER


async def python(tmp_path: Path, code: str, **environment: str) -> Child:
    return await Child.start(PYTHON, "-c", code, ready=r"ready (.*)\n", log=tmp_path / "a.log", environment=environment)


async def test_it_is_ready_once_it_says_so_and_tells_what_it_said(tmp_path: Path) -> None:
    child = await python(tmp_path, FOREVER.format("1, 2"))
    assert child.ready == ("1 2",)
    await child.stop()
    await gone({child.pid})


async def test_one_that_ends_before_is_an_error_that_holds_its_log(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"(?s)a ended with 3.*no such tenant"):
        await python(tmp_path, "import sys; print('no such tenant', file=sys.stderr); sys.exit(3)")


async def test_one_that_never_says_so_is_an_error_and_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.child.READY_WITHIN", 0.3)
    before = descendants(os.getpid())
    with pytest.raises(NotReady, match="a was not ready"):
        await python(tmp_path, "import signal; signal.pause()")
    assert descendants(os.getpid()) <= before


async def test_what_an_earlier_one_wrote_to_the_log_does_not_make_it_ready(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("ready long ago\n")
    child = await python(tmp_path, FOREVER.format("'now'"))
    assert child.ready == ("now",)
    assert (tmp_path / "a.log").read_text() == "ready long ago\nready now\n"
    await child.kill()


async def test_it_gets_no_setting_of_ours_but_those_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGAIN_MODE", "enforce")
    child = await python(tmp_path, f"import os; {FOREVER.format('sorted(os.environ)')}", REGAIN_TENANT_ID="1")
    names = child.ready[0]
    assert "REGAIN_TENANT_ID" in names
    assert "REGAIN_MODE" not in names
    await child.kill()


async def test_one_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.child.ENDED_WITHIN", 0.2)
    child = await python(tmp_path, STUBBORN.format("1"))
    await child.stop()
    await gone({child.pid})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
async def test_it_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio
from pathlib import Path
from local.child import Child

async def main() -> None:
    await Child.start({PYTHON!r}, "-c", {STUBBORN.format(1)!r}, ready="ready", log=Path({str(tmp_path / "a.log")!r}))
    print("started", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(PYTHON, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    assert await asyncio.wait_for(parent.stdout.readline(), DEADLINE) == b"started\n"
    children = descendants(parent.pid)
    assert children
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await gone(children)
