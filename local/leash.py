"""``python leash.py PARENT COMMAND…``: becomes COMMAND, which the kernel kills as soon as PARENT is gone.

A parent that is killed cleans nothing up. Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere it just becomes COMMAND.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def leash(parent: int) -> None:
    """Puts this process on the leash."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("The parent is gone.")


def main(parent: int, command: list[str]) -> None:
    """Does not return."""
    leash(parent)
    os.execv(command[0], command)  # noqa: S606 - becoming another program is the purpose


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
