"""Reading lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from lines.models import Line, LineDay
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Today:
    """The workspace's lines in two figures. `used` and `limit` count new conversations of lines that can send."""

    used: int
    limit: int
    connected: int
    lines: int


def with_use(workspace: Workspace) -> QuerySet[Line]:
    """The workspace's lines by name, each with `used_today`, in one query."""
    day = timezone.now().astimezone(workspace.zone).date()
    used = LineDay.objects.filter(line=OuterRef("pk"), day=day).values("started")
    lines = Line.objects.of(workspace).annotate(used_today=Coalesce(Subquery(used), Value(0)))
    return lines.order_by("name", "pk")


def today_of(workspace: Workspace) -> Today:
    rows = list(with_use(workspace).values_list("status", "daily_new_limit", "used_today"))
    sending = [row for row in rows if row[0] in Line.SENDING]
    return Today(
        used=sum(used for _, _, used in rows),
        limit=sum(limit for _, limit, _ in sending),
        connected=len(sending),
        lines=len(rows),
    )
