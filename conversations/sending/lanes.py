"""Which of the claimed sends are at their gateways at a moment: the lanes of one process, one for each line.

A gateway that does not answer may take minutes to say so. What it holds up is bounded three ways, so that healthy lines go
on at once however many others hang:

* A line has at most as many sends under way as its gateway allows, and a single one while it is slow.
* Lines that do not answer within SLOW_AFTER, or have not answered at all yet, share half the places.
* A send that is older than SLOW_AFTER takes no place any more; there are at most STUCK of those.

While a line answers quickly, some more of its messages are claimed ahead, so that its gateway never waits for us
between two sends. They leave within moments of their gate.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from conversations.sending.attempts import Claim
from conversations.sending.lane import SLOW_AFTER, Flight, Lane

IN_FLIGHT: Final = 96
"""Sends at once per process, over all lines, each in a thread; a line's own `max_in_flight` is the tighter bound."""

AHEAD: Final = 192
"""Messages claimed beyond those at once, at most."""

UNWRITTEN: Final = 384
"""Messages whose ending waits to be written down, at most; then nothing more is claimed."""

DOUBTFUL: Final = IN_FLIGHT // 2
"""Places for lines that are slow or not known yet."""

STUCK: Final = 160
"""Sends, beyond IN_FLIGHT, that wait for gateways which hang."""

THREADS: Final = IN_FLIGHT + STUCK

WORTH: Final = 32
"""Places that are worth a claim of their own. Fewer are gathered for GATHER seconds."""

GATHER: Final = 0.02

LARGER: Final = 3
"""Times as many, and as long, while nearly all that may be claimed ahead is: no gateway waits, and a large claim is cheaper."""


