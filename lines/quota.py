"""The daily ceiling on new conversations of a line (S0-106..S0-110, R17).

A conversation is new when the line and the person have exchanged nothing for `Line.new_after_days`. Replies and
follow-ups cost nothing. The gate takes places while it holds the line, so workers cannot pass the ceiling together;
the conditional UPDATE says no even if they could.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from lines.models import Line, LineDay


def today(line: Line, now: datetime | None = None) -> date:
    """The calendar day of the line's workspace."""
    return (now or timezone.now()).astimezone(line.workspace.zone).date()


def next_day_starts(line: Line, now: datetime | None = None) -> datetime:
    """When the line's next day begins: midnight in the workspace's zone, in UTC arithmetic safe for DST."""
    tomorrow = today(line, now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=line.workspace.zone)


def used_today(line: Line) -> int:
    """New conversations the line has started today."""
    row = LineDay.objects.filter(line=line, day=today(line)).first()
    return row.started if row else 0


def take(line: Line) -> date | None:
    """Take one place of today; the day it was taken on, or None when the ceiling is reached."""
    day = today(line)
    row, _ = LineDay.objects.get_or_create(line=line, day=day, defaults={"workspace_id": line.workspace_id})
    room = LineDay.objects.filter(pk=row.pk, started__lt=line.daily_new_limit)
    return day if room.update(started=F("started") + 1) else None


def give_back(line_id: int, day: date) -> None:
    """Return a place whose message was certainly not sent."""
    LineDay.objects.filter(line_id=line_id, day=day, started__gt=0).update(started=F("started") - 1)
