"""Long jobs in slices: a worker works on one for a few seconds, then rings for the rest, so that other jobs get their turn.

The job's row says how far it is. Each step is a transaction that does a little and moves the row on, so that a worker that is
killed loses one uncommitted step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError

T = TypeVar("T")

SLICE: Final = 20.0
"""Seconds after which a worker rings for the rest."""

TRIES: Final = 5


def work(step: Callable[[], bool], ring: Callable[[], None], *, seconds: float = SLICE) -> None:
    """Take steps until one returns False, because nothing is left or somebody else is at it; or for about so long, and ring."""
    until = time.monotonic() + seconds
    while insist(step):
        if time.monotonic() > until:
            ring()
            return


def insist(step: Callable[[], T]) -> T:
    """Take a step, which is one transaction, again where it met somebody else's locks. Raises OperationalError when it meets
    them each time."""
    for _ in range(TRIES - 1):
        try:
            return step()
        except OperationalError:
            continue
    return step()
