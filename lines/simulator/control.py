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
from dataclasses import asdict
from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lines.simulator import voices
from lines.simulator.hooks import Mode
from lines.simulator.mac import Mac
from lines.simulator.network import Network
from lines.simulator.pictures import HEIC_NAME, PHOTO_NAME, heic, photo

_CONDITIONS: Final = ("helper", "private_api", "signed_out", "os", "version", "sms", "typing_bug")
_MEDIA: Final = {
    "photo": (PHOTO_NAME, "image/png", photo),
    "heic": (HEIC_NAME, "image/heic", heic),
}

Handler = Callable[[Network, dict[str, Any]], Awaitable[Any]]


class Refused(ValueError):
    """The order makes no sense; the text says why."""


def control_routes(network: Network) -> list[Route]:
    posts: dict[str, Handler] = {
        "inbound": inbound,
        "react": react,
        "typing": typing,
        "read": read,
        "phone": phone,
        "people": people,
        "line": line,
        "webhooks": webhooks,
        "reset": reset,
        "restart": restart,
        "clock": clock,
        "settle": settle,
        "faults": order_fault,
    }
    gets: dict[str, Handler] = {"healthz": healthz, "sent": sent, "requests": requests, "faults": faults}
    return [
        *(Route(f"/{name}", _endpoint(network, handler), methods=["POST"]) for name, handler in posts.items()),
        *(Route(f"/{name}", _endpoint(network, handler), methods=["GET"]) for name, handler in gets.items()),
        Route("/faults", _endpoint(network, clear_faults), methods=["DELETE"]),
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


def _mac(network: Network, order: dict[str, Any]) -> Mac:
    mac = network.mac(str(order.get("line") or ""))
    if mac is None:
        raise Refused(f"there is no line {order['line']!r}")
    return mac


# ---- looking ------------------------------------------------------------------------------------


async def healthz(network: Network, order: dict[str, Any]) -> Any:
    lines = [{"name": mac.name, "address": mac.address, "messages": len(mac.rows)} for mac in network.macs.values()]
    return {"ok": True, "lines": lines, "now": network.clock.now(), "frozen": network.clock.frozen}


async def sent(network: Network, order: dict[str, Any]) -> Any:
    macs = [_mac(network, order)] if order.get("line") else list(network.macs.values())
    since = int(order.get("since") or 0)
    rows = [
        {
            "line": mac.name,
            "guid": row.guid,
            "temp_guid": row.temp_guid,
            "to": row.address,
            "text": (row.text or "").replace("￼", ""),
            "files": [item.name for item in row.attachments],
            "service": row.service,
            "at": row.created,
            "route": row.route,
        }
        for mac in macs
        for row in mac.rows
        if row.went_out and not row.tapback and row.created >= since and order.get("to") in (None, row.address)
    ]
    return {"count": len(rows), "sent": sorted(rows, key=lambda row: row["at"])}


async def requests(network: Network, order: dict[str, Any]) -> Any:
    seen = [asdict(each) for each in network.requests if order.get("route") in (None, each.route)]
    return {"count": len(seen), "requests": seen}


async def faults(network: Network, order: dict[str, Any]) -> Any:
    return [asdict(fault) for fault in network.faults.ordered]


# ---- people -------------------------------------------------------------------------------------


async def inbound(network: Network, order: dict[str, Any]) -> Any:
    medium = order.get("media")
    if medium is not None and medium not in _MEDIA:
        raise Refused("media must be photo or heic")
    files = [(_MEDIA[medium][0], _MEDIA[medium][1], _MEDIA[medium][2]())] if medium else []
    row = voices.say(
        network.exchange,
        _mac(network, order),
        str(order["from"]),
        str(order.get("text", "")),
        service=str(order.get("service", "")),
        files=files,
        at=None if order.get("at") is None else int(order["at"]),
    )
    return {"guid": row.guid}


async def react(network: Network, order: dict[str, Any]) -> Any:
    mac, person = _mac(network, order), str(order["from"])
    ours = [row for row in mac.rows_with(person) if row.from_me and not row.tapback]
    target = mac.by_guid.get(str(order["on"])) if order.get("on") else (ours[-1] if ours else None)
    if target is None:
        raise Refused("there is no such message to react to")
    return {"guid": voices.tap(mac, person, target, str(order["type"]), emoji=str(order.get("emoji", ""))).guid}


async def typing(network: Network, order: dict[str, Any]) -> Any:
    voices.show_typing(network.exchange, _mac(network, order), str(order["from"]), on=bool(order.get("on", True)))
    return {"ok": True}


async def read(network: Network, order: dict[str, Any]) -> Any:
    network.people.open_thread(_mac(network, order), str(order["from"]))
    return {"ok": True}


async def phone(network: Network, order: dict[str, Any]) -> Any:
    found = network.exchange.phone(str(order["address"]))
    for name in ("receipts", "answers"):
        if name in order:
            setattr(found, name, bool(order[name]))
    network.exchange.on_phone(found)
    return asdict(found)


async def people(network: Network, order: dict[str, Any]) -> Any:
    network.exchange.answer = bool(order["answer"])
    for found in network.exchange.phones.values():
        found.answers = network.exchange.answer
        network.exchange.on_phone(found)
    return {"answer": network.exchange.answer}


# ---- the lines and the world ----------------------------------------------------------------------


async def line(network: Network, order: dict[str, Any]) -> Any:
    mac = _mac(network, order)
    for name in _CONDITIONS:
        if name in order:
            setattr(mac.condition, name, type(getattr(mac.condition, name))(order[name]))
    if "newest" in order:
        mac.poller.newest = int(order["newest"])
    if url := order.get("new_url"):
        mac.emit("new-server", str(url))
    if aliases := order.get("aliases_removed"):
        mac.emit("imessage-aliases-removed", {"aliases": list(aliases)})
    return asdict(mac.condition)


async def webhooks(network: Network, order: dict[str, Any]) -> Any:
    mode = order.get("mode", "normal")
    if mode not in get_args(Mode):
        raise Refused("mode must be one of " + ", ".join(get_args(Mode)))
    network.postman.mode = mode
    network.postman.factor = float(order.get("factor", 3))
    network.postman.p = float(order.get("p", 1))
    return {"mode": mode, "posted": network.postman.posted}


async def reset(network: Network, order: dict[str, Any]) -> Any:
    await network.reset()
    return {"ok": True}


async def restart(network: Network, order: dict[str, Any]) -> Any:
    for mac in [_mac(network, order)] if order.get("line") else network.macs.values():
        mac.in_flight.clear()
        mac.poller.forget_everything()
    return {"ok": True}


async def clock(network: Network, order: dict[str, Any]) -> Any:
    if "pace" in order:
        network.clock.pace = float(order["pace"])
    if order.get("freeze"):
        network.clock.freeze(None if order["freeze"] is True else int(order["freeze"]))
    if "advance" in order:
        network.clock.advance(float(order["advance"]))
    if order.get("resume"):
        network.clock.resume()
    await network.postman.settle()
    return {"now": network.clock.now(), "frozen": network.clock.frozen}


async def settle(network: Network, order: dict[str, Any]) -> Any:
    await network.postman.settle()
    return {"posted": network.postman.posted}


async def order_fault(network: Network, order: dict[str, Any]) -> Any:
    return asdict(network.faults.order(order))


async def clear_faults(network: Network, order: dict[str, Any]) -> Any:
    network.faults.ordered.clear()
    return []
