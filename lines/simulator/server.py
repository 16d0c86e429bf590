"""Running the network: in the foreground for a process of its own, in a thread for tests."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn

from lines.simulator.app import make_app
from lines.simulator.network import Network

START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """A network that answers at `url`; its lines live below `url/line1`, `url/line2`, …"""

    url: str
    network: Network

    def line_url(self, name: str = "line1") -> str:
        return f"{self.url}/{name}"


def serve(network: Network, host: str, port: int) -> None:
    """Until a signal ends the process. Raises OSError when the port is taken."""
    with _listener(host, port) as listener:
        uvicorn.Server(_config(network)).run(sockets=[listener])


@contextlib.contextmanager
def running(network: Network, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """The network in a thread of this process, up before the body and gone after it.

    The network belongs to that thread: talk to it over `url`, look at it only while it is idle.
    """
    with _listener(host, port) as listener:
        server = _Threaded(_config(network))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="phone-network")
        thread.start()
        try:
            if not server.up.wait(START_SECONDS) or not server.started:
                raise RuntimeError("the phone network did not start")
            yield Running(f"http://{host}:{listener.getsockname()[1]}", network)
        finally:
            server.should_exit = True
            thread.join()


class _Threaded(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals belong to the main thread


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio turns Nagle off
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _config(network: Network) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(network),
        loop="asyncio",
        http="h11",  # the faults reach through it to the connection
        ws="none",
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
    )
