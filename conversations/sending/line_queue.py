"""One line's claimed messages in one process: how many its gateway may have at once, and how many more are claimed ahead."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from conversations.sending.attempts import Claim

SLOW_AFTER: Final = 5.0
"""Seconds after which a gateway is slow. A Mac needs one or two for a message."""

QUICK: Final = 0.5
"""Messages are claimed ahead for a line whose last send was answered within so many seconds."""

ROUND: Final = 0.15
"""Seconds from the end of a send to the next claim in its place, on a busy machine. What a line answers in it is claimed ahead."""

MOST_AHEAD: Final = 4
"""At most so many times what its gateway may have at once is claimed ahead for one line."""


@dataclass(slots=True, eq=False)
class Flight:
    """A send under way."""

    since: float  # on the clock of `Slots`, seconds
    doubtful: bool  # whether it took its slot from the share of doubtful lines
    stuck: bool = False  # older than SLOW_AFTER: it has given its slot up


@dataclass(slots=True, eq=False)
class LineQueue:
    """What this process has claimed of one line and not sent yet."""

    line: int
    answered_in: float | None  # seconds that its last send took; None: none has ended yet
    at_once: int = 1  # sends that its gateway may have from this process, as of the last claim
    waiting: deque[Claim] = field(default_factory=deque)
    in_flight: dict[int, Flight] = field(default_factory=dict)  # by attempt
    stuck: int = 0  # how many of those in flight are
    ready: bool = False  # it stands in the queue of lines that may have something to send

    @property
    def unsent(self) -> int:
        """Waiting or in flight. What has ended is not counted, whether or not it is recorded yet."""
        return len(self.waiting) + len(self.in_flight)

    @property
    def slow(self) -> bool:
        return self.stuck > 0 or (self.answered_in or 0) >= SLOW_AFTER

    @property
    def doubtful(self) -> bool:
        """Slow, or not known yet."""
        return self.slow or self.answered_in is None

    @property
    def width(self) -> int:
        """Sends at once: what the gateway may have, but a single one while it is slow."""
        return min(1, self.at_once) if self.slow else self.at_once

    @property
    def may_start(self) -> int:
        return min(len(self.waiting), max(0, self.width - len(self.in_flight)))

    @property
    def most(self) -> int:
        """How many may be unsent: `width` and, while its gateway is quick, those claimed ahead."""
        if self.answered_in is None or self.slow or self.answered_in >= QUICK:
            return self.width
        rounds = ROUND / max(self.answered_in, ROUND / MOST_AHEAD)
        return self.width + math.ceil(self.width * max(1.0, rounds))
