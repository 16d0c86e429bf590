"""Faults to order: what a test wants to go wrong, on which route, how often."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import Any, Final

KINDS: Final = ("latency", "status", "status_after", "drop_before", "drop_after", "truncate", "garbage")


@dataclass(slots=True)
class Fault:
    """kind
    latency: wait `value` seconds first. status: answer `value` and do nothing. status_after: do it,
    then answer `value`. drop_before, drop_after: cut the connection before or after doing it.
    truncate: do it, then cut the answer in half. garbage: do it, then answer 200 with no JSON.
    """

    id: int
    route: str  # "message/text", a prefix such as "message/", or "*"
    kind: str
    line: str = ""  # "" for every line
    p: float = 1.0
    count: int | None = None  # how many times more; None: for ever
    value: float = 0.0

    def meets(self, line: str, route: str) -> bool:
        if self.line not in ("", line) or self.count == 0:
            return False
        return self.route in ("*", route) or (self.route.endswith("/") and route.startswith(self.route))


class Faults:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._ids = itertools.count(1)
        self.ordered: list[Fault] = []

    def order(self, data: dict[str, Any]) -> Fault:
        """Raises ValueError on a kind or field it does not know."""
        kind = data.get("kind")
        if kind not in KINDS:
            raise ValueError("kind must be one of " + ", ".join(KINDS))
        unknown = set(data) - {"route", "kind", "line", "p", "count", "value"}
        if unknown:
            raise ValueError("unknown: " + ", ".join(sorted(unknown)))
        fault = Fault(
            id=next(self._ids),
            route=str(data.get("route", "*")),
            kind=kind,
            line=str(data.get("line", "")),
            p=float(data.get("p", 1.0)),
            count=None if data.get("count") is None else int(data["count"]),
            value=float(data.get("value", 500 if kind.startswith("status") else 1.0)),
        )
        self.ordered.append(fault)
        return fault

    def strike(self, line: str, route: str) -> Fault | None:
        """The fault that hits this request, if one does; its count goes down."""
        for fault in self.ordered:
            if fault.meets(line, route) and self._chance.random() < fault.p:
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None
