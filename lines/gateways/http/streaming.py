"""Exchanges with httpx: fields and files of a request, answers that are read in chunks."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Final

import httpcore
import httpx

from lines.gateways.http.connections import CONNECT_SECONDS, now, pool, until
from lines.gateways.http.guard import AddressRefused, Network
from lines.gateways.http.outcomes import Files, MaybeSent, NotSent, Stream
from lines.gateways.http.places import certificates

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
    reached = pool(request.url.raw_scheme, request.url.netloc, allowed, certificates())
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
