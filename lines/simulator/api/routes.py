"""The table of routes, the password in front of it, and the faults that tests order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from lines.simulator.api import reading, sending, server
from lines.simulator.api.breaking import Dropped, Truncated
from lines.simulator.api.envelope import Call, error, unauthorized
from lines.simulator.faults import Fault
from lines.simulator.mac import Mac
from lines.simulator.network import Network, Seen

log = logging.getLogger(__name__)

Handler = Callable[[Call], Awaitable[Response]]

_ROUTES: Final[tuple[tuple[str, str, str, Handler], ...]] = (
    # method, path, the name faults use, handler
    ("GET", "ping", "ping", server.ping),
    ("GET", "server/info", "server/info", server.info),
    ("GET", "server/alert", "server/alert", server.alerts),
    ("POST", "message/text", "message/text", sending.text),
    ("POST", "message/attachment", "message/attachment", sending.attachment),
    ("POST", "message/multipart", "message/multipart", sending.multipart),
    ("POST", "message/react", "message/react", sending.react),
    ("POST", "message/query", "message/query", reading.query),
    ("GET", "message/{guid}", "message", reading.message),
    ("POST", "chat/new", "chat/new", sending.new_chat),
    ("POST", "chat/query", "chat/query", reading.chat_query),
    ("GET", "chat/{guid}", "chat", reading.chat),
    ("GET", "chat/{guid}/message", "chat/message", reading.chat_messages),
    ("POST", "chat/{guid}/read", "chat/read", server.mark_read),
    ("POST", "chat/{guid}/typing", "chat/typing", server.start_typing),
    ("DELETE", "chat/{guid}/typing", "chat/typing", server.stop_typing),
    ("GET", "handle/availability/imessage", "handle/availability/imessage", server.availability),
    ("POST", "attachment/upload", "attachment/upload", sending.upload),
    ("GET", "attachment/{guid}", "attachment", reading.attachment),
    ("GET", "attachment/{guid}/download", "attachment/download", reading.download),
    ("GET", "webhook", "webhook", server.hooks),
    ("POST", "webhook", "webhook", server.add_hook),
    ("DELETE", "webhook/{id}", "webhook", server.remove_hook),
)


def line_routes(network: Network, mac: Mac) -> list[BaseRoute]:
    """Routes below `/<line>`, the line's own server."""
    routes: list[BaseRoute] = [
        Route(f"/api/v1/{path}", _endpoint(network, mac, name, handler), methods=[method])
        for method, path, name, handler in _ROUTES
    ]
    routes.append(Route("/{path:path}", _endpoint(network, mac, "unknown", _unknown), methods=["GET", "POST", "PUT", "DELETE"]))
    return routes


def _endpoint(network: Network, mac: Mac, name: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        network.requests.append(Seen(network.clock.now(), mac.name, request.method, name))
        if refusal := _unauthorized(request, mac):
            return refusal
        fault = network.faults.strike(mac.name, name)
        if fault and (answer := await _before(fault)):
            return answer
        response = await handler(Call(network, mac, request, await _body(request)))
        return _after(fault, response) if fault else response

    return endpoint


def _unauthorized(request: Request, mac: Mac) -> Response | None:
    """The first of three names counts, and nothing but the query is looked at."""
    given = next((request.query_params[name] for name in ("guid", "password", "token") if name in request.query_params), "")
    if not given.strip():
        return unauthorized("Missing server password!")
    return None if given.strip() == mac.password.strip() else unauthorized("Unauthorized")


async def _body(request: Request) -> dict[str, object]:
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            content = await request.json()
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}
    return {}


async def _before(fault: Fault) -> Response | None:
    match fault.kind:
        case "latency":
            await asyncio.sleep(fault.value)
        case "status":
            return error(int(fault.value), "Server Error", "Server Error", "A fault was ordered")
        case "drop_before":
            return Dropped()
    return None


def _after(fault: Fault, response: Response) -> Response:
    match fault.kind:
        case "status_after":
            return error(int(fault.value), "Message Send Error", "Server Error", "Transaction timeout")
        case "drop_after":
            return Dropped()
        case "truncate":
            return Truncated(response)
        case "garbage":
            return PlainTextResponse("<html>It works!</html>", media_type="text/html")
    return response


async def _unknown(call: Call) -> Response:
    log.warning("no such route: %s %s", call.request.method, call.request.url.path)
    return error(404, "The requested resource was not found", "Server Error", "Not Found")
