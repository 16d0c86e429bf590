"""What people do, and their phones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from lines.simulator import voices
from lines.simulator.control.orders import Order, Refused, mac_of
from lines.simulator.network import Network
from lines.simulator.pictures import HEIC_NAME, PHOTO_NAME, heic, photo

_MEDIA: Final = {
    "photo": (PHOTO_NAME, "image/png", photo),
    "heic": (HEIC_NAME, "image/heic", heic),
}


async def inbound(network: Network, order: Order) -> Any:
    medium = order.get("media")
    if medium is not None and medium not in _MEDIA:
        raise Refused("media must be photo or heic")
    files = [(_MEDIA[medium][0], _MEDIA[medium][1], _MEDIA[medium][2]())] if medium else []
    row = voices.say(
        network.exchange,
        mac_of(network, order),
        str(order["from"]),
        str(order.get("text", "")),
        service=str(order.get("service", "")),
        files=files,
        at=None if order.get("at") is None else int(order["at"]),
    )
    return {"guid": row.guid}


async def react(network: Network, order: Order) -> Any:
    mac, person = mac_of(network, order), str(order["from"])
    ours = [row for row in mac.rows_with(person) if row.from_me and not row.tapback]
    target = mac.by_guid.get(str(order["on"])) if order.get("on") else (ours[-1] if ours else None)
    if target is None:
        raise Refused("there is no such message to react to")
    return {"guid": voices.tap(mac, person, target, str(order["type"]), emoji=str(order.get("emoji", ""))).guid}


async def typing(network: Network, order: Order) -> Any:
    voices.show_typing(network.exchange, mac_of(network, order), str(order["from"]), on=bool(order.get("on", True)))
    return {"ok": True}


async def read(network: Network, order: Order) -> Any:
    network.people.open_thread(mac_of(network, order), str(order["from"]))
    return {"ok": True}


async def phone(network: Network, order: Order) -> Any:
    found = network.exchange.phone(str(order["address"]))
    for name in ("receipts", "answers"):
        if name in order:
            setattr(found, name, bool(order[name]))
    network.exchange.on_phone(found)
    return asdict(found)


async def people(network: Network, order: Order) -> Any:
    network.exchange.answer = bool(order["answer"])
    for found in network.exchange.phones.values():
        found.answers = network.exchange.answer
        network.exchange.on_phone(found)
    return {"answer": network.exchange.answer}
