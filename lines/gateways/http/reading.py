"""Reading an answer (RFC 9112) from a connection, within the request's deadline and up to a size.

The standard library reads headers with its parser for email, which costs more than all the rest of a request.
"""

from __future__ import annotations

import re
import socket
import zlib
from dataclasses import dataclass
from typing import Final

from lines.gateways.http.connections import now

_STATUS: Final = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: .*)?\Z")
_HEADER: Final = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*\Z")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\Z")

_LONGEST_LINE: Final = 65_536  # bytes
_MOST_HEADERS: Final = 100
_RECEIVE: Final = 65_536  # bytes


class NotConnected(Exception):
    """There is no connection: nothing was written."""


class Broken(Exception):
    """The exchange ended early, after something may have been written."""


class Unreadable(Broken):
    """What came back is not HTTP, or its compression cannot be undone."""


class Oversized(Broken):
    """The answer is larger than the caller reads."""


def left(deadline: float, late: type[Exception]) -> float:
    """Seconds until `deadline`; raises `late` when it has passed."""
    seconds = deadline - now()
    if seconds <= 0:
        raise late("no connection in time" if late is NotConnected else "no answer in time")
    return seconds


class Incoming:
    """Buffered reading from a connection. Raises Broken, and what sockets raise."""

    def __init__(self, wire: socket.socket, deadline: float) -> None:
        self._wire, self._deadline = wire, deadline
        self._buffer = bytearray()

    @property
    def drained(self) -> bool:
        """Everything received was taken; what is left over would be read as part of the next answer."""
        return not self._buffer

    def line(self) -> bytes:
        """Up to the end of the line, without it."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise Unreadable("it is not HTTP")
            self._need_more()
        return self._take(end + 1)[:-1].removesuffix(b"\r")

    def exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._need_more()
        return self._take(count)

    def to_the_end(self, most: int) -> bytes:
        """All bytes until the other side closes, or a little more than `most` of them."""
        while len(self._buffer) <= most and self._more():
            pass
        return self._take(len(self._buffer))

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _need_more(self) -> None:
        if not self._more():
            raise Broken("the connection was closed")

    def _more(self) -> bool:
        self._wire.settimeout(left(self._deadline, Broken))
        piece = self._wire.recv(_RECEIVE)
        self._buffer += piece
        return bool(piece)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came. `reusable`: the next request may go over the same connection."""

    status: int
    headers: dict[str, str]  # by lower-cased name
    body: bytes
    reusable: bool


def read_reply(incoming: Incoming, max_bytes: int) -> Reply:
    """The whole answer to a request that has a body of its own (not to HEAD). Raises Broken, Unreadable or Oversized."""
    minor, status = _status(incoming.line())
    while status < 200:  # "100 Continue" and the like come before the answer
        _headers(incoming)
        minor, status = _status(incoming.line())
    headers = _headers(incoming)
    framed = True
    if status in (204, 304):
        body = b""
    elif headers.get("transfer-encoding", "").lower() == "chunked":
        body = _chunks(incoming, max_bytes)
    elif "content-length" in headers and "transfer-encoding" not in headers:
        body = incoming.exactly(_length(headers["content-length"], max_bytes))
    else:
        body, framed = incoming.to_the_end(max_bytes), False
    if len(body) > max_bytes:
        raise Oversized(f"more than {max_bytes:,} bytes")
    said = headers.get("connection", "").lower()
    kept = "keep-alive" in said if minor == b"0" else "close" not in said
    return Reply(status, headers, _unpacked(body, headers, max_bytes), framed and kept and incoming.drained)


def _status(line: bytes) -> tuple[bytes, int]:
    if found := _STATUS.match(line):
        return found[1], int(found[2])
    raise Unreadable("it is not HTTP")


def _headers(incoming: Incoming) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_MOST_HEADERS):
        if not (line := incoming.line()):
            return headers
        if not (found := _HEADER.match(line)):
            raise Unreadable("it is not HTTP")
        name, value = found[1].decode("ascii").lower(), found[2].decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raise Unreadable("it has too many headers")


def _length(value: str, max_bytes: int) -> int:
    if not (value.isascii() and value.isdecimal()):
        raise Unreadable("its length is not a number")
    if len(value) > 18 or int(value) > max_bytes:
        raise Oversized(f"more than {max_bytes:,} bytes")
    return int(value)


def _chunks(incoming: Incoming, max_bytes: int) -> bytes:
    body = bytearray()
    while True:
        found = _CHUNK.match(incoming.line())
        if not found:
            raise Unreadable("it is not HTTP")
        if not (size := int(found[1], 16)):
            break
        if len(body) + size > max_bytes:
            raise Oversized(f"more than {max_bytes:,} bytes")
        body += incoming.exactly(size)
        if incoming.line():
            raise Unreadable("it is not HTTP")
    _headers(incoming)  # trailers
    return bytes(body)


def _unpacked(body: bytes, headers: dict[str, str], max_bytes: int) -> bytes:
    """We ask for no compression; some servers compress all the same."""
    coding = headers.get("content-encoding", "identity").lower()
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
