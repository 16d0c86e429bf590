"""Which changes in chat.db become webhooks: the server's poller, as it was watched at work.

* It looks at the newest 100 rows of the last seven days, and only there.
* A row it does not remember is new-message; a remembered one whose receipts or edits changed is
  updated-message, without its chats. It forgets after an hour, so a later receipt is new-message.
* A change of `error` is no change. An outgoing row delivered without a date is looked at again
  each time. After a restart everything is new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lines.simulator.clock import Clock
from lines.simulator.rows import Row

TICK_SECONDS: Final = 0.5
WEEK: Final = 7 * 86_400_000
HOUR: Final = 3_600_000
OVERLAP: Final = 5_000

Facts = tuple[bool, int | None, int | None, int | None, int | None]


@dataclass(slots=True)
class _Memory:
    facts: Facts
    since: int


class Poller:
    """`rows(n)` returns the newest n rows; `report(event, row)` is called for each change that becomes a webhook."""

    def __init__(
        self, clock: Clock, rows: Callable[[int], list[Row]], report: Callable[[str, Row], None], newest: int = 100
    ) -> None:
        self.newest = newest
        self._clock, self._rows, self._announce = clock, rows, report
        self._known: dict[str, _Memory] = {}
        self._looked_at = clock.now()
        self._due = False

    def wake(self) -> None:
        """chat.db changed: look soon, once for all changes until then."""
        if not self._due:
            self._due = True
            self._clock.after(TICK_SECONDS * min(1.0, self._clock.pace), self._tick)

    def forget_everything(self) -> None:
        """As after a restart of the server."""
        self._known.clear()
        self._looked_at = self._clock.now() - WEEK
        self.wake()

    def _tick(self) -> None:
        self._due = False
        now = self._clock.now()
        self._known = {guid: memory for guid, memory in self._known.items() if now - memory.since < HOUR}
        since, self._looked_at = self._looked_at - OVERLAP, now
        window = [row for row in self._rows(self.newest) if row.created >= now - WEEK]
        for row in window:
            if _changed_since(row, since):
                self._report(row, now)

    def _report(self, row: Row, now: int) -> None:
        facts = _facts(row)
        memory = self._known.get(row.guid)
        if memory is None:
            self._known[row.guid] = _Memory(facts, now)
            self._announce("new-message", row)
        elif memory.facts != facts:
            memory.facts = facts
            self._announce("updated-message", row)


def _changed_since(row: Row, moment: int) -> bool:
    if row.from_me and row.delivered and row.delivered_at is None:
        return True
    times = (row.created, row.delivered_at, row.read_at, row.edited_at, row.retracted_at)
    return any(at is not None and at >= moment for at in times)


def _facts(row: Row) -> Facts:
    return row.delivered, row.delivered_at, row.read_at, row.edited_at, row.retracted_at
