"""One request and its answer over kept HTTP/1.1 connections: what a send needs of HTTP, and nothing else.

A general client spends a millisecond of the processor on a request that takes a tenth of that to write and to read; on a
machine that sends for many lines this was half of all the work. Files and bodies that come in pieces stay with httpx
(`lines.gateways.http`). Addresses are guarded and every wait ends at the request's deadline, as there.

The framing of the answer (RFC 9112) is read by the standard library's `http.client`.
"""

from __future__ import annotations

import io
import os
import select
import socket
import ssl
import zlib
from collections import deque
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any

from lines.gateways.http.connections import CONNECT_SECONDS, KEEP_ALIVE_SECONDS, now
from lines.gateways.http.guard import Network, resolve


class NotConnected(Exception):
    """There is no connection: nothing was written."""


class Broken(Exception):
    """The exchange ended early, after something may have been written."""


class Unreadable(Broken):
    """What came back is no HTTP, or its compression cannot be undone."""


class Oversized(Broken):
    """The answer is larger than the caller reads."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a connection goes, and who may be reached."""

    host: str
    port: int
    certificates: ssl.SSLContext | None  # None: plain http
    allowed: tuple[Network, ...]


_idle: dict[Server, deque[tuple[socket.socket, float]]] = {}
"""Connections that nobody uses, newest last, with the time since when. Ends of a deque are popped and put back atomically."""


def converse(server: Server, request: bytes, deadline: float, max_bytes: int) -> tuple[int, dict[str, str], bytes]:
    """Write one request and read its whole answer: (status, headers by lower-cased name, body).

    `deadline` is a time of `connections.now`. A kept connection that the server has closed meanwhile is noticed before
    anything is written. Raises NotConnected, AddressRefused (nothing was written), Broken, Unreadable or Oversized.
    """
    wire = _kept(server) or _connect(server, deadline)
    reader = _Reader(_Timed(wire, deadline))
    try:
        wire.settimeout(_left(deadline, NotConnected))
        wire.sendall(request)
        answer = HTTPResponse(reader)  # type: ignore[arg-type]  # of a socket it asks for nothing but `makefile`
        answer.begin()
        body = _body(answer, max_bytes)
    except BaseException as error:
        wire.close()
        raise _broken(error) from None
    if answer.will_close or not reader.spent:
        wire.close()
    else:
        _idle.setdefault(server, deque()).append((wire, now()))
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return answer.status, headers, _unpacked(body, headers.get("content-encoding", "identity").lower(), max_bytes)


def _broken(error: BaseException) -> BaseException:
    """What an exchange that did not end well is told as."""
    if isinstance(error, TimeoutError):
        return Broken("no answer in time")
    if isinstance(error, IncompleteRead | ConnectionError):
        return Broken("the connection was closed")
    if isinstance(error, OSError):
        return Broken(_words(error))
    return Unreadable("it is no HTTP") if isinstance(error, HTTPException) else error


def close_all() -> None:
    """Close what is kept; the next request connects anew."""
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
    """A kept connection that has something to say says that it is closed."""
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
    wire = socket.create_connection((address, server.port), min(CONNECT_SECONDS, _left(deadline, NotConnected)))
    try:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.certificates is None:
            return wire
        wire.settimeout(min(CONNECT_SECONDS, _left(deadline, NotConnected)))
        return server.certificates.wrap_socket(wire, server_hostname=server.host)
    except BaseException:
        wire.close()
        raise


def _left(deadline: float, late: type[Exception]) -> float:
    left = deadline - now()
    if left <= 0:
        raise late("no connection in time" if late is NotConnected else "no answer in time")
    return left


def _words(error: OSError) -> str:
    """What went wrong, without the number, and without anything of the request."""
    return (error.strerror or type(error).__name__).rstrip(".")


def _body(answer: HTTPResponse, max_bytes: int) -> bytes:
    if answer.length is None:  # chunks, or what comes until the connection ends
        body = answer.read(max_bytes + 1)
        while piece := answer.read(max_bytes + 1 - len(body)) if len(body) <= max_bytes else b"":
            body += piece
    elif answer.length <= max_bytes:
        return answer.read()
    else:
        body = b""
    if answer.length or len(body) > max_bytes:
        raise Oversized(f"more than {max_bytes:,} bytes")
    return body


def _unpacked(body: bytes, coding: str, max_bytes: int) -> bytes:
    """We ask for no compression; some servers compress all the same."""
    if coding in ("identity", "") or not body:
        return body
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Unreadable("its compression is not known")
    try:
        unpacked = zlib.decompressobj(wbits=47).decompress(body, max_bytes + 1)  # 47: gzip or zlib, as its head says
    except zlib.error:
        raise Unreadable("its compression cannot be undone") from None
    if len(unpacked) > max_bytes:
        raise Oversized(f"more than {max_bytes:,} bytes")
    return unpacked


class _Timed(io.RawIOBase):
    """What comes over a connection, no wait of it longer than the request's deadline. Closing it leaves the connection open."""

    over = False

    def __init__(self, wire: socket.socket, deadline: float) -> None:
        self._wire, self._deadline = wire, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.over:
            return 0
        self._wire.settimeout(_left(self._deadline, Broken))
        return self._wire.recv_into(buffer)


class _Reader(io.BufferedReader):
    """Gives `http.client` its file. `spent`, once that is closed: nothing was left over that might belong to another answer."""

    raw: _Timed
    spent = False

    def makefile(self, mode: str) -> _Reader:
        return self

    def close(self) -> None:
        if not self.closed:
            self.raw.over = True
            self.spent = not self.peek(1)
        super().close()
