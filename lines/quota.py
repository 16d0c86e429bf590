"""What lines and plans allow, and what has been used of it (S0-106..S0-110, S0-161, R17). Taking places: `lines.places`.

A conversation is new when the line and the person have exchanged nothing for `Line.new_after_days`. Replies and
follow-ups take no place of those, but one of the messages of the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from lines.limits import HOUR, SLICE, Ceilings, Clock, Plan, Ramp, Use
from lines.models import Line, LineSlice
from workspaces import statements
from workspaces.models import Workspace

# The day of each line, then its slices.
_USED: Final = """
SELECT d.line_id, NULL, d.started, d.sent FROM unnest(%(lines)s::bigint[], %(days)s::date[]) AS w(line, day)
JOIN lines_lineday d ON d.line_id = w.line AND d.day = w.day
UNION ALL
SELECT line_id, begins, started, sent FROM lines_lineslice
WHERE line_id = ANY(%(lines)s::bigint[]) AND begins > %(since)s::timestamptz AND started > 0
"""


def clock_of(line: Line) -> Clock:
    return Clock(line.zone, line.day_starts_at)


def ceilings_of(line: Line) -> Ceilings:
    ramp = None
    if line.ramp_start is not None and line.ramp_since is not None:
        ramp = Ramp(line.ramp_start, line.ramp_step, line.ramp_since)
    return Ceilings(
        clock=clock_of(line),
        new_a_day=line.daily_new_limit,
        new_an_hour=line.hourly_new_limit,
        total_a_day=line.daily_total_limit,
        ramp=ramp,
    )


def plan_of(workspace: Workspace) -> Plan:
    return Plan(Clock(workspace.zone), workspace.plan_new_a_day, workspace.plan_total_a_day)


def today(line: Line, now: datetime | None = None) -> date:
    """The line's day."""
    return clock_of(line).day_of(now or timezone.now())


def use_of(lines: Iterable[Line], now: datetime) -> dict[int, Use]:
    """What each line has used of its current day and the last hour, in one query. Lines come with their workspace."""
    days = {line.pk: today(line, now) for line in lines}
    use = {pk: Use() for pk in days}
    values = {"lines": list(days), "days": list(days.values()), "since": now - HOUR - SLICE}
    for pk, begins, started, sent in statements.run(_USED, values):
        if begins:
            use[pk].lately[begins] = started
        else:
            use[pk].new_today, use[pk].total_today = started, sent
    return use


def plan_use_of(workspace: Workspace, now: datetime) -> Use:
    """What all lines of the workspace have used in its day."""
    clock = Clock(workspace.zone)
    since = clock.begins(clock.day_of(now))
    sums = LineSlice.objects.of(workspace).filter(begins__gte=since).aggregate(new=Sum("started"), total=Sum("sent"))
    return Use(new_today=sums["new"] or 0, total_today=sums["total"] or 0)
