"""``python -m local.run MODULE …``: loads a command for a developer's terminal, and calls its ``main``.

Loading takes a second or two, in which nothing has been started yet: Ctrl-C then ends us at once, without a trace.
"""

import signal
import sys
from importlib import import_module

INTERRUPTED = 130  # the shell's exit status for what Ctrl-C has ended


def main(module: str) -> int:
    """What the command returns, 130 on Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    command = import_module(module)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return int(command.main())
    except KeyboardInterrupt:
        print("Stopped.")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv.pop(1)))
