"""Taking places of what lines and plans allow, and giving them back (S0-106..S0-110, S0-161, R17).

The gate takes places while it holds the line, so that workers cannot pass a ceiling together; where the plan of the workspace
has limits it holds the plan too. The conditional UPDATE says no even if they could.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from lines.limits import Full, Use, slice_of, strictest
from lines.models import Line, LineDay, LineSlice
from lines.quota import ceilings_of, plan_of, plan_use_of, use_of
from workspaces import locks, statements
from workspaces.models import Workspace

# Only limits of what is taken are checked: one that was lowered below today's use does not stop the rest.
_ADD: Final = """
WITH taken AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS w(workspace bigint, line bigint, day date, slice timestamptz,
        new int, total int, most_new int, most int, most_now int)
), days AS (
    INSERT INTO lines_lineday AS row (workspace_id, line_id, day, started, sent)
    SELECT workspace, line, day, new, total FROM taken
    WHERE (new = 0 OR most_new IS NULL OR new <= most_new) AND (total = 0 OR most IS NULL OR total <= most)
    ON CONFLICT (line_id, day) DO UPDATE SET started = row.started + EXCLUDED.started, sent = row.sent + EXCLUDED.sent
    WHERE EXISTS (SELECT 1 FROM taken w WHERE w.line = row.line_id
                  AND (w.new = 0 OR w.most_new IS NULL OR row.started + w.new <= w.most_new)
                  AND (w.total = 0 OR w.most IS NULL OR row.sent + w.total <= w.most))
    RETURNING line_id
), slices AS (
    INSERT INTO lines_lineslice AS row (workspace_id, line_id, begins, started, sent)
    SELECT workspace, line, slice, new, total FROM taken WHERE new = 0 OR most_now IS NULL OR new <= most_now
    ON CONFLICT (line_id, begins) DO UPDATE SET started = row.started + EXCLUDED.started, sent = row.sent + EXCLUDED.sent
    WHERE EXISTS (SELECT 1 FROM taken w WHERE w.line = row.line_id
                  AND (w.new = 0 OR w.most_now IS NULL OR row.started + w.new <= w.most_now))
    RETURNING line_id
)
SELECT (SELECT COUNT(*) FROM days), (SELECT COUNT(*) FROM slices)
"""


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


class Quotas:
    """What some lines and their plans have left, in one transaction: read once under their locks, and written once.

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
        rows = [self._row(pk, use) for pk, use in sorted(self._taken.items()) if use.new_today or use.total_today]
        if rows and statements.run(_ADD, {"rows": statements.rows(rows)}) != [(len(rows), len(rows))]:
            raise Overdrawn("A line has no room for what was to be sent")

    def _row(self, pk: int, taken: Use) -> dict[str, object]:
        day, ceilings = self._days[pk], self._ceilings[pk]
        return {
            "workspace": self.lines[pk].workspace_id,
            "line": pk,
            "day": day,
            "slice": self._slice,
            "new": taken.new_today,
            "total": taken.total_today,
            "most_new": ceilings.new_on(day)[0],
            "most": ceilings.total_a_day,
            "most_now": self._most_now(pk),
        }

    def _most_now(self, line_id: int) -> int | None:
        """How many may have begun in this slice, by the limit of the hour and what the slices before it have used."""
        most, used = self._ceilings[line_id].new_an_hour, self._use[line_id]
        before = used.in_the_hour(self.now) - used.lately.get(slice_of(self.now), 0)
        return None if most is None else most - before


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
"""A plan's day reads the slices of the last 26 hours; a place that is given back later frees nothing."""


def forget_old_slices() -> int:
    """Delete the slices that no limit reads any more. Returns how many."""
    return LineSlice.objects.filter(begins__lt=timezone.now() - KEEP_SLICES).delete()[0]
