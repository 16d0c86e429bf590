"""Answers that break on the way, for faults that no HTTP framework offers."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


class Wires:
    """Outermost layer: lets an answer get at the connection it would go through.

    Uvicorn's `receive` belongs to the object that holds the transport; ASGI has no other way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["transport"] = getattr(getattr(receive, "__self__", None), "transport", None)
        await self._app(scope, receive, send)


class Dropped(Response):
    """The connection is reset without a byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _end(scope["transport"].abort, receive)


class Truncated(Response):
    """Half of an answer, and then the connection closes."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _end(scope["transport"].close, receive)


async def _end(cut: Any, receive: Receive) -> None:
    cut()
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)
