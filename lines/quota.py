"""What lines have used of their limits, and taking places of them (S0-106..S0-110, S0-161, R17).

A conversation is new when the line and the person have exchanged nothing for `Line.new_after_days`. Replies and
follow-ups take no place of those, but one of the messages of the day. The gate takes places while it holds the line, so
workers cannot pass a ceiling together; where the plan of the workspace has limits it holds the plan too. The conditional
UPDATE says no even if they could.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from lines.limits import HOUR, SLICE, Ceilings, Clock, Full, Plan, Ramp, Use, slice_of, strictest
from lines.models import Line, LineDay, LineSlice
from workspaces import prepared
from workspaces.models import Workspace

_HOLD_PLAN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('plan:' || %s, 0))"

_DAYS: Final = """
SELECT d.line_id, d.started, d.sent FROM unnest(%(lines)s::bigint[], %(days)s::date[]) AS w(line, day)
JOIN lines_lineday d ON d.line_id = w.line AND d.day = w.day
"""

_LATELY: Final = """
SELECT line_id, begins, started FROM lines_lineslice
WHERE line_id = ANY(%(lines)s::bigint[]) AND begins > %(since)s::timestamptz AND started > 0
"""

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
    hour: datetime | None = None  # of either: the slice of the hour


NO_PLACES: Final = Places()


def clock_of(line: Line) -> Clock:
    return Clock(line.zone, line.day_starts_at)


def ceilings_of(line: Line) -> Ceilings:
    ramped = line.ramp_start is not None and line.ramp_since is not None
    return Ceilings(
        clock=clock_of(line),
        new_a_day=line.daily_new_limit,
        new_an_hour=line.hourly_new_limit,
        total_a_day=line.daily_total_limit,
        ramp=Ramp(line.ramp_start or 0, line.ramp_step, line.ramp_since) if ramped and line.ramp_since else None,
    )


def plan_of(workspace: Workspace) -> Plan:
    return Plan(Clock(workspace.zone), workspace.plan_new_a_day, workspace.plan_total_a_day)


def today(line: Line, now: datetime | None = None) -> date:
    """The line's day."""
    return clock_of(line).day_of(now or timezone.now())


def next_day_starts(line: Line, now: datetime | None = None) -> datetime:
    """When the line's next day begins."""
    clock, now = clock_of(line), now or timezone.now()
    return clock.begins(clock.day_of(now) + timedelta(days=1))


def used_today(line: Line) -> int:
    """New conversations the line has started today."""
    row = LineDay.objects.filter(line=line, day=today(line)).first()
    return row.started if row else 0


def use_of(lines: Iterable[Line], now: datetime) -> dict[int, Use]:
    """What each line has used of its current day and the last hour, in two queries. Lines come with their workspace."""
    lines = list(lines)
    days = {line.pk: today(line, now) for line in lines}
    use = {line.pk: Use() for line in lines}
    for line_id, started, sent in prepared.run(_DAYS, {"lines": list(days), "days": list(days.values())}):
        use[line_id].new_today, use[line_id].total_today = started, sent
    for line_id, begins, started in prepared.run(_LATELY, {"lines": list(days), "since": now - HOUR - SLICE}):
        use[line_id].lately[begins] = started
    return use


def plan_use_of(workspace: Workspace, now: datetime) -> Use:
    """What all lines of the workspace have used in its day."""
    clock = Clock(workspace.zone)
    since = clock.begins(clock.day_of(now))
    sums = LineSlice.objects.of(workspace).filter(begins__gte=since).aggregate(new=Sum("started"), total=Sum("sent"))
    return Use(new_today=sums["new"] or 0, total_today=sums["total"] or 0)


def hold_plans(workspaces: Iterable[Workspace]) -> None:
    """Lock the plans that have limits until this transaction ends, in one order, so that two holders cannot deadlock."""
    limited = sorted({workspace.pk for workspace in workspaces if plan_of(workspace).limits})
    with connection.cursor() as cursor:
        for pk in limited:
            cursor.execute(_HOLD_PLAN, [str(pk)])


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
    slices = LineSlice.objects.filter(line_id=line_id, begins__in=[places.hour] if places.hour else [])
    if places.new_day:
        days.filter(day=places.new_day, started__gt=0).update(started=F("started") - 1)
        slices.filter(started__gt=0).update(started=F("started") - 1)
    if places.day:
        days.filter(day=places.day, sent__gt=0).update(sent=F("sent") - 1)
        slices.filter(sent__gt=0).update(sent=F("sent") - 1)
