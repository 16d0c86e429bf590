"""`/_sim/*`: what only a simulation can do. For tests and for the curious; all bodies are JSON.

| route | does |
|---|---|
| GET healthz | `{"ok": true, "lines": […]}` |
| GET sent?to=&line=&since= | what really went out, oldest first: the proof of "exactly once" |
| GET requests?route= | the last 5,000 requests to the lines |
| POST inbound `{from, text, media?: "photo"/"heic", line?, at?, service?}` | a person writes |
| POST react `{from, on?, type, emoji?, line?}` | a person taps back; default on our newest message |
| POST typing `{from, on, line?}` | a person types |
| POST read `{from, line?}` | a person opens the thread |
| POST phone `{address, receipts?, answers?}` | settings of a person's phone |
| POST people `{answer}` | whether people read and answer by themselves at all |
| POST line `{line?, helper?, private_api?, signed_out?, os?, version?, sms?, …}` | the Mac's condition |
| … the same with `{newest?}`, `{new_url?}`, `{aliases_removed?: […]}` | poller's window, tunnel, Apple |
| POST webhooks `{mode, factor?, p?}` | normal, duplicate, shuffle, lose, delay |
| POST reset | everything as new |
| POST restart `{line?}` | the server forgets what it has seen and tells a week again |
| POST clock `{freeze?: true or ms, advance?: seconds, resume?: true, pace?}` | answers when all webhooks are answered |
| POST settle | answers when all webhooks on their way are answered |
| GET, POST, DELETE faults | see faults.Fault |
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lines.simulator.control import looking, people, world
from lines.simulator.control.orders import Order
from lines.simulator.network import Network

Handler = Callable[[Network, Order], Awaitable[Any]]


def control_routes(network: Network) -> list[Route]:
    posts: dict[str, Handler] = {
        "inbound": people.inbound,
        "react": people.react,
        "typing": people.typing,
        "read": people.read,
        "phone": people.phone,
        "people": people.people,
        "line": world.line,
        "webhooks": world.webhooks,
        "reset": world.reset,
        "restart": world.restart,
        "clock": world.clock,
        "settle": world.settle,
        "faults": world.order_fault,
    }
    gets: dict[str, Handler] = {
        "healthz": looking.healthz,
        "sent": looking.sent,
        "requests": looking.requests,
        "faults": looking.faults,
    }
    return [
        *(Route(f"/{name}", _endpoint(network, handler), methods=["POST"]) for name, handler in posts.items()),
        *(Route(f"/{name}", _endpoint(network, handler), methods=["GET"]) for name, handler in gets.items()),
        Route("/faults", _endpoint(network, world.clear_faults), methods=["DELETE"]),
    ]


def _endpoint(network: Network, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = dict(request.query_params)
            if request.method == "POST" and await request.body():
                body |= await request.json()
            return JSONResponse(await handler(network, body))
        except (ValueError, TypeError, KeyError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return endpoint
