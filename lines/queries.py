"""Reading lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

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


def today_of(workspace: Workspace) -> Today:
    rows = list(Line.objects.of(workspace).values_list("status", "daily_new_limit", _used_today(workspace)))
    return Today(
        used=sum(used for _, _, used in rows),
        limit=sum(limit for _, limit, _ in rows),
        connected=sum(status in Line.SENDING for status, _, _ in rows),
        lines=len(rows),
    )


def _used_today(workspace: Workspace) -> Coalesce:
    day = timezone.now().astimezone(workspace.zone).date()
    return Coalesce(Subquery(LineDay.objects.filter(line=OuterRef("pk"), day=day).values("started")), Value(0))


def line_of(workspace: Workspace, public_id: str) -> Line:
    """One line with today's use. Raises Http404."""
    found = with_use(workspace).select_related("workspace", "fallback_line").filter(public_id=public_id).first()
    return found or no_such_page()


def parked_events(line: Line) -> int:
    """How many of the gateway's events could not be applied and were set aside; at most 100 are counted."""
    return InboundEvent.objects.filter(line=line).exclude(parked_at=None)[:100].count()
