"""``python -m local.setup STAMP``: make everything anew, then leave STAMP behind as the sign that it is all there.

This first stage runs on whichever Python 3.13 was found, so on the standard library alone: it makes the virtual
environment, and the second stage, ``local.setup.install``, runs inside it with a progress bar.
"""

import fcntl
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".local"
READY = STATE / "ready"
PYTHON = ROOT / ".venv" / "bin" / "python"


def main(stamp: str) -> None:
    """Raises ``subprocess.CalledProcessError`` where a stage failed; the stage has said why."""
    STATE.mkdir(exist_ok=True)
    with _alone():
        if READY.exists() and READY.read_text() == stamp:
            return
        READY.unlink(missing_ok=True)
        print("Making the virtual environment .venv", flush=True)
        venv.create(ROOT / ".venv", clear=True, symlinks=True, with_pip=True)
        _run(str(PYTHON), "-m", "pip", "install", "-qq", "--constraint", "requirements-dev.txt", "rich")
        _run(str(PYTHON), "-m", "local.run", "local.setup.install")
        READY.write_text(stamp)


@contextmanager
def _alone() -> Iterator[None]:
    """One setup at a time: whoever waited finds the work done."""
    with (STATE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(*command: str) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except subprocess.CalledProcessError:
        sys.exit("The setup did not finish. It starts afresh at the next try.")
    except KeyboardInterrupt:
        sys.exit(130)
