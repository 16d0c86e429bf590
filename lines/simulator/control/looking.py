"""What is there and what has happened."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lines.simulator.control.orders import Order, mac_of
from lines.simulator.network import Network


async def healthz(network: Network, order: Order) -> Any:
    lines = [{"name": mac.name, "address": mac.address, "messages": len(mac.rows)} for mac in network.macs.values()]
    return {"ok": True, "lines": lines, "now": network.clock.now(), "frozen": network.clock.frozen}


async def sent(network: Network, order: Order) -> Any:
    macs = [mac_of(network, order)] if order.get("line") else list(network.macs.values())
    since = int(order.get("since") or 0)
    rows = [
        {
            "line": mac.name,
            "guid": row.guid,
            "temp_guid": row.temp_guid,
            "to": row.address,
            "text": row.words,
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


async def requests(network: Network, order: Order) -> Any:
    seen = [asdict(each) for each in network.requests if order.get("route") in (None, each.route)]
    return {"count": len(seen), "requests": seen}


async def faults(network: Network, order: Order) -> Any:
    return [asdict(fault) for fault in network.faults.ordered]
