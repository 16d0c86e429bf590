"""Taking a bulk action back: exactly what it changed.

What somebody changed since is left alone: told by its value, by a later bulk action that changed the same, by what was
done in the thread, and, for an archived conversation that came back, by a newer message of the contact.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from conversations.models import BulkAction, BulkItem, Conversation, ConversationTag, Message, ThreadEvent
from conversations.vocabulary import Direction
from conversations.work.bulk_changes import EVENTS, Change, Items, Kind, locked, move_marks
from workspaces.models import User


def restore(action: BulkAction, items: Items) -> int:
    """Take back what the action changed in these conversations and nobody changed since."""
    mine = [item for item in items if item.changed]
    restored = _RESTORE[Kind(action.kind)](action, mine)
    lines = ThreadEvent.objects.of(action.workspace).filter(at=action.created_at, by=action.by, kind=EVENTS[Kind(action.kind)])
    lines.filter(conversation__in=[item.conversation_id for item in mine]).delete()
    return restored


def _untouched(action: BulkAction, items: Items, *events: ThreadEvent.Kind) -> QuerySet[Conversation]:
    """Conversations that no later bulk action of the kind has changed, nor anybody in the thread."""
    kinds = [Kind.ARCHIVE, Kind.UNARCHIVE] if action.kind in (Kind.ARCHIVE, Kind.UNARCHIVE) else [action.kind]
    later = (
        BulkItem.objects.of(action.workspace)
        .filter(conversation=OuterRef("pk"), changed=True, action__pk__gt=action.pk, action__kind__in=kinds)
        .exclude(action__state=BulkAction.State.UNDONE)
    )
    by_hand = ThreadEvent.objects.of(action.workspace).filter(
        conversation=OuterRef("pk"), kind__in=events, at__gt=action.created_at
    )
    return locked(action, items).exclude(Exists(later)).exclude(Exists(by_hand))


_ARCHIVING: Final = (ThreadEvent.Kind.ARCHIVED, ThreadEvent.Kind.UNARCHIVED)


def _back_from_archive(action: BulkAction, items: Items) -> int:
    """The moment they were archived at is the action's own: any other was somebody else's."""
    rows = _untouched(action, items, *_ARCHIVING).filter(archived_at=action.created_at)
    return Conversation.objects.of(action.workspace).filter(pk__in=list(rows.values_list("pk", flat=True))).update(archived_at=None)


def _back_to_archive(action: BulkAction, items: Items) -> int:
    wrote = Message.objects.of(action.workspace).filter(
        conversation=OuterRef("pk"), direction=Direction.INCOMING, created_at__gt=action.created_at
    )
    rows = _untouched(action, items, *_ARCHIVING).filter(archived_at=None).exclude(Exists(wrote))
    found = set(rows.values_list("pk", flat=True))
    for item in items:
        if item.conversation_id in found:
            Conversation.objects.of(action.workspace).filter(pk=item.conversation_id).update(archived_at=item.moment_before)
    return len(found)


def _back_to_assignee(action: BulkAction, items: Items) -> int:
    rows = _untouched(action, items, ThreadEvent.Kind.ASSIGNED).filter(assignee=action.assignee_id)
    found = set(rows.values_list("pk", flat=True))
    by_owner: dict[int | None, list[int]] = {}
    for item in items:
        if item.conversation_id in found:
            by_owner.setdefault(item.number_before, []).append(item.conversation_id)
    there = set(User.objects.filter(pk__in=[owner for owner in by_owner if owner]).values_list("pk", flat=True))
    for owner, ids in by_owner.items():
        Conversation.objects.of(action.workspace).filter(pk__in=ids).update(assignee=owner if owner in there else None)
    return len(found)


def _back_to_waiting(action: BulkAction, items: Items) -> int:
    marks = dict(locked(action, items).values_list("pk", "handled_through"))
    mine = [item for item in items if marks.get(item.conversation_id) == item.number_after]
    move_marks([(item.conversation_id, item.number_before or 0) for item in mine])
    return len(mine)


def _untag(action: BulkAction, items: Items) -> int:
    ids = [item.conversation_id for item in items]
    deleted, _ = ConversationTag.objects.of(action.workspace).filter(action=action, conversation__in=ids).delete()
    return deleted


_RESTORE: Final[dict[BulkAction.Kind, Change]] = {
    Kind.ARCHIVE: _back_from_archive,
    Kind.UNARCHIVE: _back_to_archive,
    Kind.ASSIGN: _back_to_assignee,
    Kind.HANDLED: _back_to_waiting,
    Kind.TAG: _untag,
}
