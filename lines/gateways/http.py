"""HTTP to gateways: the only module that imports httpx.

What it promises:

* It connects only where `guard` allows, and to the very address that was checked.
* No redirects, no cookies, no proxies from the environment: requests are written with httpx and
  handed to a bare connection pool, so none of that machinery is there. Nor is httpx's log line,
  which prints whole URLs and with them the password of a BlueBubbles server.
* Every request has one deadline over everything: connection, handshake, headers, body.
* It says whether the request may have reached the server: NotSent or MaybeSent.
"""

from __future__ import annotations

import contextlib
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import IO, Any, Final
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import httpcore
import httpx

from lines.gateways import connections, keepalive
from lines.gateways.connections import CONNECT_SECONDS, now, pool, until
from lines.gateways.guard import AddressRefused, Network
from lines.gateways.keepalive import Broken, NotConnected, Oversized, Server, converse

MAX_ANSWER: Final = 16_000_000  # bytes; a page of 1,000 messages is about 2 MB

_SPLITS: Final = re.compile(r"[\r\n\0]")  # would end a header, and begin something else

_NOT_SENT: Final = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.LocalProtocolError,
    httpcore.UnsupportedProtocol,
)
_MAYBE_SENT: Final = (
    httpcore.ReadError,
    httpcore.ReadTimeout,
    httpcore.WriteError,
    httpcore.WriteTimeout,
    httpcore.RemoteProtocolError,
    httpx.DecodingError,
)

Files = Mapping[str, tuple[str, IO[bytes], str]]  # field: (file name, open file, content type)


class HttpError(Exception):
    """The exchange failed; the text is fit for operators and holds no secret."""


class NotSent(HttpError):
    """The request certainly never reached the server."""


class MaybeSent(HttpError):
    """The request may have been read and acted upon."""


class TooLarge(MaybeSent):
    """The answer is larger than we read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]  # lower-cased names
    body: bytes

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body is read in chunks; iterate once, inside its `with`."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


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
        more: dict[str, Any] = {"params": params, "form": form, "files": files, "headers": headers}
        return _exchange_form(method, url, max_bytes=max_bytes, timeout=timeout, allowed=allowed, **more)
    deadline = now() + timeout
    place = _place(url)
    server = Server(place.host, place.port, _certificates() if place.secure else None, allowed)
    try:
        status, found, content = converse(server, _written(method, place, params, body, headers), deadline, max_bytes)
    except (AddressRefused, NotConnected) as error:
        raise NotSent(_told("The server could not be reached", error)) from None
    except Oversized:
        raise TooLarge(f"The server's answer is larger than {max_bytes:,} bytes.") from None
    except Broken as error:
        raise MaybeSent(_told("The server did not answer", error)) from None
    return Answer(status, found, content)


@dataclass(frozen=True, slots=True)
class _Place:
    """An address, taken apart for the connection and for the request."""

    host: str
    port: int
    secure: bool
    netloc: bytes  # as the Host header has it
    path: bytes


@lru_cache(maxsize=2048)
def _place(url: str) -> _Place:
    """Raises NotSent."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise NotSent(f"The request cannot be written: {type(error).__name__}.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise NotSent("The request cannot be written: it has no server.")
    secure = parsed.scheme == "https"
    host = parsed.raw_host.decode("ascii")
    return _Place(host, parsed.port or (443 if secure else 80), secure, parsed.netloc, parsed.raw_path)


def _written(
    method: str, place: _Place, params: Mapping[str, str] | None, body: object, headers: Mapping[str, str] | None
) -> bytes:
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
            if _SPLITS.search(name + value):
                raise ValueError
            lines.append(f"{name}: {value}".encode("latin-1"))
    except (ValueError, TypeError) as error:
        raise NotSent(f"The request cannot be written: {type(error).__name__}.") from None
    if body is not None:
        lines.append(b"content-type: application/json")
    if content or method not in ("GET", "HEAD", "DELETE"):
        lines.append(b"content-length: %d" % len(content))
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def _told(lead: str, error: Exception) -> str:
    return str(error) if isinstance(error, AddressRefused) else f"{lead}: {error}."


