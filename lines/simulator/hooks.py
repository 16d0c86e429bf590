"""Webhooks, posted as BlueBubbles posts them: fire and forget, once, unsigned, in no order.

Modes for tests: duplicate (`factor` copies), shuffle (each late by a random part of a few
seconds), lose (each lost with `p`), delay (all late by `factor` seconds).
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any, Final, Literal

from lines.simulator.clock import Clock
from lines.simulator.habits import habits_of
from lines.simulator.poster import AsyncPoster

Mode = Literal["normal", "duplicate", "shuffle", "lose", "delay"]

KINDS: Final = frozenset(
    {
        "*",
        "new-message",
        "updated-message",
        "message-send-error",
        "typing-indicator",
        "chat-read-status-changed",
        "group-name-change",
        "group-icon-changed",
        "group-icon-removed",
        "participant-added",
        "participant-removed",
        "participant-left",
        "scheduled-message-error",
        "server-update",
        "new-server",
        "hello-world",
        "incoming-facetime",
        "ft-call-status-changed",
        "new-findmy-location",
        "imessage-alias-removed",
    }
)


@dataclass(slots=True)
class Hook:
    id: int
    url: str
    events: list[str]
    created: int

    def wants(self, kind: str) -> bool:
        return "*" in self.events or kind in self.events


class Postman:
    """Delivers webhooks for all lines."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self.mode: Mode = "normal"
        self.factor = 3.0  # copies or seconds, see the modes
        self.p = 1.0
        self.posted = 0
        self._clock = clock
        self._chance = chance
        self._poster = AsyncPoster()
        self._tasks: set[asyncio.Task[None]] = set()

    def post(self, hooks: list[Hook], kind: str, data: Any, *, address: str = "") -> None:
        """address: the person it is about, whose number may spoil the delivery."""
        for delay in self._delays(habits_of(address).hooks if address else "normal"):
            payload = {"type": kind, "data": data}
            urls = [hook.url for hook in hooks if hook.wants(kind)]
            if delay:
                self._clock.after(delay, lambda urls=urls, payload=payload: self._send(urls, payload))  # type: ignore[misc]
            else:
                self._send(urls, payload)

    async def settle(self) -> None:
        """Until everything on its way has been answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def reset(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.settle()
        self.mode, self.factor, self.p, self.posted = "normal", 3.0, 1.0, 0

    async def close(self) -> None:
        await self.reset()
        await self._poster.close()

    def _delays(self, manner: str) -> list[float]:
        """One entry per copy: seconds until it is posted."""
        spread = 3.0 * self._clock.pace
        if manner == "none" or (self.mode == "lose" and self._chance.random() < self.p):
            return []
        if manner == "tripled":
            return [self._chance.uniform(0, spread) for _ in range(3)]
        if self.mode == "duplicate":
            return [0.0] * max(1, round(self.factor))
        if self.mode == "shuffle":
            return [self._chance.uniform(0, spread)]
        return [self.factor] if self.mode == "delay" else [0.0]

    def _send(self, urls: list[str], payload: dict[str, Any]) -> None:
        for url in urls:
            task = asyncio.get_running_loop().create_task(self._one(url, payload))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _one(self, url: str, payload: dict[str, Any]) -> None:
        self.posted += 1
        await self._poster.post(url, payload)
