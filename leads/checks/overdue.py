"""Checks that ran out of time: lost claims, workspaces without a line, and checks somebody has waited for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone

from leads.checks import recording
from leads.checks.starting import active_lines, end_without_line, has_active_line
from leads.models import CheckItem, CheckPace
from lines.models import Line
from workspaces.models import Workspace

GONE_FOR: Final = timedelta(seconds=60)
"""Lines that are away for a shorter time do not end what waits for them."""

PATIENCE: Final = timedelta(minutes=2)
"""How long somebody who waits before the screen is kept waiting (S3-28)."""


def sweep() -> None:
    """End what cannot go on: lost claims, work of workspaces without a line, and what somebody has waited for too long."""
    recording.end_lost()
    for workspace in _waiting():
        if not has_active_line(workspace.pk) and not _just_gone(workspace):
            end_without_line(workspace.pk)
    overdue = CheckItem.objects.filter(state=CheckItem.State.QUEUED, priority=CheckItem.Priority.NOW, run__total=1)
    for item in overdue.filter(created_at__lt=timezone.now() - PATIENCE).select_related("workspace")[:100]:
        recording.end(item.pk, why_it_waits(item.workspace))


def _waiting() -> Iterator[Workspace]:
    items = CheckItem.objects.filter(workspace_id=OuterRef("pk"), state=CheckItem.State.QUEUED)
    yield from Workspace.objects.filter(Exists(items))


def _just_gone(workspace: Workspace) -> bool:
    since = timezone.now() - GONE_FOR
    away = Line.objects.of(workspace).filter(kind=Line.Kind.IMESSAGE, status=Line.Status.DISCONNECTED)
    return away.filter(status_at__gt=since).exists()


def why_it_waits(workspace: Workspace) -> str:
    """Why a check that should have been made was not, in words."""
    lines = active_lines(workspace.pk)
    if not lines:
        return "No line is connected. Configure a line first."
    today = timezone.now().astimezone(workspace.zone).date()
    used = dict(CheckPace.objects.of(workspace).filter(line__in=lines, day=today).values_list("line", "used"))
    if all(used.get(line.pk, 0) >= line.daily_check_limit for line in lines):
        return "Today’s availability checks of every line are used up. Raise a line’s limit, or check again tomorrow."
    return "No line came to it in time. Check it again; if it happens again, look at the line’s server."
