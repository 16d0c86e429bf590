"""An order to the simulation: a JSON body, and what it names."""

from __future__ import annotations

from typing import Any

from lines.simulator.mac import Mac
from lines.simulator.network import Network

Order = dict[str, Any]


class Refused(ValueError):
    """The order makes no sense; the text says why."""


def mac_of(network: Network, order: Order) -> Mac:
    mac = network.mac(str(order.get("line") or ""))
    if mac is None:
        raise Refused(f"there is no line {order['line']!r}")
    return mac
