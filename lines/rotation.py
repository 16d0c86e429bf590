"""Spreading new conversations over lines: the next goes to the line that has used the smallest share of its daily limit."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """A line that may be chosen: how many conversations it may start a day, and how many it has started or has waiting."""

    key: int
    a_day: int
    taken: int


class Rotation:
    """Gives out lines so that all are filled alike: of 50 and 20 a day, five go to the first for two to the second.

    A line that may start none is given out only where no other is there, and then in turn.
    """

    def __init__(self, loads: Iterable[Load]) -> None:
        self._heap = [(self._filled(load.a_day, load.taken), load.key, load.a_day, load.taken) for load in loads]
        heapq.heapify(self._heap)

    def next(self) -> int | None:
        """The key of the next line; None where there is none."""
        if not self._heap:
            return None
        _, key, a_day, taken = self._heap[0]
        heapq.heapreplace(self._heap, (self._filled(a_day, taken + 1), key, a_day, taken + 1))
        return key

    @staticmethod
    def _filled(a_day: int, taken: int) -> tuple[bool, float]:
        """The share of its limit that would be used with one more."""
        return (a_day <= 0, (taken + 1) / a_day if a_day > 0 else float(taken))
