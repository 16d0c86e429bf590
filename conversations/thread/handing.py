"""Who looks after a conversation, and handing it to a colleague with a few words (S0-127)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from conversations import happenings
from conversations.changes import announce
from conversations.models import Conversation, Task
from conversations.refusals import Refused
from workspaces import audit
from workspaces.models import Membership, User, Workspace
from workspaces.queries import writers

WITHIN: Final = timedelta(hours=1)
"""So soon the colleague is to look at it: after that the task is overdue."""
NOTE_LIMIT = 200
"""Characters: the words stand in the thread and as the title of the colleague's task."""


class NoColleague(Refused):
    """The person named cannot look after a conversation here."""


def colleagues(workspace: Workspace) -> list[Membership]:
    """Who may look after a conversation: everyone who writes, by name."""
    return list(writers(workspace))


def colleague(workspace: Workspace, public_id: str) -> User | None:
    """The user behind a membership's id; nobody for an empty one. Raises NoColleague."""
    if not public_id:
        return None
    found = writers(workspace).filter(public_id=public_id).first()
    if found is None:
        raise NoColleague("Choose somebody of this workspace who may write to contacts.")
    return found.user


@transaction.atomic
def hand_over(conversation: Conversation, to: User | None, *, by: User, note: str = "") -> bool:
    """Make `to` the assignee; nobody when None. False when it was so already and nothing was said.

    The colleague gets a task with the words, due within the hour, so that it does not rest on somebody looking at the list.
    Raises Refused for a note that is too long.
    """
    note = " ".join(note.split())
    if len(note) > NOTE_LIMIT:
        raise Refused(f"The note has {len(note):,} characters; {NOTE_LIMIT} is the most. Leave a longer one in the thread.")
    mine = Conversation.objects.of(conversation.workspace).select_for_update(no_key=True)
    old = mine.values_list("assignee", flat=True).get(pk=conversation.pk)
    if old == (to.pk if to else None) and not note:
        return False
    Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk).update(assignee=to)
    words = f"to {to}" if to else "to nobody"
    happenings.note([conversation], happenings.Kind.ASSIGNED, by=by, text=f"{words}: {note}" if note else words)
    if to and to.pk != by.pk:
        Task.objects.create(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            title=note or f"Take over the conversation with {conversation}"[:200],
            assignee=to,
            created_by=by,
            due_at=timezone.now() + WITHIN,
        )
    audit.record(by, conversation.workspace, "conversation.assigned", target=str(conversation), to=str(to) if to else "nobody")
    announce(conversation.workspace_id, [conversation.pk])
    return True
