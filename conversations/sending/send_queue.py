"""The send queue of one process: claims go in, threads take out what may be sent now, and endings make room for more claims.

`Slots` decides what may be sent; here is what waits for whom. While a line answers quickly, some more of its messages are
claimed ahead, so that its gateway never waits for us between two sends. They leave within moments of their gate.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from conversations.sending.attempts import Claim
from conversations.sending.line_locks import Allowance
from conversations.sending.slots import IN_FLIGHT, STUCK, Slots

AHEAD: Final = 192
"""Messages claimed beyond those at once, at most."""

UNWRITTEN: Final = 384
"""Messages whose ending waits to be written down, at most; then nothing more is claimed."""

THREADS: Final = IN_FLIGHT + STUCK

WORTH: Final = 32
"""Free places that are worth a claim. Fewer are gathered for GATHER seconds."""

GATHER: Final = 0.02

LARGER: Final = 3
"""Times as many, and as long, while nearly all that may be claimed ahead is: no gateway waits, and a large claim is cheaper."""


class SendQueue:
    """Thread-safe. `paces` outlives it: the seconds in which each line's last send was answered."""

    def __init__(self, paces: dict[int, float], clock: Callable[[], float] = time.monotonic) -> None:
        lock = threading.Lock()
        self._changed, self._work = threading.Condition(lock), threading.Condition(lock)
        self._slots = Slots(paces, clock)
        self._claimed = self._idle = 0  # claims that are not written down yet; threads that wait for work
        self._ended = self._written = 0  # since room was asked for
        self._wanted: float = math.inf  # once so many have ended, whoever waits for places is woken
        self._nudged = self._closed = False

    # -- for the claimer ------------------------------------------------------------------------------------------------------

    @property
    def claimed(self) -> int:
        """Claims whose ending is not written down yet."""
        return self._claimed

    def room(self) -> int:
        """How many messages may be claimed now, over all lines. What ends from here on is news to `wait`."""
        with self._changed:
            slots = self._slots
            if slots.age():
                self._work.notify_all()
            self._ended = self._written = 0
            unwritten = self._claimed - slots.unsent
            return min(IN_FLIGHT + AHEAD - (slots.unsent - slots.stuck), UNWRITTEN - unwritten)

    def shut(self) -> list[int]:
        """Lines of which nothing can be claimed now, so that no claim begins with them."""
        with self._changed:
            return [line.line for line in self._slots.lines.values() if line.unsent >= line.most]

    def allowance(self) -> Allowance:
        """How many messages of each line one claim may take. Only the unsent are in the way, and these the line's queue knows."""
        with self._changed:
            left = self._slots.free_for_doubtful() if self._slots.stuck < STUCK else 0

        def more(line_id: int, at_once: int, mine: int) -> int:
            nonlocal left
            line = self._slots.line(line_id)
            line.at_once = at_once
            wanted = max(0, line.most - line.unsent)
            if line.doubtful:
                wanted = max(0, min(wanted, left))
                left -= wanted
            return wanted

        return more

    def put(self, claims: Iterable[Claim]) -> None:
        """Have these sent, each as soon as it may be."""
        with self._changed:
            for claim in claims:
                self._slots.put(claim)
                self._claimed += 1
            self._wake()

    def wants_help(self) -> bool:
        """Whether more could be sent now than threads are at rest."""
        with self._changed:
            return self._slots.startable() > self._idle

    def wait(self, seconds: float) -> None:
        """Until places are free, endings are written down, somebody nudged, or the time is over. Places are gathered a little.

        Those count that have become free since room was asked for: the claim did not see them.
        """
        end = time.monotonic() + seconds
        with self._changed:
            self._wanted = 1
            self._changed.wait_for(lambda: self._ended or self._written or self._nudged, seconds)
            times = LARGER if self._slots.unsent - self._slots.stuck >= IN_FLIGHT + AHEAD - WORTH else 1
            self._wanted = worth = times * WORTH
            left = max(0.0, min(times * GATHER, end - time.monotonic()))
            self._changed.wait_for(lambda: self._ended >= worth or not self._claimed or self._nudged, left)
            self._wanted, self._nudged = math.inf, False

    def nudge(self) -> None:
        """Something may be due: do not wait any longer."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def abandon(self) -> None:
        """Nobody can send what waits: its attempts stay open, for the reconciler."""
        with self._changed:
            self._claimed -= self._slots.drop_waiting()

    def finish(self) -> None:
        """Wait until everything is written down, then let the threads end."""
        with self._changed:
            self._changed.wait_for(lambda: not self._claimed)
            self._closed = True
            self._work.notify_all()

    # -- for the threads that send ---------------------------------------------------------------------------------------------

    def next(self) -> Claim | None:
        """What is to be sent now, waited for; None at the end."""
        with self._work:
            while (claim := self._slots.start()) is None:
                if self._closed:
                    return None
                self._idle += 1
                self._work.wait()
                self._idle -= 1
            return claim

    def ended(self, claim: Claim) -> None:
        """Its gateway is done with it. The same thread asks for the next."""
        with self._changed:
            flight = self._slots.end(claim)
            self._ended += 1
            if self._ended >= self._wanted:
                self._changed.notify_all()
            if flight.doubtful:
                self._wake()  # its line is known now, or has room for more than one

    # -- for the recorder ----------------------------------------------------------------------------------------------------

    def written(self, claims: Sequence[Claim]) -> None:
        with self._changed:
            self._claimed -= len(claims)
            self._written += len(claims)
            self._changed.notify_all()

    def _wake(self) -> None:
        """Wake threads at rest for what may start. Call under the lock."""
        self._work.notify(min(self._slots.startable(), self._idle))
