"""What goes into the simulation of a launch plan (`lines.simulation`), and what comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from lines.limits import Ceilings, Use

Opens = Callable[[datetime], datetime | None]
"""The first moment from a given one on at which some recipients may be written to; None for never."""


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line as the plan begins: what it may send, has sent, and has waiting from before."""

    key: int
    ceilings: Ceilings
    used: Use = field(default_factory=Use)
    waiting_new: int = 0
    waiting: int = 0  # messages in conversations that are there already
    rests_until: datetime | None = None


@dataclass(order=True, slots=True)
class Job:
    """A message that is to be sent. Recipients that share their windows share `opens`: one question answers for all of them."""

    due: datetime
    turn: int
    opens: Opens = field(compare=False)
    new: bool = field(compare=False)
    step: int = field(default=0, compare=False)  # 0 is the first to its recipient
    left_at: datetime | None = field(default=None, compare=False)  # written by the simulation


@dataclass(slots=True)
class Sent:
    """What a line sends, by its own days."""

    messages: Counter[date] = field(default_factory=Counter)
    new: Counter[date] = field(default_factory=Counter)
    full_at: dict[date, datetime] = field(default_factory=dict)  # when the new conversations of a day are used up
    firsts_done: datetime | None = None
    done: datetime | None = None
    never: int = 0  # messages that find no time to leave
