"""One request and its whole answer: over a kept connection, or with httpx where there are fields or files to send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final
from urllib.parse import urlencode

from lines.gateways.http.connections import now
from lines.gateways.http.guard import AddressRefused, Network
from lines.gateways.http.keepalive import Server, converse
from lines.gateways.http.outcomes import Answer, Files, MaybeSent, NotSent, Stream, TooLarge
from lines.gateways.http.places import Place, certificates, place_of
from lines.gateways.http.reading import Broken, NotConnected, Oversized
from lines.gateways.http.streaming import stream

MAX_ANSWER: Final = 16_000_000  # bytes; a page of 1,000 messages is about 2 MB

_HEADER_ENDS: Final = re.compile(r"[\r\n\0]")  # would end a header and begin another


def exchange(
    method: str,
    url: str,
    *,
    timeout: float,
    allowed: tuple[Network, ...] = (),
    params: Mapping[str, str] | None = None,
    body: object = None,
    form: Mapping[str, str] | None = None,
    files: Files | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_ANSWER,
) -> Answer:
    """Send one request and read its whole answer within `timeout` seconds; `body` goes as JSON.

    Raises NotSent, MaybeSent or TooLarge.
    """
    if files or form:
        sent = stream(method, url, timeout=timeout, allowed=allowed, params=params, form=form, files=files, headers=headers)
        return _whole(sent, max_bytes)
    deadline = now() + timeout
    place = place_of(url)
    server = Server(place.host, place.port, certificates() if place.secure else None, allowed)
    try:
        reply = converse(server, _written(method, place, params, body, headers), deadline, max_bytes)
    except (AddressRefused, NotConnected) as error:
        raise NotSent(_explain("The server could not be reached", error)) from None
    except Oversized:
        raise TooLarge(f"The server's answer is larger than {max_bytes:,} bytes.") from None
    except Broken as error:
        raise MaybeSent(_explain("The server did not answer", error)) from None
    return Answer(reply.status, reply.headers, reply.body)


def _written(method: str, place: Place, params: Mapping[str, str] | None, body: object, headers: Mapping[str, str] | None) -> bytes:
    """The request as it goes over the wire. Raises NotSent."""
    path = place.path
    if params:
        path += (b"&" if b"?" in path else b"?") + urlencode(params).encode("ascii")
    lines = [
        method.encode("ascii") + b" " + path + b" HTTP/1.1",
        b"host: " + place.netloc,
        b"accept: */*",
        b"user-agent: switchboard",
    ]
    try:
        content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        for name, value in (headers or {}).items():
            if _HEADER_ENDS.search(name + value):
                raise ValueError
            lines.append(f"{name}: {value}".encode("latin-1"))
    except (ValueError, TypeError) as error:
        raise NotSent(f"The request cannot be written: {type(error).__name__}.") from None
    if body is not None:
        lines.append(b"content-type: application/json")
    if content or method not in ("GET", "HEAD", "DELETE"):
        lines.append(b"content-length: %d" % len(content))
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def _explain(lead: str, error: Exception) -> str:
    return str(error) if isinstance(error, AddressRefused) else f"{lead}: {error}."


def _whole(sent: AbstractContextManager[Stream], max_bytes: int) -> Answer:
    """The answer to fields and files, which comes in pieces."""
    with sent as answer:
        data = bytearray()
        for chunk in answer.chunks:
            data += chunk
            if len(data) > max_bytes:
                raise TooLarge(f"The server's answer is larger than {max_bytes:,} bytes.")
        return Answer(answer.status, answer.headers, bytes(data))
