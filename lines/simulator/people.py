"""The people at the other end: their phones receive, they read, they answer, or they do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Final

from lines.simulator import voices
from lines.simulator.clock import Clock
from lines.simulator.exchange import Exchange
from lines.simulator.habits import Habits, habits_of, magic_number
from lines.simulator.mac import Mac
from lines.simulator.pictures import HEIC_NAME, PHOTO_NAME, heic, photo
from lines.simulator.rows import Row
from lines.simulator.script import Reply, Step, first_reply, next_reply

# Seconds after the row is visible, which is 0.3 s after the request; times the clock's pace.
DELIVERED_AFTER: Final = 1.2
SILENT_ERROR_AFTER: Final = 3.0
READ_AFTER: Final = 20.0
REPLY_AFTER: Final = 45.0
TYPES_FOR: Final = 5.0


class People:
    def __init__(self, clock: Clock, chance: random.Random, exchange: Exchange) -> None:
        self._clock, self._chance, self._exchange = clock, chance, exchange

    def receive(self, mac: Mac, row: Row) -> None:
        """A message left the Mac: plan its life."""
        habits = habits_of(row.address)
        row.went_out = row.service == "SMS" or habits.imessage
        if not row.went_out:
            self._later(SILENT_ERROR_AFTER, partial(self._fail, mac, row))
        elif row.service == "SMS":
            self._maybe_reply(mac, row, habits)  # texts carry no receipts
        else:
            self._later(DELIVERED_AFTER, partial(self._deliver, mac, row, habits))

    def read(self, mac: Mac, row: Row) -> None:
        """Opened on the phone. Without receipts the line never learns of it."""
        if row.read_at is None and row.delivered and row.service == "iMessage" and self._exchange.phone(row.address).receipts:
            row.read_at = self._clock.now()
            mac.changed(row)

    def open_thread(self, mac: Mac, address: str) -> None:
        """A person looks at the whole thread."""
        for row in mac.rows_with(address):
            if row.from_me and row.went_out and not row.tapback:
                self.read(mac, row)

    # ---- inside ---------------------------------------------------------------------------------

    def _fail(self, mac: Mac, row: Row) -> None:
        row.error = 22
        mac.changed(row)

    def _deliver(self, mac: Mac, row: Row, habits: Habits) -> None:
        row.delivered = True
        row.delivered_at = self._clock.now() if habits.delivery_date else None
        mac.changed(row)
        if self._exchange.phone(row.address).answers and self._chance.random() < habits.reads:
            look = partial(self.read, mac, row)
            if habits.reads_after is None:
                self._later(READ_AFTER, look)
            else:
                self._clock.after(habits.reads_after, look)
        self._maybe_reply(mac, row, habits)

    def _maybe_reply(self, mac: Mac, row: Row, habits: Habits) -> None:
        phone = self._exchange.phone(row.address)
        if not phone.answers or phone.stopped or self._chance.random() >= habits.replies:
            return
        if any(not each.from_me for each in mac.rows_with(row.address)):
            reply = next_reply(habits.story, self._chance)
        else:
            reply = first_reply(magic_number(row.address), habits.story, self._chance)
        self._later(REPLY_AFTER - TYPES_FOR, partial(self._begin, mac, row, reply))

    def _begin(self, mac: Mac, row: Row, reply: Reply) -> None:
        phone = self._exchange.phone(row.address)
        if not phone.answers or phone.stopped:
            return
        if row.service == "iMessage" and any(step.kind == "text" for step in reply.steps):
            voices.show_typing(self._exchange, mac, row.address, on=True)
        self._go_on(mac, row, reply.steps, wait=TYPES_FOR)

    def _go_on(self, mac: Mac, row: Row, steps: tuple[Step, ...], wait: float = 0) -> None:
        """The next step waits from the one before it, however late that came: an edit is never seen together with its text."""
        if steps:
            self._later(wait + steps[0].after, partial(self._act, mac, row, steps))

    def _act(self, mac: Mac, row: Row, steps: tuple[Step, ...]) -> None:
        step, *following = steps
        self._do(mac, row, step)
        self._go_on(mac, row, tuple(following))

    def _do(self, mac: Mac, row: Row, step: Step) -> None:
        say = partial(voices.say, self._exchange, mac, row.address, step.text, service=row.service)
        if habits_of(row.address).reads:
            self.read(mac, row)
        match step.kind:
            case "text":
                say()
            case "photo":
                say(files=[(PHOTO_NAME, "image/png", photo())])
            case "heic":
                say(files=[(HEIC_NAME, "image/heic", heic())])
            case "tapback":
                voices.tap(mac, row.address, row, step.text)
            case "emoji_tapback":
                voices.tap(mac, row.address, row, "2006", emoji=step.text)
            case "edit":
                voices.edit_last(mac, row.address, step.text)

    def _later(self, seconds: float, job: Callable[[], None]) -> None:
        self._clock.after(seconds * self._clock.pace, job)
