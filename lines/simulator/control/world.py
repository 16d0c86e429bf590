"""The lines, what comes between them and us, and time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, get_args

from lines.simulator.control.orders import Order, Refused, mac_of
from lines.simulator.hooks import Mode
from lines.simulator.network import Network

_CONDITIONS: Final = ("helper", "private_api", "signed_out", "os", "version", "sms", "typing_bug")


async def line(network: Network, order: Order) -> Any:
    mac = mac_of(network, order)
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


async def webhooks(network: Network, order: Order) -> Any:
    mode = order.get("mode", "normal")
    if mode not in get_args(Mode):
        raise Refused("mode must be one of " + ", ".join(get_args(Mode)))
    network.postman.mode = mode
    network.postman.factor = float(order.get("factor", 3))
    network.postman.p = float(order.get("p", 1))
    return {"mode": mode, "posted": network.postman.posted}


async def reset(network: Network, order: Order) -> Any:
    await network.reset()
    return {"ok": True}


async def restart(network: Network, order: Order) -> Any:
    for mac in [mac_of(network, order)] if order.get("line") else network.macs.values():
        mac.in_flight.clear()
        mac.poller.forget_everything()
    return {"ok": True}


async def clock(network: Network, order: Order) -> Any:
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


async def settle(network: Network, order: Order) -> Any:
    await network.postman.settle()
    return {"posted": network.postman.posted}


async def order_fault(network: Network, order: Order) -> Any:
    return asdict(network.faults.order(order))


async def clear_faults(network: Network, order: Order) -> Any:
    network.faults.ordered.clear()
    return []
