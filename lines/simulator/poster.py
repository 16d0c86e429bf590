"""Posting webhooks the way BlueBubbles does: once, with no retry and no signature."""

from __future__ import annotations

import json
import ssl
from functools import cache
from typing import Final

import httpcore

_KEEP_ALIVE_SECONDS: Final = 4.0
_UNANSWERED: Final = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. Reading them all takes tens of milliseconds; a process does so once."""
    return ssl.create_default_context()


class AsyncPoster:
    def __init__(self) -> None:
        self._connections = httpcore.AsyncConnectionPool(
            ssl_context=_trusted(), max_connections=50, keepalive_expiry=_KEEP_ALIVE_SECONDS
        )

    async def post(self, url: str, payload: object, *, timeout: float = 30.0) -> int | None:
        """The status of the answer, or None when there was none."""
        limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        try:
            response = await self._connections.request(
                "POST",
                url,
                headers={"content-type": "application/json"},
                content=json.dumps(payload).encode(),
                extensions={"timeout": limits},
            )
        except _UNANSWERED:
            return None
        return response.status

    async def close(self) -> None:
        await self._connections.aclose()
