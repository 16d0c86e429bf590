"""What the server says about itself, remembered for a minute, and what it means for the line."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lines.gateways.bluebubbles.api import Api, Envelope, explain
from lines.gateways.bluebubbles.failures import line_failure
from lines.gateways.bluebubbles.rows import text_of
from lines.gateways.errors import TransientError
from lines.gateways.http import HttpError
from lines.gateways.http.connections import now
from lines.gateways.messages import LineHealth

_REMEMBERED_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Facts:
    """`GET /server/info`, the parts we use."""

    os_version: str
    server_version: str
    private_api: bool
    helper_connected: bool
    imessage: str  # the address signed in; "" when signed out

    @property
    def private(self) -> bool:
        """The Private API works: tapbacks, typing, read receipts, and sends that are tracked."""
        return self.private_api and self.helper_connected

    @property
    def any_service(self) -> bool:
        """macOS 26 and later: chats are named `any;-;…`, and AppleScript no longer sends."""
        return _numbers(self.os_version)[:1] >= (26,)

    @property
    def stops_typing(self) -> bool:
        """Up to 1.9.9 the route that should stop typing starts it."""
        return _numbers(self.server_version) > (1, 9, 9)


class FactsCache:
    """Facts by server, for the whole process: adapters come and go with each task."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Facts]] = {}

    def get(self, api: Api) -> Facts:
        """Raises TransientError when the server cannot be asked: nothing was sent yet."""
        with self._lock:
            known = self._known.get(api.base)
        if known and known[0] > now():
            return known[1]
        return self.keep(api, ask(api))

    def keep(self, api: Api, facts: Facts) -> Facts:
        with self._lock:
            self._known[api.base] = (now() + _REMEMBERED_SECONDS, facts)
        return facts

    def forget(self, api: Api) -> None:
        with self._lock:
            self._known.pop(api.base, None)

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


def ask(api: Api) -> Facts:
    envelope = api.repeatable("GET", "server/info", timeout=api.timeouts.info)
    if facts := _facts(envelope):
        return facts
    raise TransientError(line_failure(str(envelope.status), explain(envelope)))


def health(api: Api, cache: FactsCache) -> LineHealth:
    """Reachable, the password right, signed in to iMessage, the Private API at work.

    Necessary, not sufficient: a Mac can look healthy and receive nothing, so the product shows the
    last inbound message beside it.
    """
    cache.forget(api)
    try:
        envelope = api.call("GET", "server/info", timeout=api.timeouts.info)
    except HttpError as error:
        return LineHealth("offline", str(error))
    if envelope.status == 401:
        return LineHealth("auth_failed", explain(envelope))
    if facts := _facts(envelope):
        return judge(cache.keep(api, facts))
    return LineHealth("offline", explain(envelope))


def judge(facts: Facts) -> LineHealth:
    """The line's state and what a person should do about it."""
    if not facts.imessage:
        return LineHealth("flagged", "The Mac is signed out of iMessage. Sign in in Messages on the Mac.")
    if facts.private:
        return LineHealth("active")
    missing = (
        "The Private API helper is not connected. Restart Messages or BlueBubbles on the Mac."
        if facts.private_api
        else "The Private API is off. Turn it on in BlueBubbles on the Mac."
    )
    if facts.any_service:
        return LineHealth("offline", f"{missing} macOS {facts.os_version} cannot send without it.")
    return LineHealth("degraded", f"{missing} Until then: no tapbacks, typing, read receipts or availability checks.")


def _facts(envelope: Envelope) -> Facts | None:
    data = envelope.data
    if not envelope.succeeded or not isinstance(data, Mapping):
        return None
    return Facts(
        os_version=text_of(data.get("os_version"))[:20],
        server_version=text_of(data.get("server_version"))[:20],
        private_api=data.get("private_api") is True,
        helper_connected=data.get("helper_connected") is True,
        imessage=text_of(data.get("detected_imessage"))[:254],
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
