"""Connections to gateways: guarded addresses, and one deadline over every wait of a request.

A server that drips a byte a minute cannot hold a thread, and nothing is written once the deadline
has passed. The clock counts time asleep too: a suspended virtual machine that wakes up late must
not finish a request that others have already given up on.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Final

import httpcore

from lines.gateways.http.guard import Network, resolve

CONNECT_SECONDS: Final = 5.0

# Node closes idle connections after 5 s. Reusing one it is just closing would turn a send into
# "outcome unknown" for nothing, so we let go first.
KEEP_ALIVE_SECONDS: Final = 4.0

_deadline: ContextVar[float] = ContextVar("deadline")
_pools: dict[tuple[bytes, bytes, tuple[Network, ...]], httpcore.ConnectionPool] = {}
_pools_lock = threading.Lock()


def now() -> float:
    """Seconds of a clock that also runs while the machine sleeps, where there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@contextlib.contextmanager
def until(deadline: float) -> Iterator[None]:
    """Every wait on a connection inside ends at `deadline` (see `now`)."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def pool(scheme: bytes, netloc: bytes, allowed: tuple[Network, ...], certificates: ssl.SSLContext) -> httpcore.ConnectionPool:
    """One pool per server and allowlist, kept alive and shared by all threads."""
    key = (scheme, netloc, allowed)
    with _pools_lock:
        if key not in _pools:
            _pools[key] = httpcore.ConnectionPool(
                ssl_context=certificates,
                max_connections=100,
                max_keepalive_connections=20,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
                network_backend=GuardedBackend(allowed),
            )
        return _pools[key]


def close_all() -> None:
    """Close what is kept alive; the next request connects again."""
    with _pools_lock:
        while _pools:
            _pools.popitem()[1].close()


def _forget_connections() -> None:
    """A forked worker must not share sockets, or a lock held elsewhere, with its parent."""
    global _pools_lock
    _pools_lock = threading.Lock()
    _pools.clear()


os.register_at_fork(after_in_child=_forget_connections)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only; AddressRefused passes through it."""

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        self._allowed = allowed
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = resolve(host, port, self._allowed)
        except OSError as error:
            raise httpcore.ConnectError(error.strerror or "unknown host") from None
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses:
            try:
                return _TimedStream(self._sockets.connect_tcp(address, port, _left(timeout), local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends with the request's deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, late: type[httpcore.TimeoutException] = httpcore.ConnectTimeout) -> float:
    """Seconds this wait may take; raises `late` when the request's deadline has passed."""
    left = _deadline.get() - now()
    if left <= 0:
        raise late("the time for the request is over")
    return left if timeout is None else min(left, timeout)
