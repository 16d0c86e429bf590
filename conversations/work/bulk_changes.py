"""What a bulk action does to a chunk of conversations. What it was before is kept, so that `bulk_undoing` can take it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.db import connection
from django.db.models import Max, Q, QuerySet

from conversations import happenings, summary
from conversations.models import BulkAction, BulkItem, Conversation, ConversationTag, Message, ThreadEvent
from conversations.vocabulary import Direction

Kind = BulkAction.Kind
Items = Sequence[BulkItem]

EVENTS: Final = {
    Kind.ARCHIVE: ThreadEvent.Kind.ARCHIVED,
    Kind.UNARCHIVE: ThreadEvent.Kind.UNARCHIVED,
    Kind.ASSIGN: ThreadEvent.Kind.ASSIGNED,
    Kind.HANDLED: ThreadEvent.Kind.HANDLED,
    Kind.TAG: ThreadEvent.Kind.TAGGED,
}
"""What it says in the thread."""


def apply(action: BulkAction, items: Items) -> int:
    """Change what is different, and say so in those threads; the number of conversations. In the caller's transaction."""
    changed = _APPLY[Kind(action.kind)](action, items)
    happenings.note(
        [Conversation(pk=item.conversation_id, workspace_id=item.workspace_id) for item in items if item.changed],
        EVENTS[Kind(action.kind)],
        by=action.by,
        text=_said(action),
        at=action.created_at,  # its own moment is how an undo tells its lines from those of people in the thread
    )
    return changed


def _said(action: BulkAction) -> str:
    if action.kind == Kind.ASSIGN:
        return f"to {action.assignee}" if action.assignee else "to nobody"
    return f"“{action.tag}”" if action.kind == Kind.TAG and action.tag else ""


def locked(action: BulkAction, items: Items) -> QuerySet[Conversation]:
    """The conversations, held in order of id: so that writers cannot deadlock."""
    rows = Conversation.objects.of(action.workspace).filter(pk__in=[item.conversation_id for item in items])
    list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
    return rows


def _keep(items: Items, before: dict[int, object], field: str) -> int:
    """Write down which items changed, and what they were before."""
    changed = [item for item in items if item.conversation_id in before]
    for item in changed:
        item.changed = True
        setattr(item, field, before[item.conversation_id])
    BulkItem.objects.bulk_update(changed, ["changed", field])
    return len(changed)


def _archive(action: BulkAction, items: Items) -> int:
    active = locked(action, items).filter(archived_at=None)
    before: dict[int, object] = dict.fromkeys(active.values_list("pk", flat=True))
    Conversation.objects.of(action.workspace).filter(pk__in=before).update(archived_at=action.created_at)
    return _keep(items, before, "moment_before")


def _unarchive(action: BulkAction, items: Items) -> int:
    before: dict[int, object] = dict(locked(action, items).filter(archived_at__isnull=False).values_list("pk", "archived_at"))
    Conversation.objects.of(action.workspace).filter(pk__in=before).update(archived_at=None)
    return _keep(items, before, "moment_before")


def _assign(action: BulkAction, items: Items) -> int:
    same = Q(assignee=action.assignee_id) if action.assignee_id else Q(assignee=None)
    before: dict[int, object] = dict(locked(action, items).filter(~same).values_list("pk", "assignee"))
    Conversation.objects.of(action.workspace).filter(pk__in=before).update(assignee=action.assignee_id)
    return _keep(items, before, "number_before")


def _handled(action: BulkAction, items: Items) -> int:
    """What has come in so far needs no answer. What was put off keeps its time: it waits for nobody anyway."""
    waiting = locked(action, items).filter(waiting_since__isnull=False)
    newest = dict(
        Message.objects.of(action.workspace)
        .filter(conversation__in=waiting, direction=Direction.INCOMING)
        .values_list("conversation")
        .annotate(newest=Max("pk"))
    )
    marks = dict(waiting.values_list("pk", "handled_through"))
    before: dict[int, object] = {pk: mark for pk, mark in marks.items() if newest.get(pk, 0) > mark}
    changed = [item for item in items if item.conversation_id in before]
    for item in changed:
        item.number_after = newest[item.conversation_id]
    BulkItem.objects.bulk_update(changed, ["number_after"])
    move_marks([(item.conversation_id, item.number_after or 0) for item in changed])
    return _keep(items, before, "number_before")


def _tag(action: BulkAction, items: Items) -> int:
    if not action.tag_id:
        return 0
    rows = list(locked(action, items).exclude(tags__tag=action.tag_id).values_list("pk", flat=True))
    new = [
        ConversationTag(workspace_id=action.workspace_id, conversation_id=pk, tag_id=action.tag_id, by=action.by, action=action)
        for pk in rows
    ]
    ConversationTag.objects.bulk_create(new, ignore_conflicts=True)
    mine = ConversationTag.objects.of(action.workspace).filter(action=action, conversation__in=rows)
    return _keep(items, dict.fromkeys(mine.values_list("conversation_id", flat=True)), "moment_before")


_MOVE: Final = """
UPDATE conversations_conversation c SET handled_through = k.mark
FROM unnest(%s::bigint[], %s::bigint[]) AS k(id, mark) WHERE c.id = k.id
"""


def move_marks(marks: Sequence[tuple[int, int]]) -> None:
    """(conversation, the newest message that is handled there)."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [[pk for pk, _ in marks], [mark for _, mark in marks]])
    summary.refresh(pk for pk, _ in marks)


Change = Callable[[BulkAction, Items], int]

_APPLY: Final[dict[BulkAction.Kind, Change]] = {
    Kind.ARCHIVE: _archive,
    Kind.UNARCHIVE: _unarchive,
    Kind.ASSIGN: _assign,
    Kind.HANDLED: _handled,
    Kind.TAG: _tag,
}
