"""Which claimed messages may be at their gateways at this moment. Plain counting, without locks: `SendQueue` makes it thread-safe.

A gateway that does not answer may take minutes to say so. Three bounds keep it from holding up others, so that healthy lines
go on at once however many hang:

* A line has at most as many sends under way as its gateway allows, and a single one while it is slow.
* Lines that do not answer within SLOW_AFTER, or have not answered at all yet, share half the slots.
* A send older than SLOW_AFTER is stuck and gives its slot up; at most STUCK of them may do so.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from conversations.sending.attempts import Claim
from conversations.sending.line_queue import SLOW_AFTER, Flight, LineQueue

IN_FLIGHT: Final = 96
"""Slots: sends at once per process, over all lines, each in a thread. A line's own `max_in_flight` is the tighter bound."""

DOUBTFUL: Final = IN_FLIGHT // 2
"""Slots for lines that are slow or not known yet."""

STUCK: Final = 160
"""Sends, beyond IN_FLIGHT, that wait for gateways which hang."""


class Slots:
    """`paces` outlives it: the seconds in which each line's last send was answered."""

    def __init__(self, paces: dict[int, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._paces, self._clock = paces, clock
        self.lines: dict[int, LineQueue] = {}
        self.unsent = self.stuck = 0  # over all lines
        self._taken = self._taken_by_doubtful = 0  # slots; of those, by lines that were doubtful when their send began
        self._ready: deque[LineQueue] = deque()

    def line(self, line_id: int) -> LineQueue:
        """The queue of a line; where it has none yet, one that is not kept."""
        return self.lines.get(line_id) or LineQueue(line_id, self._paces.get(line_id))

    def free_for_doubtful(self) -> int:
        """How many more messages of doubtful lines may be claimed."""
        return DOUBTFUL - sum(line.unsent - line.stuck for line in self.lines.values() if line.doubtful)

    def put(self, claim: Claim) -> None:
        line = self.lines[claim.line] = self.line(claim.line)
        line.at_once = claim.at_once
        line.waiting.append(claim)
        self.unsent += 1
        self._make_ready(line)

    def startable(self) -> int:
        """How many sends their lines would let begin now."""
        return sum(line.may_start for line in self._ready)

    def start(self) -> Claim | None:
        """Begin the next send, from the first line that may; lines take turns. None where no send may begin now."""
        for _ in range(len(self._ready)):
            line = self._ready.popleft()
            if not line.may_start:
                line.ready = False  # ready again when one of its sends has ended
                continue
            self._ready.append(line)
            doubtful = line.doubtful
            if self._taken >= IN_FLIGHT or (doubtful and self._taken_by_doubtful >= DOUBTFUL):
                continue
            claim = line.waiting.popleft()
            line.in_flight[claim.attempt_id] = Flight(self._clock(), doubtful)
            self._taken += 1
            self._taken_by_doubtful += doubtful
            return claim
        return None

    def end(self, claim: Claim) -> Flight:
        """Its gateway is done with it."""
        line = self.lines[claim.line]
        flight = line.in_flight.pop(claim.attempt_id)
        self.unsent -= 1
        line.answered_in = self._paces[claim.line] = self._clock() - flight.since
        if flight.stuck:
            line.stuck -= 1
            self.stuck -= 1
        else:
            self._free_slot(flight)
        self._make_ready(line)
        return flight

    def age(self) -> int:
        """Sends that have become too old give their slots up; how many."""
        late, aged = self._clock() - SLOW_AFTER, 0
        for line in self.lines.values():
            for flight in line.in_flight.values():
                if not flight.stuck and flight.since < late and self.stuck < STUCK:
                    flight.stuck = True
                    line.stuck += 1
                    self.stuck += 1
                    self._free_slot(flight)
                    aged += 1
        return aged

    def drop_waiting(self) -> int:
        """Forget all that has not begun; how many."""
        dropped = 0
        for line in self.lines.values():
            dropped += len(line.waiting)
            line.waiting.clear()
        self.unsent -= dropped
        return dropped

    def _make_ready(self, line: LineQueue) -> None:
        if line.waiting and not line.ready:
            line.ready = True
            self._ready.append(line)

    def _free_slot(self, flight: Flight) -> None:
        self._taken -= 1
        self._taken_by_doubtful -= flight.doubtful
