"""Working through a bulk action: it writes down its items in one statement, then takes them in chunks.

Each chunk is one transaction that also moves the action's position on, so that a worker that is killed loses one chunk that
was never committed.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from conversations.changes import announce
from conversations.inbox import matching
from conversations.models import BulkAction, BulkItem
from conversations.refusals import Refused
from conversations.work import bulk_changes, bulk_undoing
from workspaces import bells, slices

State = BulkAction.State

CHUNK: Final = 500


def advance(action_id: int, *, seconds: float = slices.SLICE) -> None:
    """Work on it for about so long; does nothing when it is done, and leaves what another worker holds to that one."""
    try:
        slices.work(lambda: chunk(action_id), lambda: ring(action_id), seconds=seconds)
    except Refused as refused:
        _fail(action_id, refused.message)


@transaction.atomic
def chunk(action_id: int) -> bool:
    """The next items, once: the worker that holds the action's row does them. False when another does, or when it is done."""
    held = BulkAction.objects.filter(pk=action_id, state__in=BulkAction.AT_WORK).select_for_update(skip_locked=True, of=("self",))
    now = held.select_related("workspace", "by", "assignee", "tag").first()
    if now is None:
        return False
    if now.state == State.GATHERING:
        gather(now)
        return True
    items = list(BulkItem.objects.filter(action=now, pk__gt=now.position).order_by("pk")[:CHUNK])
    if not items:
        _finish(now)
        return True
    undoing = now.state == State.UNDOING
    done = bulk_undoing.restore(now, items) if undoing else bulk_changes.apply(now, items)
    counted = {"restored": F("restored") + done} if undoing else {"changed": F("changed") + done}
    BulkAction.objects.filter(pk=now.pk).update(position=items[-1].pk, processed=F("processed") + len(items), **counted)
    announce(now.workspace_id, [item.conversation_id for item in items])
    if len(items) < CHUNK:
        _finish(now)
    return True


def _finish(action: BulkAction) -> None:
    over = State.UNDONE if action.state == State.UNDOING else State.DONE
    BulkAction.objects.filter(pk=action.pk).update(state=over, finished_at=timezone.now())


_GATHER: Final = """
INSERT INTO conversations_bulkitem (workspace_id, action_id, conversation_id, changed)
SELECT c.workspace_id, %s, c.id, false FROM conversations_conversation c WHERE {where} ORDER BY c.id
"""


def gather(action: BulkAction) -> None:
    """Write down what it is about, as it is at this moment."""
    if action.by is None:
        raise Refused("The person who asked for it is no longer here.")
    found = matching.matching(action.workspace, action.by, action.query, action.families)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_GATHER.format(where=found.where), [action.pk, *found.values])
        total = cursor.rowcount
    BulkAction.objects.filter(pk=action.pk).update(state=State.RUNNING, total=total)


def _fail(action_id: int, why: str) -> None:
    BulkAction.objects.filter(pk=action_id).update(state=State.FAILED, error=why[:300], finished_at=timezone.now())


def ring(action_id: int) -> None:
    """Have it worked on once this transaction has committed; else the sweep finds it."""
    bells.ring("conversations.tasks.advance_bulk", action_id)


def at_work() -> list[int]:
    """Actions that are not done: also those whose worker was killed, and whose ring was lost."""
    return list(BulkAction.objects.filter(state__in=BulkAction.AT_WORK).order_by("pk").values_list("pk", flat=True))
