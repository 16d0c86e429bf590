"""Reading lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from lines import quota
from lines.limits import DAY
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


def line_of(workspace: Workspace, public_id: str) -> Line:
    """Raises Http404."""
    found = lines_of(workspace).select_related("fallback_line").filter(public_id=public_id).first()
    return found or no_such_page()


def parked_events(line: Line) -> int:
    """How many of the gateway's events could not be applied and were set aside; at most 100 are counted."""
    return InboundEvent.objects.filter(line=line).exclude(parked_at=None)[:100].count()
