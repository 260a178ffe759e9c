"""``python -m local.simulator``: run the simulated tenant until SIGTERM.

The managed-identity endpoint expects the value of the environment variable IDENTITY_HEADER.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from local.simulator.grants import GRANTS, load_grants
from local.simulator.seeds import ACCOUNTS, read_seeds
from local.simulator.server import create_server
from local.simulator.simulation import Simulation
from local.simulator.tenant import Lag, Tenant
from local.simulator.tokens import Issuer


def main() -> int:
    """Parse the arguments, serve, return the exit code."""
    options = _parser().parse_args()
    header = os.environ.get("IDENTITY_HEADER")
    if not header:
        print("Set IDENTITY_HEADER to the value that callers will send as X-IDENTITY-HEADER.", file=sys.stderr)
        return 2
    least, most = options.lag
    lag = Lag(least, most, random.Random(options.seed))
    simulation = Simulation(
        tenant=Tenant(read_seeds(options.accounts), lag),
        grants=load_grants(options.grants),
        issuer=Issuer(header),
        lag=lag,
        latency=options.latency,
    )
    asyncio.run(_serve(simulation, options.port))
    return 0


async def _serve(simulation: Simulation, port: int) -> None:
    server = create_server(simulation, port)

    def stop() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await server.run_until_told()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.simulator", description="The simulated tenant.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--accounts", type=Path, default=ACCOUNTS, help="directory of seed files")
    parser.add_argument("--lag", type=_range, default=(0.5, 1.5), help="seconds until a write is seen, as 0.5-1.5 or 0")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--seed", type=int, default=None, help="of the random lag")
    parser.add_argument("--grants", type=Path, default=GRANTS, help="what the identity is granted")
    return parser


def _range(text: str) -> tuple[float, float]:
    least, _, most = text.partition("-")
    return float(least), float(most or least)


if __name__ == "__main__":
    sys.exit(main())
