"""``python -m benchmarks [--json FILE]``."""

import sys

from local.run import main

if __name__ == "__main__":
    sys.exit(main("benchmarks.bench"))
