"""Leads that are due for an automatic check: those never checked, and those whose result is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from leads.checks.starting import CHUNK, count, enqueue, has_active_line, ring, start
from leads.models import CheckItem, CheckRun
from workspaces.models import Workspace

RECHECKED_AT_ONCE: Final = 500
"""Old results taken up by one round of the schedule and workspace; the lines' limits decide how fast they go."""

AGES: Final = {Workspace.Recheck.WEEK: timedelta(days=7), Workspace.Recheck.MONTH: timedelta(days=30)}

Priority = CheckItem.Priority


def enqueue_unchecked(workspace_id: int) -> CheckRun | None:
    """Have every lead checked that never was, as after an import (S3-09); None when there is none, or no line to ask over.

    Leads that found no active line belong to them: they are taken up when a line is there.
    """
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None or not has_active_line(workspace_id):
        return None
    run: CheckRun | None = None
    after = 0
    while ids := unchecked(workspace_id, after, CHUNK):
        after = ids[-1]
        with transaction.atomic():
            run = run or CheckRun.objects.create(workspace=workspace, kind=CheckRun.Kind.NEW)
            enqueue(run, ids, Priority.NEW)
            count(run, 0)
    if run:
        ring()
    return run


def unchecked(workspace_id: int, after: int = 0, most: int | None = None) -> list[int]:
    """Leads without any answer yet that wait in no check, in order of id."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCHECKED, [workspace_id, after, most])
        return [row[0] for row in cursor.fetchall()]


_UNCHECKED: Final = """\
SELECT DISTINCT a.lead_id FROM leads_address a
WHERE a.workspace_id = %s AND a.lead_id > %s AND a.availability IN ('unchecked', 'no_active_line')
  AND NOT EXISTS (SELECT 1 FROM leads_address b WHERE b.lead_id = a.lead_id
                  AND b.availability NOT IN ('unchecked', 'no_active_line'))
  AND NOT EXISTS (SELECT 1 FROM leads_checkitem i WHERE i.workspace_id = a.workspace_id AND i.lead_id = a.lead_id
                  AND i.state IN ('queued', 'asking'))
ORDER BY a.lead_id LIMIT %s
"""


def stale_leads(workspace: Workspace, age: timedelta, most: int | None = None) -> list[int]:
    """Leads whose newest answer is older than `age`, oldest first (S3-17)."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"workspace": workspace.pk, "before": timezone.now() - age, "most": most})
        return [row[0] for row in cursor.fetchall()]


_STALE: Final = """\
SELECT a.lead_id FROM leads_address a
WHERE a.workspace_id = %(workspace)s AND a.checked_at < %(before)s
  AND NOT EXISTS (SELECT 1 FROM leads_address b WHERE b.lead_id = a.lead_id AND b.checked_at >= %(before)s)
  AND NOT EXISTS (SELECT 1 FROM leads_checkitem i WHERE i.workspace_id = a.workspace_id AND i.lead_id = a.lead_id
                  AND i.state IN ('queued', 'asking'))
GROUP BY a.lead_id ORDER BY MAX(a.checked_at), a.lead_id LIMIT %(most)s
"""


def recheck_stale() -> int:
    """Take up old results where a workspace wants that; how many leads."""
    taken = 0
    for workspace in Workspace.objects.exclude(recheck_availability=Workspace.Recheck.NEVER):
        age = AGES[Workspace.Recheck(workspace.recheck_availability)]
        if has_active_line(workspace.pk) and (ids := stale_leads(workspace, age, RECHECKED_AT_ONCE)):
            taken += start(workspace, ids, kind=CheckRun.Kind.RECHECK, by=None, priority=Priority.RECHECK).total
    return taken


def take_up_unchecked() -> None:
    """Check leads that were never checked, however they came, and those that found no active line."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        enqueue_unchecked(workspace_id)
