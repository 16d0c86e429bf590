"""Lines in a thread that say what was done with the conversation: archived, assigned, handled."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.models import Conversation, ThreadEvent
from workspaces.models import User

Kind = ThreadEvent.Kind


def note(conversations: Iterable[Conversation], kind: ThreadEvent.Kind, *, by: User | None, text: str = "") -> None:
    """Write one line into each of these threads. Call inside the transaction that does what it says."""
    ThreadEvent.objects.bulk_create(
        ThreadEvent(workspace_id=one.workspace_id, conversation=one, kind=kind, by=by, text=text[:300]) for one in conversations
    )
