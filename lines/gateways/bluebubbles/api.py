"""One BlueBubbles server: how it is addressed, and what its envelope says.

Success `{status, message, data?}`; error `{status, message, error: {type, message},
data?}`. The password travels in the query of every request: there is no other way. So no text that
leaves this module may hold a URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypedDict, Unpack
from urllib.parse import quote

from lines.gateways import http
from lines.gateways.bluebubbles.failures import line_failure, unknown_failure
from lines.gateways.bluebubbles.rows import text_of
from lines.gateways.errors import InvalidRequest, OutcomeUnknown, TransientError
from lines.gateways.http.guard import Network


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Sends wait longer than the server itself does (120 s for a match, 60 s more for the
    row on the Private API, 300 s for any HTTP answer), so that its verdict arrives."""

    read: float = 30.0
    text: float = 190.0
    file: float = 310.0
    upload: float = 120.0
    info: float = 15.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer. `ours` is False when something else than BlueBubbles answered (a tunnel, a proxy)
    or the body was cut off."""

    status: int
    ours: bool
    message: str = ""
    error: str = ""
    data: object = None
    retry_after: float | None = None

    @property
    def succeeded(self) -> bool:
        return self.ours and self.status == 200

    @property
    def text(self) -> str:
        return self.error or self.message or f"HTTP {self.status}"


class Content(TypedDict, total=False):
    """What a request carries; see `http.exchange`."""

    params: Mapping[str, str]
    body: object
    form: Mapping[str, str] | None
    files: http.Files | None


class Api:
    """Requests to one server. Thread-safe."""

    def __init__(self, server_url: str, password: str, *, allowed: tuple[Network, ...], timeouts: Timeouts) -> None:
        try:
            base = http.clean_base_url(server_url).removesuffix("/api/v1")
        except ValueError as error:
            raise InvalidRequest("server_url", str(error)) from None
        if not password:
            raise InvalidRequest("password", "is required")
        self.base: Final = base
        self.timeouts: Final = timeouts
        self._password: Final = password
        self._redacted: Final = http.redactor(password)
        self._allowed: Final = allowed

    def call(self, method: str, path: str, *, timeout: float | None = None, **content: Unpack[Content]) -> Envelope:
        """Raises http.NotSent or http.MaybeSent; any answer at all is an Envelope."""
        answer = http.exchange(
            method,
            self._url(path),
            timeout=timeout or self.timeouts.read,
            allowed=self._allowed,
            params={**content.get("params", {}), "password": self._password},
            body=content.get("body"),
            form=content.get("form"),
            files=content.get("files"),
        )
        return self._envelope(answer)

    def once(self, path: str, *, timeout: float, **content: Unpack[Content]) -> Envelope:
        """A POST that must not be made twice: what cannot be proved unsent is OutcomeUnknown, the rest TransientError."""
        try:
            return self.call("POST", path, timeout=timeout, **content)
        except http.NotSent as error:
            raise TransientError(line_failure("unreachable", str(error))) from None
        except http.MaybeSent as error:
            raise OutcomeUnknown(unknown_failure("no_answer", str(error))) from None

    def repeatable(self, method: str, path: str, *, timeout: float | None = None, **content: Unpack[Content]) -> Envelope:
        """A call that does no harm when it is made twice: without an answer it is a TransientError."""
        try:
            return self.call(method, path, timeout=timeout, **content)
        except http.HttpError as error:
            raise TransientError(line_failure("", str(error))) from None

    def read(self, method: str, path: str, *, body: object = None, **params: str) -> Envelope:
        """A call that changes nothing. 200 and 404 of BlueBubbles come back; everything else raises TransientError."""
        envelope = self.repeatable(method, path, params=params, body=body)
        if envelope.ours and envelope.status in (200, 404):
            return envelope
        raise TransientError(line_failure(str(envelope.status), explain(envelope)))

    def stream(self, path: str, **params: str) -> AbstractContextManager[http.Stream]:
        """Raises http.HttpError on entry."""
        return http.stream(
            "GET",
            self._url(path),
            timeout=self.timeouts.file,
            allowed=self._allowed,
            params={**params, "password": self._password},
        )

    def clean(self, text: str) -> str:
        """`text` from the server, fit to be stored and shown."""
        return self._redacted(text_of(text))[:300]

    def _url(self, path: str) -> str:
        return f"{self.base}/api/v1/{path}"

    def _envelope(self, answer: http.Answer) -> Envelope:
        wait = answer.headers.get("retry-after", "")
        retry_after = float(wait) if wait.isdecimal() else None
        try:
            content = answer.json()
        except ValueError:
            content = None
        if not isinstance(content, dict) or not isinstance(content.get("status"), int):
            return Envelope(answer.status, ours=False, retry_after=retry_after)
        error = content.get("error")
        return Envelope(
            status=answer.status,
            ours=True,
            message=self.clean(content.get("message", "")),
            error=self.clean(error.get("message", "")) if isinstance(error, dict) else self.clean(error or ""),
            data=content.get("data"),
            retry_after=retry_after,
        )


def explain(envelope: Envelope) -> str:
    """What an operator should read about an answer that is not a success."""
    if envelope.status == 401:
        return "The server refused the password."
    if envelope.status in range(300, 400):
        return "The address redirects elsewhere. Use the address it leads to."
    if not envelope.ours:
        return f"Something other than a BlueBubbles server answered (HTTP {envelope.status})."
    return f"BlueBubbles answered {envelope.status}: {envelope.text}"


def in_path(guid: str) -> str:
    """A guid as one segment of a path: `iMessage;-;+1…` becomes `iMessage%3B-%3B%2B1…`."""
    return quote(guid, safe="")
