"""``python -m local.host``: runs a function app until SIGTERM, with the documented behaviour of the Functions host."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn
from azure.storage.queue.aio import QueueServiceClient
from starlette.types import ASGIApp

from local.serving import Server

from .easy_auth import ENABLED, EasyAuth
from .faults import Fault
from .http import front
from .keys import Keys
from .queues import Listener
from .settings import HostSettings, host_settings
from .timers import Timer
from .worker import LoadError, Worker

_GRACE = 10.0  # seconds for what is running when the host is told to stop


def main() -> int:
    """Parse the arguments, serve, return the exit code."""
    options = _parser().parse_args()
    logging.basicConfig(
        level=os.environ.get("REGAIN_HOST_LOG_LEVEL", "INFO"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    if logging.getLogger().level > logging.DEBUG:
        for chatty in ("azure", "azure.functions", "azure_functions_runtime", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        asyncio.run(_serve(options))
    except LoadError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    root = options.root.resolve()
    settings, keys = host_settings(root), Keys.read(options.keys)
    if options.easy_auth:
        os.environ[ENABLED] = "True"
    worker = await Worker.load(root, options.group)
    async with AsyncExitStack() as exits:
        listeners = await _listeners(worker, settings, options.fault, exits)
        timers = [
            Timer(worker, function, settings.function_timeout)
            for function in worker.functions
            if function.kind == "timerTrigger"
        ]
        app: ASGIApp = front(worker, keys, settings.extensions.http.route_prefix, settings.function_timeout).app()
        if options.easy_auth:
            app = EasyAuth(app, *options.easy_auth)
        config = uvicorn.Config(app, lifespan="off", ws="none", log_level="warning", access_log=False)
        server = Server(config, "host", options.port)
        parts: list[Listener | Timer] = [*listeners, *timers]
        runs = [asyncio.create_task(part.run()) for part in parts]

        def stop() -> None:
            server.should_exit = True
            for part in parts:
                part.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        await server.run_until_told()
        stop()
        if runs:
            await asyncio.wait(runs, timeout=_GRACE)


async def _listeners(
    worker: Worker, settings: HostSettings, fault: Fault | None, exits: AsyncExitStack
) -> list[Listener]:
    by_connection = defaultdict(list)
    for function in worker.functions:
        if function.kind == "queueTrigger":
            by_connection[function.trigger["connection"]].append(function)
    listeners = []
    for connection, functions in by_connection.items():
        service = await exits.enter_async_context(QueueServiceClient.from_connection_string(os.environ[connection]))
        listeners += [
            Listener(worker, function, service, settings.extensions.queues, settings.function_timeout, fault)
            for function in functions
        ]
    await asyncio.gather(*(listener.prepare() for listener in listeners))
    return listeners


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.host", description="A local Azure Functions host.")
    parser.add_argument("--root", type=Path, default=Path(), help="where function_app.py and host.json are")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--keys", type=Path, required=True, help='{"master": key, "functions": {name: key}}')
    parser.add_argument(
        "--easy-auth", nargs=2, metavar=("ISSUER", "AUDIENCE"), help="verify who is signed in; without it nobody does"
    )
    parser.add_argument("--group", help="http or function:<name>: serve these alone, as an instance on Flex does")
    parser.add_argument("--fault", type=Fault.parse, help="before-return:<function> or after-return:<function>[:<n>]")
    return parser


if __name__ == "__main__":
    sys.exit(main())
