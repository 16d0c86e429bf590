"""One request and its answer over kept HTTP/1.1 connections: what a send needs of HTTP, and nothing else.

A general HTTP client spends a millisecond of CPU on a request that needs a tenth of that; on a machine that sends for many
lines this was half of all the work. Files and bodies that come in pieces stay with httpx (`streaming`). As there, addresses
are guarded and every wait ends at the request's deadline. How an answer is read: `reading`.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
from collections import deque
from dataclasses import dataclass

from lines.gateways.http.connections import CONNECT_SECONDS, KEEP_ALIVE_SECONDS, now
from lines.gateways.http.guard import Network, resolve
from lines.gateways.http.reading import Broken, Incoming, NotConnected, Reply, left, read_reply


@dataclass(frozen=True, slots=True)
class Server:
    """Where a connection goes, and who may be reached."""

    host: str
    port: int
    certificates: ssl.SSLContext | None  # None: plain http
    allowed: tuple[Network, ...]


_idle: dict[Server, deque[tuple[socket.socket, float]]] = {}
"""Idle connections, newest last, each with the time it became idle. Appending to a deque and popping from it are atomic."""


def converse(server: Server, request: bytes, deadline: float, max_bytes: int) -> Reply:
    """Write one request and read its whole answer.

    `deadline` is a time of `connections.now`. A kept connection that the server has closed meanwhile is noticed before
    anything is written. Raises NotConnected, AddressRefused (nothing was written), Broken, Unreadable or Oversized.
    """
    wire = _kept(server) or _connect(server, deadline)
    try:
        wire.settimeout(left(deadline, NotConnected))
        wire.sendall(request)
        reply = read_reply(Incoming(wire, deadline), max_bytes)
    except BaseException as error:
        wire.close()
        raise _broken(error) from None
    if reply.reusable:
        _idle.setdefault(server, deque()).append((wire, now()))
    else:
        wire.close()
    return reply


def _broken(error: BaseException) -> BaseException:
    """The exception that says why an exchange failed."""
    if isinstance(error, TimeoutError):
        return Broken("no answer in time")
    if isinstance(error, ConnectionError):
        return Broken("the connection was closed")
    return Broken(_words(error)) if isinstance(error, OSError) else error


def close_all() -> None:
    """Close what is kept; the next request connects again."""
    for kept in list(_idle.values()):
        while kept:
            kept.pop()[0].close()
    _idle.clear()


os.register_at_fork(after_in_child=_idle.clear)  # a forked worker must not share sockets with its parent


def _kept(server: Server) -> socket.socket | None:
    """The connection used last that is still open, if one is; those idle for too long are closed."""
    kept = _idle.get(server)
    while kept:
        try:
            wire, since = kept.pop()
        except IndexError:  # another thread took it
            return None
        if now() - since < KEEP_ALIVE_SECONDS and not _readable(wire):
            return wire
        wire.close()
    return None


def _readable(wire: socket.socket) -> bool:
    """An idle connection has something to read only when the server has closed it."""
    watch = select.poll()
    watch.register(wire, select.POLLIN)
    return bool(watch.poll(0))


def _connect(server: Server, deadline: float) -> socket.socket:
    try:
        addresses = resolve(server.host, server.port, server.allowed)
    except OSError as error:
        raise NotConnected(error.strerror or "unknown host") from None
    failure = "no address"
    for address in addresses:
        try:
            return _open(server, address, deadline)
        except TimeoutError:
            failure = "no connection in time"
        except OSError as error:
            failure = _words(error)
    raise NotConnected(failure)


def _open(server: Server, address: str, deadline: float) -> socket.socket:
    wire = socket.create_connection((address, server.port), min(CONNECT_SECONDS, left(deadline, NotConnected)))
    try:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.certificates is None:
            return wire
        wire.settimeout(min(CONNECT_SECONDS, left(deadline, NotConnected)))
        return server.certificates.wrap_socket(wire, server_hostname=server.host)
    except BaseException:
        wire.close()
        raise


def _words(error: OSError) -> str:
    """What went wrong, without the error number and without any part of the request."""
    return (error.strerror or type(error).__name__).rstrip(".")
