"""Reading an answer from a connection, no wait of it longer than the request's deadline, and no more of it than is wanted.

Its framing (RFC 9112) is read by the standard library's `http.client`.
"""

from __future__ import annotations

import io
import socket
import zlib
from http.client import HTTPResponse
from typing import Any

from lines.gateways.http.connections import now


class NotConnected(Exception):
    """There is no connection: nothing was written."""


class Broken(Exception):
    """The exchange ended early, after something may have been written."""


class Unreadable(Broken):
    """What came back is no HTTP, or its compression cannot be undone."""


class Oversized(Broken):
    """The answer is larger than the caller reads."""


def left(deadline: float, late: type[Exception]) -> float:
    """Seconds until `deadline`; raises `late` when it has passed."""
    seconds = deadline - now()
    if seconds <= 0:
        raise late("no connection in time" if late is NotConnected else "no answer in time")
    return seconds


def whole_body(answer: HTTPResponse, max_bytes: int) -> bytes:
    """Raises Oversized."""
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


def unpacked(body: bytes, coding: str, max_bytes: int) -> bytes:
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


class Timed(io.RawIOBase):
    """What comes over a connection, no wait of it longer than the request's deadline. Closing it leaves the connection open."""

    over = False

    def __init__(self, wire: socket.socket, deadline: float) -> None:
        self._wire, self._deadline = wire, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.over:
            return 0
        self._wire.settimeout(left(self._deadline, Broken))
        return self._wire.recv_into(buffer)


class Reader(io.BufferedReader):
    """Gives `http.client` its file. `spent`, once that is closed: nothing was left over that might belong to another answer."""

    raw: Timed
    spent = False

    def makefile(self, mode: str) -> Reader:
        return self

    def close(self) -> None:
        if not self.closed:
            self.raw.over = True
            self.spent = not self.peek(1)
        super().close()
