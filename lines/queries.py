"""Reading lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from lines import quota
from lines.limits import DAY, Limit, Use, strictest
from lines.models import InboundEvent, Line
from workspaces.access import no_such_page
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Today:
    """The workspace's lines in two figures: new conversations of the most allowed today, and lines that can send."""

    used: int
    limit: int
    connected: int
    lines: int


def lines_of(workspace: Workspace) -> QuerySet[Line]:
    """The workspace's lines by name, each with its workspace."""
    return Line.objects.of(workspace).select_related("workspace").order_by("name", "pk")


_LIMITS: Final = ("status", "daily_new_limit", "ramp_start", "ramp_step", "ramp_since", "day_starts_at", "day_zone")
_TODAY: Final = f"""
SELECT {", ".join(f"l.{name}" for name in _LIMITS)},
    (SELECT jsonb_object_agg(d.day, d.started) FROM lines_lineday d WHERE d.line_id = l.id AND d.day BETWEEN %s AND %s)
FROM lines_line l WHERE l.workspace_id = %s
"""  # noqa: S608  our own words; values are bound


def today_of(workspace: Workspace) -> Today:
    """Every page shows it, so it is one query; each line by its own day and its ramp-up, as the gate counts."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, [now.date() - DAY, now.date() + DAY, workspace.pk])
        rows = cursor.fetchall()
    used = limit = connected = 0
    for *limits, days in rows:
        line = Line(workspace=workspace, **dict(zip(_LIMITS, limits, strict=True)))
        today = quota.today(line, now)
        used += json.loads(days or "{}").get(today.isoformat(), 0)
        limit += quota.ceilings_of(line).new_on(today)[0]
        connected += line.sends
    return Today(used, limit, connected, len(rows))


def coming_in(workspace: Workspace) -> int:
    """How many messages and receipts were received and are not in their threads yet; 100 stands for that many or more."""
    return InboundEvent.objects.of(workspace).filter(applied_at=None, parked_at=None)[:100].count()


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


@dataclass(frozen=True, slots=True)
class Room:
    """The limit that leaves a line the least, of its own and of its workspace's. `opens`: when, where nothing is left."""

    left: int
    ceiling: int
    of_what: str
    opens: datetime | None = None


_OF_WHAT: Final = {
    Limit.NEW_DAY: "new conversations are left today",
    Limit.NEW_HOUR: "new conversations are left of any sixty minutes",
    Limit.RAMP: "new conversations are left today for a line so young",
    Limit.TOTAL_DAY: "messages are left today",
    Limit.PLAN_NEW: "new conversations are left today for the whole workspace",
    Limit.PLAN_TOTAL: "messages are left today for the whole workspace",
}


def room_of(line: Line, *, new: bool, now: datetime | None = None) -> Room | None:
    """The strictest limit for one more message of the line, as the gate would name it; None where none applies.

    `new`: it would start a conversation. The line comes with its workspace.
    """
    now = now or timezone.now()
    ceilings, plan = quota.ceilings_of(line), quota.plan_of(line.workspace)
    used, plan_used = quota.use_of([line], now)[line.pk], quota.plan_use_of(line.workspace, now)
    if full := strictest(ceilings, used, plan, plan_used, now, new=new):
        return Room(0, full.ceiling, _OF_WHAT[full.limit], full.until)
    most, limit = ceilings.new_on(quota.today(line, now))
    of_new = [(limit, most, used.new_today), (Limit.NEW_HOUR, ceilings.new_an_hour, used.in_the_hour(now)),
              (Limit.PLAN_NEW, plan.new_a_day, plan_used.new_today)]  # fmt: skip
    of_all = [
        (Limit.TOTAL_DAY, ceilings.total_a_day, used.total_today),
        (Limit.PLAN_TOTAL, plan.total_a_day, plan_used.total_today),
    ]
    rooms = [
        Room(most - taken, most, _OF_WHAT[limit]) for limit, most, taken in [*(of_new if new else []), *of_all] if most is not None
    ]
    return min(rooms, key=lambda room: room.left, default=None)


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


def line_of(workspace: Workspace, public_id: str) -> Line:
    """Raises Http404."""
    found = lines_of(workspace).select_related("fallback_line").filter(public_id=public_id).first()
    return found or no_such_page()


def parked_events(line: Line) -> int:
    """How many of the gateway's events could not be applied and were set aside; at most 100 are counted."""
    return InboundEvent.objects.filter(line=line).exclude(parked_at=None)[:100].count()