class Lanes:
    """The lanes of one process. Thread-safe. `paces` outlives it: seconds in which lines answered last, by line."""

    def __init__(self, paces: dict[int, float], clock: Callable[[], float] = time.monotonic) -> None:
        lock = threading.Lock()
        self._changed, self._work = threading.Condition(lock), threading.Condition(lock)
        self._paces, self._clock = paces, clock
        self._lanes: dict[int, Lane] = {}
        self._ready: deque[Lane] = deque()
        self._young = self._young_doubtful = 0  # sends under way and not stuck; those of them that were doubtful when they began
        self._stuck = self._claimed = self._unsent = self._idle = 0
        self._ended = self._written = 0  # since room was asked for
        self._wanted: float = math.inf  # so many ended are worth telling who waits
        self._nudged = self._closed = False

    # -- for the claimer ------------------------------------------------------------------------------------------------------

    @property
    def claimed(self) -> int:
        """Claims whose ending is not written down yet."""
        return self._claimed

    def room(self) -> int:
        """How many messages may be claimed now, over all lines. What ends from here on is news to `wait`."""
        with self._changed:
            self._age()
            self._ended = self._written = 0
            unwritten = self._claimed - self._unsent
            return min(IN_FLIGHT + AHEAD - (self._unsent - self._stuck), UNWRITTEN - unwritten)

    def shut(self) -> list[int]:
        """Lines of which nothing can be claimed now, so that no claim begins with them."""
        with self._changed:
            return [lane.line for lane in self._lanes.values() if lane.unsent >= lane.most]

    def allowance(self) -> Callable[[int, int, int], int]:
        """For one claim: (line, sends its gateway may have from us, those we have claimed) -> how many more may be claimed.

        Of those we have claimed only the unsent are in the way, and these the lane knows.
        """
        with self._changed:
            doubtful = DOUBTFUL - sum(lane.unsent - lane.stuck for lane in self._lanes.values() if lane.doubtful)
            left = doubtful if self._stuck < STUCK else 0

        def more(line: int, at_once: int, mine: int) -> int:
            nonlocal left
            lane = self._lanes.get(line) or Lane(line, self._paces.get(line))
            lane.at_once = at_once
            wanted = max(0, lane.most - lane.unsent)
            if lane.doubtful:
                wanted = max(0, min(wanted, left))
                left -= wanted
            return wanted

        return more

    def take(self, claims: Iterable[Claim]) -> None:
        """Have these sent, each as soon as its lane allows."""
        with self._changed:
            for claim in claims:
                lane = self._lanes.get(claim.line)
                if lane is None:
                    lane = self._lanes[claim.line] = Lane(claim.line, self._paces.get(claim.line))
                lane.at_once = claim.at_once
                lane.waiting.append(claim)
                self._claimed += 1
                self._unsent += 1
                self._make_ready(lane)
            self._wake()

    def wants_help(self) -> bool:
        """Whether more could be sent now than threads are at rest."""
        with self._changed:
            return self._startable() > self._idle

    def wait(self, seconds: float) -> None:
        """Until places are free, endings are written down, somebody nudged, or the time is over. Places are gathered a little.

        Those count that have become free since room was asked for: the claim did not see them.
        """
        end = time.monotonic() + seconds
        with self._changed:
            self._wanted = 1
            self._changed.wait_for(lambda: self._ended or self._written or self._nudged, seconds)
            times = LARGER if self._unsent - self._stuck >= IN_FLIGHT + AHEAD - WORTH else 1
            self._wanted = worth = times * WORTH
            left = max(0.0, min(times * GATHER, end - time.monotonic()))
            self._changed.wait_for(lambda: self._ended >= worth or not self._claimed or self._nudged, left)
            self._wanted, self._nudged = math.inf, False

    def nudge(self) -> None:
        """Something may be due."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def forsake(self) -> None:
        """Nobody can send what waits: its attempts stay open, for the reconciler."""
        with self._changed:
            for lane in self._lanes.values():
                self._claimed -= len(lane.waiting)
                self._unsent -= len(lane.waiting)
                lane.waiting.clear()

    def settle(self) -> None:
        """Wait until everything is written down, then let the threads end."""
        with self._changed:
            self._changed.wait_for(lambda: not self._claimed)
            self._closed = True
            self._work.notify_all()

    # -- for the threads that send ---------------------------------------------------------------------------------------------

    def next(self) -> Claim | None:
        """What is to be sent now, waited for; None at the end."""
        with self._work:
            while (claim := self._pick()) is None:
                if self._closed:
                    return None
                self._idle += 1
                self._work.wait()
                self._idle -= 1
            return claim

    def ended(self, claim: Claim) -> None:
        """Its gateway is done with it. The same thread asks for the next."""
        with self._changed:
            lane = self._lanes[claim.line]
            flight = lane.flying.pop(claim.attempt_id)
            self._unsent -= 1
            self._ended += 1
            if self._ended >= self._wanted:
                self._changed.notify_all()
            lane.answered_in = self._paces[claim.line] = self._clock() - flight.since
            if flight.stuck:
                lane.stuck -= 1
                self._stuck -= 1
            else:
                self._leave_place(flight)
            self._make_ready(lane)
            if flight.doubtful:
                self._wake()  # its line is known now, or has room for more than one

    # -- for the recorder ----------------------------------------------------------------------------------------------------

    def written(self, claims: Sequence[Claim]) -> None:
        with self._changed:
            self._claimed -= len(claims)
            self._written += len(claims)
            self._changed.notify_all()

    # -- inside, under the lock ---------------------------------------------------------------------------------------------------

    def _make_ready(self, lane: Lane) -> None:
        if lane.waiting and not lane.ready:
            lane.ready = True
            self._ready.append(lane)

    def _startable(self) -> int:
        return sum(lane.may_start for lane in self._ready)

    def _wake(self) -> None:
        """Wake threads at rest for what may start."""
        self._work.notify(min(self._startable(), self._idle))

    def _pick(self) -> Claim | None:
        """The next claim of the first lane that may start one; lanes take turns."""
        for _ in range(len(self._ready)):
            lane = self._ready.popleft()
            if not lane.may_start:
                lane.ready = False  # ready again when one of its sends has ended
                continue
            self._ready.append(lane)
            doubtful = lane.doubtful
            if self._young >= IN_FLIGHT or (doubtful and self._young_doubtful >= DOUBTFUL):
                continue
            claim = lane.waiting.popleft()
            lane.flying[claim.attempt_id] = Flight(self._clock(), doubtful)
            self._young += 1
            self._young_doubtful += doubtful
            return claim
        return None

    def _leave_place(self, flight: Flight) -> None:
        self._young -= 1
        self._young_doubtful -= flight.doubtful

    def _age(self) -> None:
        """Sends that have become slow leave their place to others."""
        late, aged = self._clock() - SLOW_AFTER, 0
        for lane in self._lanes.values():
            for flight in lane.flying.values():
                if not flight.stuck and flight.since < late and self._stuck < STUCK:
                    flight.stuck = True
                    lane.stuck += 1
                    self._stuck += 1
                    self._leave_place(flight)
                    aged += 1
        if aged:
            self._work.notify_all()
