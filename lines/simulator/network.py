"""The whole network: its clock, its Macs, its people, and what tests ordered to go wrong."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lines.simulator.clock import Clock
from lines.simulator.exchange import Exchange, Phone
from lines.simulator.faults import Faults
from lines.simulator.hooks import Postman
from lines.simulator.mac import Chat, Mac
from lines.simulator.people import People
from lines.simulator.rows import Row
from lines.simulator.storage import Storage

RESUMES_WITHIN: Final = 10 * 60_000  # after a restart, younger messages go on with their life


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One line to simulate: its number, the password of its server, and the chats its Mac has from before."""

    address: str
    password: str
    known: tuple[Chat, ...] = ()

    @classmethod
    def parse(cls, text: str) -> LineSpec:
        """From "+12025550190:password". Raises ValueError."""
        address, colon, password = text.partition(":")
        if not colon or not address.strip() or not password:
            raise ValueError(f"{text!r} is not of the form +12025550190:password")
        return cls(address.strip(), password)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request to a line, for tests that assert what was (not) asked."""

    at: int
    line: str
    method: str
    route: str


class Network:
    """Everything lives on one event loop; nothing here is shared between threads."""

    def __init__(
        self, lines: Sequence[LineSpec], *, pace: float = 1.0, seed: int | None = None, storage: Storage | None = None
    ) -> None:
        self._seed, self._pace = seed, pace
        self._chance = random.Random(seed)  # noqa: S311 - people's whims, not secrets
        self.clock = Clock(pace)
        self.postman = Postman(self.clock, self._chance)
        self.faults = Faults(self._chance)
        self.exchange = Exchange()
        self.people = People(self.clock, self._chance, self.exchange)
        self.flaky_checks: set[tuple[str, str]] = set()
        self.version = 0  # counts changes, for pages that show them
        self.requests: deque[Seen] = deque(maxlen=5_000)
        self.storage = storage or Storage(None)
        self.macs = {
            f"line{number}": Mac(f"line{number}", spec.address, spec.password, spec.known, clock=self.clock, postman=self.postman)
            for number, spec in enumerate(lines, start=1)
        }

    def start(self) -> None:
        """On the loop: take up what an earlier run left, and go on with it."""
        self.exchange.on_phone, self.exchange.on_file = self._note_phone, self.storage.note_file
        self.storage.load(self.macs.values(), self.exchange)
        for mac in self.macs.values():
            mac.on_change = self._note
            mac.on_hooks = self.storage.note_hooks
            for row in mac.newest(1_000):
                young = row.created > self.clock.now() - RESUMES_WITHIN
                if young and row.from_me and row.went_out and not (row.delivered or row.error or row.tapback):
                    self.people.receive(mac, row)

    async def reset(self) -> None:
        """As new: nobody has written to anybody, nothing is out of order."""
        self.clock.reset(self._pace)
        await self.postman.reset()
        self._chance.seed(self._seed)
        self.faults.ordered.clear()
        self.exchange.reset()
        self.flaky_checks.clear()
        self.requests.clear()
        for mac in self.macs.values():
            mac.reset()
        self.storage.forget()
        self.version += 1

    async def stop(self) -> None:
        self.clock.stop()
        await self.postman.close()
        self.storage.close()

    def mac(self, name_or_address: str = "") -> Mac | None:
        """The line by its name or number; the first one for ""."""
        if not name_or_address:
            return next(iter(self.macs.values()))
        found = (mac for mac in self.macs.values() if name_or_address in (mac.name, mac.address))
        return next(found, None)

    def _note(self, mac: Mac, row: Row) -> None:
        self.version += 1
        self.storage.note_row(mac, row)

    def _note_phone(self, phone: Phone) -> None:
        self.version += 1
        self.storage.note_phone(phone)

    def send_out(self, mac: Mac, row: Row) -> None:
        """A message leaves the Mac for real."""
        mac.typing_until.pop(row.address, None)
        mac.add(row)
        self.people.receive(mac, row)