def _exchange_form(method: str, url: str, *, max_bytes: int, **more: Any) -> Answer:
    """The same with fields and files, which are read and written in pieces."""
    with stream(method, url, **more) as answer:
        data = bytearray()
        for chunk in answer.chunks:
            data += chunk
            if len(data) > max_bytes:
                raise TooLarge(f"The server's answer is larger than {max_bytes:,} bytes.")
        return Answer(answer.status, answer.headers, bytes(data))


@contextlib.contextmanager
def stream(
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
) -> Iterator[Stream]:
    """Like `exchange`, with the body left to the caller chunk by chunk, under the same deadline."""
    deadline = now() + timeout
    try:
        request = httpx.Request(method, url, params=params, json=body, data=form, files=files, headers=headers)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise NotSent(f"The request cannot be written: {type(error).__name__}.") from None
    request.headers.update({"accept": "*/*", "user-agent": "switchboard"})
    reached = pool(request.url.raw_scheme, request.url.netloc, allowed, _certificates())
    with until(deadline), _translated():
        response = reached.handle_request(_raw(request, timeout))
    try:
        decoded = httpx.Response(response.status, headers=response.headers, stream=_Body(response))
        headers = {name.lower(): value for name, value in decoded.headers.items()}
        yield Stream(response.status, headers, _chunks(decoded, deadline))
    finally:
        response.close()


def _raw(request: httpx.Request, timeout: float) -> httpcore.Request:
    return httpcore.Request(
        method=request.method.encode(),
        url=httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions={"timeout": {"connect": CONNECT_SECONDS, "pool": timeout}},
    )


class _Body(httpx.SyncByteStream):
    """The raw body, for httpx to undo its compression."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()


def _chunks(response: httpx.Response, deadline: float) -> Iterator[bytes]:
    chunks = response.iter_bytes()
    while True:
        with until(deadline), _translated():
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except AddressRefused as error:
        raise NotSent(str(error)) from None
    except _NOT_SENT as error:
        raise NotSent(_explain(error, "The server could not be reached")) from None
    except _MAYBE_SENT as error:
        raise MaybeSent(_explain(error, "The server did not answer")) from None


def _explain(error: Exception, lead: str) -> str:
    """One sentence from the exception: these carry texts about the connection, never a URL."""
    known = {"ConnectTimeout": "no connection in time", "ReadTimeout": "no answer in time"}
    name = type(error).__name__
    text = re.sub(r"^\[Errno -?\d+\] ", "", str(error).strip()).rstrip(".")
    return f"{lead}: {known.get(name) or text or name}."


@cache
def _certificates() -> ssl.SSLContext:
    """The usual certificate authorities, or those of SSL_CERT_FILE."""
    return httpx.create_ssl_context()


def close_connections() -> None:
    """Close what is kept alive; the next request connects anew."""
    connections.close_all()
    keepalive.close_all()


# ---- texts and addresses --------------------------------------------------------------------


def redact(text: str, *secrets: str) -> str:
    """`text` without the secrets, in any spelling a URL gives them."""
    for secret in filter(None, secrets):
        for spelling in {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(spelling, "***")
    return re.sub(r"(?i)\b(password|guid|token)=[^&\s\"']+", r"\1=***", text)


def clean_base_url(url: str) -> str:
    """`https://host:port/path` without a trailing slash; ValueError says what is wrong with it."""
    url = url.strip()
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("must not hold spaces")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("must start with http:// or https://")
    if not parts.hostname:
        raise ValueError("has no host name")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    if parts.query or parts.fragment:
        raise ValueError("must not hold a question mark or a hash")
    try:
        usable = parts.port != 0 and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise ValueError("is not an address")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
