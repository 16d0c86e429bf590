"""Taking places of what lines and plans allow, and giving them back (S0-106..S0-110, S0-161, R17).

The gate takes places while it holds the line, so that workers cannot pass a ceiling together; where the plan of the workspace
has limits it holds the plan too. The conditional UPDATE says no even if they could.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import F
from django.utils import timezone

from lines.limits import Full, Use, slice_of, strictest
from lines.models import Line, LineDay, LineSlice
from lines.quota import ceilings_of, plan_of, plan_use_of, use_of
from workspaces import locks
from workspaces.models import Workspace

_FIRST: Final = """
INSERT INTO {table} (workspace_id, line_id, {when}, started, sent)
SELECT w.workspace, w.line, w.at, 0, 0 FROM unnest(%(workspaces)s::bigint[], %(lines)s::bigint[], %(at)s::{type}[])
    AS w(workspace, line, at)
ON CONFLICT (line_id, {when}) DO NOTHING
"""

_ADD: Final = """
UPDATE {table} row SET started = row.started + w.new, sent = row.sent + w.total
FROM unnest(%(lines)s::bigint[], %(at)s::{type}[], %(new)s::int[], %(total)s::int[], %(most_new)s::int[], %(most)s::int[])
    AS w(line, at, new, total, most_new, most)
WHERE row.line_id = w.line AND row.{when} = w.at
  AND row.started + w.new <= w.most_new AND row.sent + w.total <= w.most
RETURNING row.line_id
"""

_NO_LIMIT: Final = 2_000_000_000


class Overdrawn(Exception):
    """More places were about to be taken than a limit has. Nothing was: the transaction has to end."""


@dataclass(frozen=True, slots=True)
class Places:
    """What a message has taken; None where it took none."""

    new_day: date | None = None  # of new conversations
    day: date | None = None  # of messages
    slice: datetime | None = None  # of either: when the five minutes began


NO_PLACES: Final = Places()


def hold_plans(workspaces: Iterable[Workspace]) -> None:
    """Lock the plans that have limits until this transaction ends."""
    locks.alone(f"plan:{workspace.pk}" for workspace in workspaces if plan_of(workspace).limits)


class Till:
    """The places of some lines in one transaction: what is left is read once, under their locks, and written once.

    Make it after `hold_plans` and while the lines are held.
    """

    def __init__(self, lines: Iterable[Line], now: datetime) -> None:
        self.now, self.lines = now, {line.pk: line for line in lines}
        self._ceilings = {pk: ceilings_of(line) for pk, line in self.lines.items()}
        self._use = use_of(self.lines.values(), now)
        workspaces = {line.workspace_id: line.workspace for line in self.lines.values()}
        self._plans = {pk: plan_of(workspace) for pk, workspace in workspaces.items()}
        self._plan_use = {pk: plan_use_of(workspaces[pk], now) if plan.limits else Use() for pk, plan in self._plans.items()}
        self._taken = {pk: Use() for pk in self.lines}
        self._days = {pk: self._ceilings[pk].clock.day_of(now) for pk in self.lines}
        self._slice = slice_of(now)

    def today(self, line: Line) -> date:
        """The line's day, as `today` has it."""
        return self._days[line.pk]

    def full(self, line: Line, *, new: bool, total: bool) -> Full | None:
        """The strictest limit that forbids one more."""
        plan = line.workspace_id
        return strictest(
            self._ceilings[line.pk], self._use[line.pk], self._plans[plan], self._plan_use[plan], self.now, new=new, total=total
        )

    def take(self, line: Line, *, new: bool, total: bool) -> Places:
        """Take the places of a message for which nothing is full. They count for the next, and are written by `write`."""
        for use in (self._use[line.pk], self._plan_use[line.workspace_id], self._taken[line.pk]):
            use.count(self.now, new, total)
        day = self._days[line.pk]
        return Places(day if new else None, day if total else None, self._slice if new or total else None)

    def write(self) -> None:
        """Add what was taken. Raises Overdrawn when that is more than there is, which only a missing lock can cause."""
        taken = {pk: taken for pk, taken in sorted(self._taken.items()) if taken.new_today or taken.total_today}
        days, slices = _Adding("lines_lineday", "day", "date"), _Adding("lines_lineslice", "begins", "timestamptz")
        for pk, use in taken.items():
            line, ceilings = self.lines[pk], self._ceilings[pk]
            day = self._days[pk]
            days.take(line, day, use, ceilings.new_on(day)[0], ceilings.total_a_day)
            slices.take(line, self._slice, use, self._most_now(pk), None)
        days.write()
        slices.write()

    def _most_now(self, line_id: int) -> int | None:
        """How many may have begun in this slice, by the limit of the hour and what the slices before it have used."""
        most, used = self._ceilings[line_id].new_an_hour, self._use[line_id]
        before = used.in_the_hour(self.now) - used.lately.get(slice_of(self.now), 0)
        return None if most is None else most - before


class _Adding:
    """What is added to the rows of one table, in one statement."""

    def __init__(self, table: str, when: str, kind: str) -> None:
        self._names = {"table": table, "when": when, "type": kind}
        self._rows: dict[int, dict[str, Any]] = {}

    def take(self, line: Line, at: date | datetime, use: Use, most_new: int | None, most: int | None) -> None:
        """Where nothing new is taken, a limit that was higher before is nobody's fault."""
        self._rows[line.pk] = {
            "workspaces": line.workspace_id,
            "lines": line.pk,
            "at": at,
            "new": use.new_today,
            "total": use.total_today,
            "most_new": _NO_LIMIT if most_new is None or not use.new_today else most_new,
            "most": _NO_LIMIT if most is None or not use.total_today else most,
        }

    def write(self) -> None:
        """Raises Overdrawn. Rows that are not there yet are made."""
        left = self._add(list(self._rows))
        if not left:
            return
        with connection.cursor() as cursor:
            cursor.execute(_FIRST.format(**self._names), self._columns(left))
        if self._add(left):
            raise Overdrawn("A line has no room for what was to be sent")

    def _add(self, lines: list[int]) -> list[int]:
        """Those of the lines that could not be added to."""
        if not lines:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(**self._names), self._columns(lines))
            added = {line for (line,) in cursor.fetchall()}
        return [line for line in lines if line not in added]

    def _columns(self, lines: list[int]) -> dict[str, list[Any]]:
        return {name: [self._rows[line][name] for line in lines] for name in next(iter(self._rows.values()))}


def give_back(line_id: int, places: Places) -> None:
    """Return the places of a message that was certainly not sent."""
    days = LineDay.objects.filter(line_id=line_id)
    slices = LineSlice.objects.filter(line_id=line_id, begins__in=[places.slice] if places.slice else [])
    if places.new_day:
        days.filter(day=places.new_day, started__gt=0).update(started=F("started") - 1)
        slices.filter(started__gt=0).update(started=F("started") - 1)
    if places.day:
        days.filter(day=places.day, sent__gt=0).update(sent=F("sent") - 1)
        slices.filter(sent__gt=0).update(sent=F("sent") - 1)


KEEP_SLICES: Final = timedelta(days=7)
"""A plan's day reads the slices of the last 26 hours; what a message that fails later gives back is nobody's limit any more."""


def forget_old_slices() -> int:
    """Delete the slices that no limit reads any more; how many."""
    return LineSlice.objects.filter(begins__lt=timezone.now() - KEEP_SLICES).delete()[0]
