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

from lines.limits import Ceilings, Clock, Full, Plan, Ramp, Use, strictest
from lines.models import Line, LineDay, LineHour
from workspaces.models import Workspace

_HOLD_PLAN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('plan:' || %s, 0))"

_ADD: Final = """
INSERT INTO {table} AS row (workspace_id, line_id, {when}, started, sent)
SELECT %(workspace)s, %(line)s, %(at)s, %(new)s, %(total)s WHERE %(new)s <= %(most_new)s AND %(total)s <= %(most)s
ON CONFLICT (line_id, {when}) DO UPDATE SET started = row.started + EXCLUDED.started, sent = row.sent + EXCLUDED.sent
WHERE row.started + EXCLUDED.started <= %(most_new)s AND row.sent + EXCLUDED.sent <= %(most)s
"""

_NO_LIMIT: Final = 2_000_000_000


class Overdrawn(Exception):
    """More places were about to be taken than a limit has. Nothing was: the transaction has to end."""


@dataclass(frozen=True, slots=True)
class Places:
    """What a message has taken; None where it took none."""

    new_day: date | None = None  # of new conversations
    day: date | None = None  # of messages
    hour: datetime | None = None  # of either


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
    """What each line has used of its current day and hour, in two queries. Lines come with their workspace."""
    lines = list(lines)
    days = {line.pk: today(line, now) for line in lines}
    hours = {line.pk: Clock(line.workspace.zone).hour_of(now) for line in lines}
    use = {line.pk: Use() for line in lines}
    of_days = LineDay.objects.filter(line__in=lines, day__in=set(days.values()))
    for line_id, day, started, sent in of_days.values_list("line_id", "day", "started", "sent"):
        if day == days[line_id]:
            use[line_id].new_today, use[line_id].total_today = started, sent
    of_hours = LineHour.objects.filter(line__in=lines, hour__in=set(hours.values()))
    for line_id, hour, started in of_hours.values_list("line_id", "hour", "started"):
        if hour == hours[line_id]:
            use[line_id].new_this_hour = started
    return use


def plan_use_of(workspace: Workspace, now: datetime) -> Use:
    """What all lines of the workspace have used in its day."""
    clock = Clock(workspace.zone)
    since = clock.begins(clock.day_of(now))
    sums = LineHour.objects.of(workspace).filter(hour__gte=since).aggregate(new=Sum("started"), total=Sum("sent"))
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

    def full(self, line: Line, *, new: bool, total: bool) -> Full | None:
        """The strictest limit that forbids one more."""
        plan = line.workspace_id
        return strictest(
            self._ceilings[line.pk], self._use[line.pk], self._plans[plan], self._plan_use[plan], self.now, new=new, total=total
        )

    def take(self, line: Line, *, new: bool, total: bool) -> Places:
        """Take the places of a message for which nothing is full. They count for the next, and are written by `write`."""
        for use in (self._use[line.pk], self._plan_use[line.workspace_id], self._taken[line.pk]):
            use.new_today += new
            use.new_this_hour += new
            use.total_today += total
        day = self._ceilings[line.pk].clock.day_of(self.now)
        hour = self._plans[line.workspace_id].clock.hour_of(self.now)
        return Places(day if new else None, day if total else None, hour if new or total else None)

    def write(self) -> None:
        """Add what was taken. Raises Overdrawn when that is more than there is, which only a missing lock can cause."""
        with connection.cursor() as cursor:
            for pk, taken in sorted(self._taken.items()):
                if taken.new_today or taken.total_today:
                    self._add(cursor, self.lines[pk], taken)

    def _add(self, cursor: Any, line: Line, taken: Use) -> None:
        ceilings, plan = self._ceilings[line.pk], self._plans[line.workspace_id]
        day, hour = ceilings.clock.day_of(self.now), plan.clock.hour_of(self.now)
        most = ceilings.new_on(day)[0]
        rows = (
            ("lines_lineday", "day", day, most, _or_none(ceilings.total_a_day)),
            ("lines_linehour", "hour", hour, _or_none(ceilings.new_an_hour), _NO_LIMIT),
        )
        for table, when, at, new_limit, total_limit in rows:
            # Where nothing new is taken, yesterday's higher limit is nobody's fault.
            values = {
                "workspace": line.workspace_id,
                "line": line.pk,
                "at": at,
                "new": taken.new_today,
                "total": taken.total_today,
                "most_new": new_limit if taken.new_today else _NO_LIMIT,
                "most": total_limit if taken.total_today else _NO_LIMIT,
            }
            cursor.execute(_ADD.format(table=table, when=when), values)
            if cursor.rowcount != 1:
                raise Overdrawn(f"{line} has no room for {taken.new_today} new of {taken.total_today} messages")


def _or_none(limit: int | None) -> int:
    return _NO_LIMIT if limit is None else limit


def give_back(line_id: int, places: Places) -> None:
    """Return the places of a message that was certainly not sent."""
    days = LineDay.objects.filter(line_id=line_id)
    hours = LineHour.objects.filter(line_id=line_id, hour__in=[places.hour] if places.hour else [])
    if places.new_day:
        days.filter(day=places.new_day, started__gt=0).update(started=F("started") - 1)
        hours.filter(started__gt=0).update(started=F("started") - 1)
    if places.day:
        days.filter(day=places.day, sent__gt=0).update(sent=F("sent") - 1)
        hours.filter(sent__gt=0).update(sent=F("sent") - 1)
