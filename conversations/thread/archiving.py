"""Putting a conversation aside and taking it back (R3). An inbound message takes it back by itself."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from conversations import happenings
from conversations.changes import announce
from conversations.models import Conversation, ThreadEvent
from workspaces import audit
from workspaces.models import User


@transaction.atomic
def archive(conversation: Conversation, *, by: User) -> bool:
    """Out of the active list, with all its history; False when it is there already."""
    mine = Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk, archived_at=None)
    changed = mine.update(archived_at=timezone.now())
    if changed:
        _note(conversation, ThreadEvent.Kind.ARCHIVED, by)
    return bool(changed)


@transaction.atomic
def unarchive(conversation: Conversation, *, by: User) -> bool:
    """Back among the active ones; False when it is there already."""
    mine = Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk, archived_at__isnull=False)
    changed = mine.update(archived_at=None)
    if changed:
        _note(conversation, ThreadEvent.Kind.UNARCHIVED, by)
    return bool(changed)


def _note(conversation: Conversation, kind: ThreadEvent.Kind, by: User) -> None:
    happenings.note([conversation], kind, by=by)
    audit.record(by, conversation.workspace, f"conversation.{kind}", target=str(conversation))
    announce(conversation.workspace_id, [conversation.pk])
