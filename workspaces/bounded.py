"""Counts that stop at a bound, so that a page costs the same over ten thousand rows as over a million."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number of rows; `more`: there are more than were counted. Shown as “9,210” or “10,000+”."""

    n: int = 0
    more: bool = False

    @classmethod
    def of(cls, found: int, most: int) -> Bounded:
        """From a count that looked at `most` + 1 rows and no further."""
        return cls(min(found, most), found > most)

    def __str__(self) -> str:
        return f"{self.n:,}+" if self.more else f"{self.n:,}"
