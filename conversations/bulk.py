"""One thing done to many conversations: at once for a few, as a job for many, and undone as a whole (S2-47).

A job first writes down its items in one statement, then works through them in chunks; each chunk is one transaction that
also moves the action's position on, so that whoever is killed at it loses one chunk that was never committed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from celery import current_app
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from conversations import bulk_changes, matching
from conversations.changes import announce
from conversations.models import BulkAction, BulkItem, Conversation, Tag
from conversations.refusals import Refused
from workspaces import audit, paging
from workspaces.models import User, Workspace
from workspaces.paging import Page

log = structlog.get_logger(__name__)
Kind, State = BulkAction.Kind, BulkAction.State

AT_ONCE: Final = 200
"""Conversations that are changed while the person waits; more are a job."""

CHUNK: Final = 500
SIZE: Final = 50
"""Actions of a page."""

SLICE: Final = 20.0
"""Seconds after which a worker lets others come to their turn and rings for the rest."""

TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done."""

    kind: BulkAction.Kind
    assignee: User | None = None
    tag: Tag | None = None


def start_with(workspace: Workspace, wanted: Wanted, public_ids: Sequence[str], *, by: User) -> BulkAction:
    """Do it to these conversations. Ids that are none of this workspace's are nobody's. Raises Refused for none."""
    mine = Conversation.objects.of(workspace).filter(public_id__in=list(dict.fromkeys(public_ids)))
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise Refused("Choose at least one conversation.")
    with transaction.atomic():
        action = _make(workspace, wanted, by, state=State.RUNNING, total=len(ids))
        BulkItem.objects.bulk_create(BulkItem(workspace=workspace, action=action, conversation_id=pk) for pk in ids)
        _begin(action, len(ids))
    action.refresh_from_db()
    return action


def known(workspace: Workspace, public_ids: Sequence[str]) -> int:
    """How many of these are conversations of the workspace."""
    return Conversation.objects.of(workspace).filter(public_id__in=list(public_ids)).count()


def start_with_all(workspace: Workspace, wanted: Wanted, query: str, families: Sequence[str], *, by: User) -> BulkAction:
    """Do it to all that the filters let through. Raises Refused for none, and for filters that cannot be read."""
    found = matching.matching(workspace, by, query, families)
    few = matching.count(found, AT_ONCE + 1)
    if not few:
        raise Refused("No conversation matches any more.")
    with transaction.atomic():
        action = _make(workspace, wanted, by, state=State.GATHERING, query=query, families=list(families))
        if few <= AT_ONCE:
            _gather(action)
        _begin(action, few)
    action.refresh_from_db()
    return action


def listed(workspace: Workspace, after: str = "") -> Page[BulkAction]:
    """A page of actions, newest first."""
    of = f"bulk:{workspace.pk}"
    rows = BulkAction.objects.of(workspace).select_related("by", "tag", "assignee").order_by("-created_at", "-pk")
    if place := paging.read_moment(after, of=of):
        rows = rows.filter(Q(created_at__lt=place[0]) | Q(created_at=place[0], pk__lt=place[1]))
    return paging.cut(list(rows[: SIZE + 1]), SIZE, lambda row: paging.moment_cursor(row.created_at, row.pk, of=of))


def undo(action: BulkAction, *, by: User) -> bool:
    """Put back what it changed and nobody changed since; False when it is not done, or undone already."""
    with transaction.atomic():
        mine = BulkAction.objects.of(action.workspace).filter(pk=action.pk, state__in=[State.DONE, State.FAILED])
        if not mine.update(state=State.UNDOING, position=0, processed=0, error="", finished_at=None):
            return False
        audit.record(by, action.workspace, "bulk.undone", target=action.get_kind_display(), changed=action.changed)
        action.refresh_from_db()
        _begin(action, action.total)
    action.refresh_from_db()
    return True


