"""Notes inside a thread: for colleagues and from other programs, never sent (S2-08, S2-09)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from conversations.changes import announce
from conversations.models import Conversation, Note
from conversations.refusals import Refused
from workspaces import locks
from workspaces.models import User

AT_ONCE: Final = timedelta(minutes=1)
"""The same words of the same person within this time are one note that was sent twice."""

LIMIT = 10_000
"""Characters of one note; a transcript of a long voicemail has room."""


@transaction.atomic
def add(conversation: Conversation, body: str, *, source: str = "", author: User | None = None) -> Note:
    """Leave a note in a thread. `source` says where it came from, such as “Voicemail transcript”. Raises Refused.

    Pressing twice leaves one note.
    """
    body = body.replace("\r\n", "\n").strip()
    if not conversation.workspace.notes_enabled:
        raise Refused("Notes are switched off in this workspace. An admin can switch them on under Settings.")
    if not body:
        raise Refused("Write the note first.")
    if len(body) > LIMIT:
        raise Refused(f"This note has {len(body):,} characters; {LIMIT:,} is the most.")
    if author:
        locks.alone([f"note:{conversation.pk}:{author.pk}"])
        mine = Note.objects.of(conversation.workspace).filter(
            conversation=conversation, author=author, source=source[:60], body=body
        )
        if sent := mine.filter(at__gt=timezone.now() - AT_ONCE).first():
            return sent
    note = Note.objects.create(
        workspace_id=conversation.workspace_id, conversation=conversation, body=body, source=source[:60], author=author
    )
    announce(conversation.workspace_id, [conversation.pk])
    return note


@transaction.atomic
def remove(note: Note) -> None:
    """Take a note out of its thread."""
    announce(note.workspace_id, [note.conversation_id])
    note.delete()
