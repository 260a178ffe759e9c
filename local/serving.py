"""An HTTP server on loopback that says where it listens once it does, and leaves signals to its process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn


class Server(uvicorn.Server):
    """Prints ``<name> ready http://127.0.0.1:<port>`` on standard output."""

    def __init__(self, config: uvicorn.Config, name: str, port: int) -> None:
        """``port`` 0: any free one. The port is taken at once, it listens with ``run_until_told``."""
        super().__init__(config)
        self._name = name
        self._listener = _bound(port)

    async def run_until_told(self) -> None:
        """Serves until ``should_exit`` is set."""
        await self.serve(sockets=[self._listener])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"{self._name} ready http://127.0.0.1:{self._listener.getsockname()[1]}", flush=True)


def _bound(port: int) -> socket.socket:
    # Without the protocol number asyncio leaves Nagle on, and each answer waits 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener
