"""Reading lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from lines import quota
from lines.limits import Limit, Use
from lines.models import InboundEvent, Line, LineDay
from workspaces.access import no_such_page
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Today:
    """The workspace's lines in two figures: new conversations of the most allowed today, and lines that can send."""

    used: int
    limit: int
    connected: int
    lines: int


def with_use(workspace: Workspace) -> QuerySet[Line]:
    """The workspace's lines by name, each with `used_today`, in one query."""
    return Line.objects.of(workspace).annotate(used_today=_used_today(workspace)).order_by("name", "pk")


_TODAY: Final = """
SELECT l.status, l.daily_new_limit, COALESCE(d.started, 0)
FROM lines_line l LEFT JOIN lines_lineday d ON d.line_id = l.id AND d.day = %s WHERE l.workspace_id = %s
"""


def today_of(workspace: Workspace) -> Today:
    """Every page shows it, so it is said to the database in its own words."""
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, [_today(workspace), workspace.pk])
        rows = cursor.fetchall()
    return Today(
        used=sum(used for _, _, used in rows),
        limit=sum(limit for _, limit, _ in rows),
        connected=sum(status in Line.SENDING for status, _, _ in rows),
        lines=len(rows),
    )


@dataclass(frozen=True, slots=True)
class Meter:
    """One ceiling and what is used of it now."""

    label: str
    used: int
    ceiling: int
    note: str = ""

    @property
    def full(self) -> bool:
        return self.used >= self.ceiling


def meters_of(lines: Sequence[Line], now: datetime | None = None) -> dict[int, list[Meter]]:
    """The ceilings of each line with today's use, in two queries (S0-108). Lines come with their workspace."""
    now = now or timezone.now()
    use = quota.use_of(lines, now)
    return {line.pk: list(_meters(line, use[line.pk], now)) for line in lines}


def _meters(line: Line, used: Use, now: datetime) -> Iterator[Meter]:
    ceilings = quota.ceilings_of(line)
    most, limit = ceilings.new_on(quota.today(line, now))
    note = f"It is young: {line.ramp_step} more each day, up to {line.daily_new_limit}." if limit == Limit.RAMP else ""
    yield Meter("New conversations today", used.new_today, most, note)
    if ceilings.new_an_hour is not None:
        yield Meter("New conversations in the last hour", used.in_the_hour(now), ceilings.new_an_hour)
    if ceilings.total_a_day is not None:
        yield Meter("Messages today", used.total_today, ceilings.total_a_day)


def plan_meters(workspace: Workspace) -> list[Meter]:
    """The ceilings over all lines."""
    used, found = quota.plan_use_of(workspace, timezone.now()), []
    if workspace.plan_lines is not None:
        found.append(Meter("Lines", Line.objects.of(workspace).count(), workspace.plan_lines))
    if workspace.plan_new_a_day is not None:
        found.append(Meter("New conversations today, over all lines", used.new_today, workspace.plan_new_a_day))
    if workspace.plan_total_a_day is not None:
        found.append(Meter("Messages today, over all lines", used.total_today, workspace.plan_total_a_day))
    return found


def _used_today(workspace: Workspace) -> Coalesce:
    return Coalesce(Subquery(LineDay.objects.filter(line=OuterRef("pk"), day=_today(workspace)).values("started")), Value(0))


def _today(workspace: Workspace) -> date:
    return timezone.now().astimezone(workspace.zone).date()


def line_of(workspace: Workspace, public_id: str) -> Line:
    """One line with today's use. Raises Http404."""
    found = with_use(workspace).select_related("workspace", "fallback_line").filter(public_id=public_id).first()
    return found or no_such_page()


def parked_events(line: Line) -> int:
    """How many of the gateway's events could not be applied and were set aside; at most 100 are counted."""
    return InboundEvent.objects.filter(line=line).exclude(parked_at=None)[:100].count()
