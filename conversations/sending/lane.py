"""One line's sends in one process: how many its gateway may have at once, and how many more are claimed ahead of them."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from conversations.sending.attempts import Claim

SLOW_AFTER: Final = 5.0
"""Seconds after which a gateway is slow. A Mac needs one or two for a message."""

QUICK: Final = 0.5
"""Seconds in which a line's last send was answered, for its next messages to be claimed ahead."""

ROUND: Final = 0.15
"""Seconds from a send's end to the next claim in its place, on a busy machine. A line is claimed ahead for by what it
answers in this time."""

MOST_AHEAD: Final = 4
"""Times as many as its gateway may have at once that are claimed ahead for one line at most."""


@dataclass(slots=True, eq=False)
class Flight:
    """A send under way."""

    since: float
    doubtful: bool  # which share it takes its place of
    stuck: bool = False


@dataclass(slots=True, eq=False)
class Lane:
    """What this process has of one line."""

    line: int
    answered_in: float | None  # seconds, the last time; None: not yet
    at_once: int = 1  # sends that its gateway may have from us, as of the last claim
    waiting: deque[Claim] = field(default_factory=deque)
    flying: dict[int, Flight] = field(default_factory=dict)  # by attempt
    stuck: int = 0  # of those under way
    ready: bool = False  # it is in the queue of lanes that may have something to send

    @property
    def unsent(self) -> int:
        """Waiting or under way. What has ended leaves its place at once, whenever it is written down."""
        return len(self.waiting) + len(self.flying)

    @property
    def slow(self) -> bool:
        return self.stuck > 0 or (self.answered_in or 0) >= SLOW_AFTER

    @property
    def doubtful(self) -> bool:
        """Slow, or not known yet."""
        return self.slow or self.answered_in is None

    @property
    def width(self) -> int:
        """Sends at once."""
        return min(1, self.at_once) if self.slow else self.at_once

    @property
    def may_start(self) -> int:
        return min(len(self.waiting), max(0, self.width - len(self.flying)))

    @property
    def most(self) -> int:
        """Unsent at once: those that its gateway may have and, while it is quick, those that wait for them."""
        if self.answered_in is None or self.slow or self.answered_in >= QUICK:
            return self.width
        rounds = ROUND / max(self.answered_in, ROUND / MOST_AHEAD)
        return self.width + math.ceil(self.width * max(1.0, rounds))