def stop(action: BulkAction, *, by: User) -> bool:
    """Leave it where it is. What was changed stays, and can be undone."""
    with transaction.atomic():
        mine = BulkAction.objects.of(action.workspace).filter(pk=action.pk, state__in=[State.GATHERING, State.RUNNING])
        changed = mine.update(state=State.DONE, finished_at=timezone.now(), error="Stopped by a person before its end.")
        if changed:
            audit.record(by, action.workspace, "bulk.stopped", target=action.get_kind_display())
    return bool(changed)


def _make(
    workspace: Workspace, wanted: Wanted, by: User, *, state: str, total: int = 0, query: str = "", families: Sequence[str] = ()
) -> BulkAction:
    action = BulkAction.objects.create(
        workspace=workspace,
        kind=wanted.kind,
        state=state,
        by=by,
        assignee=wanted.assignee,
        tag=wanted.tag,
        query=query,
        families=list(families),
        total=total,
    )
    detail = {"assignee": str(wanted.assignee or "nobody")} if wanted.kind == Kind.ASSIGN else {}
    detail |= {"tag": str(wanted.tag)} if wanted.tag else {}
    audit.record(by, workspace, "bulk.started", target=action.get_kind_display(), filters=query, **detail)
    return action


def _begin(action: BulkAction, size: int) -> None:
    """A few at once, in this transaction; many by a worker that is rung after it."""
    if size <= AT_ONCE:
        action.refresh_from_db()
        while action.at_work and chunk(action):
            action.refresh_from_db()
    else:
        ring(action)


def advance(action_id: int, *, seconds: float = SLICE) -> None:
    """Work on it for about so long; does nothing when it is done, and leaves what another worker holds to that one."""
    action = BulkAction.objects.select_related("workspace", "by", "assignee", "tag").filter(pk=action_id).first()
    until = time.monotonic() + seconds
    while action and action.at_work:
        if time.monotonic() > until:
            ring(action)
            return
        try:
            if not _step(action):
                return
        except Refused as refused:
            _fail(action, refused.message)
            return
        action.refresh_from_db()


def _step(action: BulkAction) -> bool:
    """One transaction, tried again where it met somebody else's locks."""
    for attempt in range(1, TRIES + 1):
        try:
            return chunk(action)
        except OperationalError:
            if attempt == TRIES:
                raise
    return False


@transaction.atomic
def chunk(action: BulkAction) -> bool:
    """The next items, once: whoever holds the action's row does them. False when somebody else does."""
    held = BulkAction.objects.filter(pk=action.pk, state__in=BulkAction.AT_WORK).select_for_update(skip_locked=True, of=("self",))
    now = held.select_related("workspace", "by", "assignee", "tag").first()
    if now is None:
        return False
    if now.state == State.GATHERING:
        _gather(now)
        return True
    items = list(BulkItem.objects.filter(action=now, pk__gt=now.position).order_by("pk")[:CHUNK])
    if not items:
        _finish(now)
        return True
    undoing = now.state == State.UNDOING
    done = bulk_changes.restore(now, items) if undoing else bulk_changes.apply(now, items)
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


def _gather(action: BulkAction) -> None:
    """Write down what it is about, as it is at this moment."""
    if action.by is None:
        raise Refused("Who asked for it is not here any more.")
    found = matching.matching(action.workspace, action.by, action.query, action.families)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_GATHER.format(where=found.where), [action.pk, *found.values])
        total = cursor.rowcount
    BulkAction.objects.filter(pk=action.pk).update(state=State.RUNNING, total=total)


def _fail(action: BulkAction, why: str) -> None:
    BulkAction.objects.filter(pk=action.pk).update(state=State.FAILED, error=why[:300], finished_at=timezone.now())


def ring(action: BulkAction) -> None:
    """Have it worked on once this transaction has committed; else the sweep finds it."""
    args = (action.pk,)

    def send() -> None:
        current_app.send_task(
            "conversations.tasks.advance_bulk", args, queue="housekeeping", expires=60, retry=False, ignore_result=True
        )

    transaction.on_commit(send, robust=True)


def at_work() -> list[int]:
    """Actions that are not done: also those whose worker was killed, and whose ring was lost."""
    return list(BulkAction.objects.filter(state__in=BulkAction.AT_WORK).order_by("pk").values_list("pk", flat=True))
