"""What a bulk action does to a chunk of conversations, and how it takes exactly that back.

An undo leaves alone what somebody changed since: by its value, by a later bulk action that changed the same, by what was
done in the thread, and, for an archived conversation that came back, by a newer message of the contact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from conversations import happenings, summary
from conversations.models import BulkAction, BulkItem, Conversation, ConversationTag, Message, ThreadEvent
from conversations.vocabulary import Direction
from workspaces.models import User

Kind = BulkAction.Kind
Items = Sequence[BulkItem]

_EVENTS: Final = {
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
        _EVENTS[Kind(action.kind)],
        by=action.by,
        text=_said(action),
        at=action.created_at,  # its own moment is how an undo tells its lines from those of people in the thread
    )
    return changed


def _said(action: BulkAction) -> str:
    if action.kind == Kind.ASSIGN:
        return f"to {action.assignee}" if action.assignee else "to nobody"
    return f"“{action.tag}”" if action.kind == Kind.TAG and action.tag else ""


def restore(action: BulkAction, items: Items) -> int:
    """Take back what the action changed in these conversations and nobody changed since."""
    mine = [item for item in items if item.changed]
    restored = _RESTORE[Kind(action.kind)](action, mine)
    lines = ThreadEvent.objects.of(action.workspace).filter(at=action.created_at, by=action.by, kind=_EVENTS[Kind(action.kind)])
    lines.filter(conversation__in=[item.conversation_id for item in mine]).delete()
    return restored


def _locked(action: BulkAction, items: Items) -> QuerySet[Conversation]:
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
    active = _locked(action, items).filter(archived_at=None)
    before: dict[int, object] = dict.fromkeys(active.values_list("pk", flat=True))
    Conversation.objects.of(action.workspace).filter(pk__in=before).update(archived_at=action.created_at)
    return _keep(items, before, "moment_before")


def _unarchive(action: BulkAction, items: Items) -> int:
    before: dict[int, object] = dict(_locked(action, items).filter(archived_at__isnull=False).values_list("pk", "archived_at"))
    Conversation.objects.of(action.workspace).filter(pk__in=before).update(archived_at=None)
    return _keep(items, before, "moment_before")


def _assign(action: BulkAction, items: Items) -> int:
    same = Q(assignee=action.assignee_id) if action.assignee_id else Q(assignee=None)
    before: dict[int, object] = dict(_locked(action, items).filter(~same).values_list("pk", "assignee"))
    Conversation.objects.of(action.workspace).filter(pk__in=before).update(assignee=action.assignee_id)
    return _keep(items, before, "number_before")


def _handled(action: BulkAction, items: Items) -> int:
    """What has come in so far needs no answer. What was put off keeps its time: it waits for nobody anyway."""
    waiting = _locked(action, items).filter(waiting_since__isnull=False)
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
    _move_marks([(item.conversation_id, item.number_after or 0) for item in changed])
    return _keep(items, before, "number_before")


def _tag(action: BulkAction, items: Items) -> int:
    if not action.tag_id:
        return 0
    rows = list(_locked(action, items).exclude(tags__tag=action.tag_id).values_list("pk", flat=True))
    new = [
        ConversationTag(workspace_id=action.workspace_id, conversation_id=pk, tag_id=action.tag_id, by=action.by, action=action)
        for pk in rows
    ]
    ConversationTag.objects.bulk_create(new, ignore_conflicts=True)
    mine = ConversationTag.objects.of(action.workspace).filter(action=action, conversation__in=rows)
    return _keep(items, dict.fromkeys(mine.values_list("conversation_id", flat=True)), "moment_before")


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
    return _locked(action, items).exclude(Exists(later)).exclude(Exists(by_hand))


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
    marks = dict(_locked(action, items).values_list("pk", "handled_through"))
    mine = [item for item in items if marks.get(item.conversation_id) == item.number_after]
    _move_marks([(item.conversation_id, item.number_before or 0) for item in mine])
    return len(mine)


def _untag(action: BulkAction, items: Items) -> int:
    ids = [item.conversation_id for item in items]
    deleted, _ = ConversationTag.objects.of(action.workspace).filter(action=action, conversation__in=ids).delete()
    return deleted


_MOVE: Final = """
UPDATE conversations_conversation c SET handled_through = k.mark
FROM unnest(%s::bigint[], %s::bigint[]) AS k(id, mark) WHERE c.id = k.id
"""


def _move_marks(marks: Sequence[tuple[int, int]]) -> None:
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
_RESTORE: Final[dict[BulkAction.Kind, Change]] = {
    Kind.ARCHIVE: _back_from_archive,
    Kind.UNARCHIVE: _back_to_archive,
    Kind.ASSIGN: _back_to_assignee,
    Kind.HANDLED: _back_to_waiting,
    Kind.TAG: _untag,
}
