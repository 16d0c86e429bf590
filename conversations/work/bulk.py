"""One thing done to many conversations: at once for a few, as a job for many (`conversations.work.bulk_work`), and undone as a
whole (S2-47)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from conversations.inbox import matching
from conversations.models import BulkAction, BulkItem, Conversation, Tag
from conversations.refusals import Refused
from conversations.work import bulk_work
from workspaces import audit, paging
from workspaces.models import User, Workspace
from workspaces.paging import Page

Kind, State = BulkAction.Kind, BulkAction.State

AT_ONCE: Final = 200
"""Conversations that are changed while the person waits; more are a job."""

SIZE: Final = 50
"""Actions of a page."""


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
            bulk_work.gather(action)
        _begin(action, few)
    action.refresh_from_db()
    return action


def listed(workspace: Workspace, after: str = "") -> Page[BulkAction]:
    """A page of actions, newest first."""
    rows = BulkAction.objects.of(workspace).select_related("by", "tag", "assignee")
    return paging.by_moment(rows, "created_at", after, SIZE, of=f"bulk:{workspace.pk}")


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
        while bulk_work.chunk(action.pk):
            pass
        action.refresh_from_db()
    else:
        bulk_work.ring(action.pk)
