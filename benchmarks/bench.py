"""Runs the benchmark and prints what it found. Nothing passes or fails: machines are noisy, so ratios are shown."""

import argparse
import asyncio
import json
from pathlib import Path

from rich.console import Console

from benchmarks.measure import measure
from benchmarks.screen import table


def main() -> int:
    """0. Raises ``KeyboardInterrupt``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How long taking an account back takes.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the numbers go too")
    options = parser.parse_args()
    console = Console()
    with console.status("") as status:
        results = asyncio.run(measure(status.update))
    console.print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    return 0
