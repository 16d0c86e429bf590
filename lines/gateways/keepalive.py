"""One request and its answer over kept HTTP/1.1 connections: what a send needs of HTTP, and nothing else.

A general client spends a millisecond of the processor on a request that takes a tenth of that to write and to read; on a
machine that sends for many lines this was half of all the work. Files and bodies that come in pieces stay with httpx
(`lines.gateways.http`). Addresses are guarded and every wait ends at the request's deadline, as there.

Framing by RFC 9112: content-length, chunks, or the end of the connection. Anything doubtful is Unreadable.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lines.gateways.connections import CONNECT_SECONDS, KEEP_ALIVE_SECONDS, now
from lines.gateways.guard import Network, resolve

MAX_HEAD: Final = 65_536  # bytes of status line and headers
_PIECE: Final = 65_536


class NotConnected(Exception):
    """There is no connection: nothing was written."""


class Broken(Exception):
    """The exchange ended early, after something may have been written."""


class Unreadable(Broken):
    """What came back is no HTTP/1.1, or its compression cannot be undone."""


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
    try:
        wire.settimeout(_left(deadline, NotConnected))
        wire.sendall(request)
        answer = _Answer(wire, deadline, max_bytes)
        status, headers, body = answer.read()
    except TimeoutError:
        wire.close()
        raise Broken("no answer in time") from None
    except OSError as error:
        wire.close()
        raise Broken(_words(error)) from None
    except BaseException:
        wire.close()
        raise
    if answer.ended or "close" in headers.get("connection", "").lower():
        wire.close()
    else:
        _idle.setdefault(server, deque()).append((wire, now()))
    return status, headers, body


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


class _Answer:
    """Reads one answer from a connection. `ended`: the connection cannot be used for another."""

    def __init__(self, wire: socket.socket, deadline: float, max_bytes: int) -> None:
        self._wire, self._deadline, self._max = wire, deadline, max_bytes
        self._buffer = bytearray()
        self.ended = False

    def read(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = self._head()
        while 100 <= status < 200:  # says that it goes on
            status, headers = self._head()
        body = b"" if status in (204, 304) else self._body(headers)
        if self._buffer:
            self.ended = True  # more than was announced: who knows what it belongs to
        return status, headers, self._unpacked(body, headers)

    def _head(self) -> tuple[int, dict[str, str]]:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD:
                raise Unreadable("its headers do not end")
            self._more()
        lines = self._take(end + 4).decode("latin-1")[:-4].split("\r\n")
        version, _, rest = lines[0].partition(" ")
        code = rest[:3]
        if version not in ("HTTP/1.1", "HTTP/1.0") or len(code) < 3 or not code.isdecimal():
            raise Unreadable("it is no HTTP")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise Unreadable("its headers cannot be read")
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if version == "HTTP/1.0" and headers.get("connection", "").lower() != "keep-alive":
            self.ended = True
        return int(code), headers

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if coding := headers.get("transfer-encoding", ""):
            if coding.lower() != "chunked":
                raise Unreadable("its body cannot be read")
            return self._chunks()
        if "content-length" not in headers:
            return self._to_the_end()
        length = headers["content-length"]
        if not (length.isascii() and length.isdecimal()):
            raise Unreadable("its length cannot be read")
        self._fits(int(length))
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            digits = self._line().partition(b";")[0].strip()
            try:
                size = int(digits, 16)
            except ValueError:
                raise Unreadable("its body cannot be read") from None
            if size < 0:
                raise Unreadable("its body cannot be read")
            if size == 0:
                break
            self._fits(len(body) + size)
            body += self._exactly(size)
            if self._line():
                raise Unreadable("its body cannot be read")
        while self._line():  # trailers
            pass
        return bytes(body)

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD:
                raise Unreadable("its body cannot be read")
            self._more()
        return bytes(self._take(end + 2)[:-2])

    def _to_the_end(self) -> bytes:
        self.ended = True
        while self._more(may_end=True):
            self._fits(len(self._buffer))
        return bytes(self._take(len(self._buffer)))

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length:
            self._more()
        return bytes(self._take(length))

    def _take(self, length: int) -> bytearray:
        taken = self._buffer[:length]
        del self._buffer[:length]
        return taken

    def _more(self, *, may_end: bool = False) -> bool:
        """Read what has come; False at the end, where there may be one."""
        self._wire.settimeout(_left(self._deadline, Broken))
        piece = self._wire.recv(_PIECE)
        if not piece and not may_end:
            raise Broken("the connection was closed")
        self._buffer += piece
        return bool(piece)

    def _fits(self, length: int) -> None:
        if length > self._max:
            raise Oversized(f"more than {self._max:,} bytes")

    def _unpacked(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """We ask for no compression; some servers compress all the same."""
        coding = headers.get("content-encoding", "identity").lower()
        if coding in ("identity", "") or not body:
            return body
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise Unreadable("its compression is not known")
        try:
            unpacked = zlib.decompressobj(wbits=47).decompress(body, self._max + 1)  # 47: gzip or zlib, as its head says
        except zlib.error:
            raise Unreadable("its compression cannot be undone") from None
        self._fits(len(unpacked))
        return unpacked
