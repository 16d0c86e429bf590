"""Asking for availability checks: which leads, and how urgent. What waits is done by `leads.checks.working`.

A lead waits in one check at a time; asking again makes it more urgent, never twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from leads.models import Address, CheckItem, CheckRun, Lead
from lines.models import Line
from workspaces import audit, bells
from workspaces.models import User, Workspace

CHUNK: Final = 5_000
"""Leads made into rows by one statement."""

Priority = CheckItem.Priority


def active_lines(workspace_id: int) -> list[Line]:
    """Lines that can be asked over: iMessage lines that are connected."""
    return list(_active(workspace_id).order_by("pk"))


def has_active_line(workspace_id: int) -> bool:
    return _active(workspace_id).exists()


def _active(workspace_id: int) -> QuerySet[Line]:
    return Line.objects.filter(workspace_id=workspace_id, kind=Line.Kind.IMESSAGE, status__in=Line.SENDING)


def check_one(lead: Lead, *, by: User | None, kind: CheckRun.Kind = CheckRun.Kind.SINGLE) -> CheckItem:
    """Check one lead now (S3-15); the item to watch, an older one where the lead waits already."""
    start(lead.workspace, [lead.pk], kind=kind, by=by, priority=Priority.NOW)
    return CheckItem.objects.filter(lead=lead).order_by("-pk")[0]


def start(
    workspace: Workspace,
    lead_ids: Iterable[int],
    *,
    kind: CheckRun.Kind,
    by: User | None,
    priority: CheckItem.Priority = Priority.BULK,
) -> CheckRun:
    """Have these leads checked; the run to watch. Without an active line each ends as "No active line" at once (S3-14).

    Ids of other workspaces are left out.
    """
    ids = sorted(set(lead_ids))
    with transaction.atomic():
        run = CheckRun.objects.create(workspace=workspace, kind=kind, by=by)
        waiting = 0
        for at in range(0, len(ids), CHUNK):
            waiting += enqueue(run, ids[at : at + CHUNK], priority)
        count(run, waiting)
        if by and kind != CheckRun.Kind.SINGLE:
            audit.record(by, workspace, "availability.checked", target=f"{run.total} leads", run=run.public_id)
    if not has_active_line(workspace.pk):
        end_without_line(workspace.pk, run)
    ring()
    return run


def start_address(workspace: Workspace, value: str, *, kind: CheckRun.Kind, by: User | None = None) -> CheckItem:
    """Check one bare address now (S3-36). What is found also counts for a lead that has it."""
    with transaction.atomic():
        run = CheckRun.objects.create(workspace=workspace, kind=kind, by=by, total=1)
        item = CheckItem.objects.create(workspace=workspace, run=run, value=value, priority=Priority.NOW)
    if not has_active_line(workspace.pk):
        end_without_line(workspace.pk, run)
        item.refresh_from_db()
    ring()
    return item


def enqueue(run: CheckRun, lead_ids: list[int], priority: int) -> int:
    """Rows for those leads that wait in no other check; the others become as urgent as asked. How many others."""
    values: dict[str, Any] = {"run": run.pk, "workspace": run.workspace_id, "leads": lead_ids, "priority": priority}
    with connection.cursor() as cursor:
        cursor.execute(_MORE_URGENT, values)
        waiting: int = cursor.rowcount
        cursor.execute(_INSERT, values)
    return waiting


_MORE_URGENT: Final = """
UPDATE leads_checkitem SET priority = LEAST(priority, %(priority)s), run_at = LEAST(run_at, statement_timestamp())
WHERE workspace_id = %(workspace)s AND lead_id = ANY(%(leads)s) AND state IN ('queued', 'asking')
"""

_INSERT: Final = """
INSERT INTO leads_checkitem (workspace_id, run_id, lead_id, value, state, outcome, reason, priority, tried, asks, failed,
                             losses, run_at, created_at)
SELECT l.workspace_id, %(run)s, l.id, '', 'queued', '', '', %(priority)s, '{}', 0, false, 0,
       statement_timestamp(), statement_timestamp()
FROM leads_lead l
WHERE l.workspace_id = %(workspace)s AND l.id = ANY(%(leads)s)
ORDER BY l.id
ON CONFLICT DO NOTHING
"""


def count(run: CheckRun, waiting: int) -> None:
    run.total, run.already = CheckItem.objects.filter(run=run).count(), waiting
    run.save(update_fields=["total", "already"])


@transaction.atomic
def cancel(run: CheckRun, *, by: User) -> int:
    """Leave out what was not asked yet; how many leads. What is being asked is finished."""
    rows = CheckItem.objects.filter(run=run, state=CheckItem.State.QUEUED)
    doubted = Address.objects.filter(workspace_id=run.workspace_id, value__in=rows.filter(asks__gt=0).values("value"))
    doubted.filter(availability=Address.Availability.CHECKING).update(availability=Address.Availability.UNCHECKED)
    left_out = rows.update(state=CheckItem.State.CANCELLED, finished_at=timezone.now())
    CheckRun.objects.filter(pk=run.pk, cancelled_at=None).update(cancelled_at=timezone.now())
    audit.record(by, run.workspace, "availability.check_cancelled", target=f"{left_out} leads", run=run.public_id)
    return left_out


def end_without_line(workspace_id: int, run: CheckRun | None = None) -> int:
    """Nobody can be asked: what waits ends as "No active line", and its addresses say so. How many items."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NO_LINE, {"workspace": workspace_id, "run": run.pk if run else None, "chunk": CHUNK})
        ended: int = cursor.rowcount
    return ended


# An answer that is there stays: it is old, not wrong.
_NO_LINE: Final = """
WITH ended AS (
    UPDATE leads_checkitem SET state = 'done', outcome = 'no_active_line', finished_at = statement_timestamp(), lease_until = NULL
    WHERE id IN (SELECT id FROM leads_checkitem
                 WHERE workspace_id = %(workspace)s AND state = 'queued' AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
                 ORDER BY id LIMIT %(chunk)s FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING workspace_id, lead_id, value
), told AS (
    UPDATE leads_address a SET availability = 'no_active_line'
    FROM ended e
    WHERE a.workspace_id = e.workspace_id AND (a.lead_id = e.lead_id OR a.value = e.value)
      AND a.availability IN ('unchecked', 'checking', 'error')
)
SELECT 1 FROM ended
"""


def ring() -> None:
    """Have it done once this transaction has committed; else the sweep finds it a second later."""
    bells.ring("leads.tasks.check_addresses", expires=10)
