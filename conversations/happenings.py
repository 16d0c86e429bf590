"""Lines in a thread that say what was done with the conversation: archived, assigned, handled, tagged, excluded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from conversations.models import Conversation, ThreadEvent
from workspaces.models import User

Kind = ThreadEvent.Kind


def note(
    conversations: Iterable[Conversation],
    kind: ThreadEvent.Kind,
    *,
    by: User | None,
    text: str = "",
    at: datetime | None = None,
) -> None:
    """Write one line into each of these threads. Call inside the transaction that does what it says."""
    moment = at or timezone.now()
    ThreadEvent.objects.bulk_create(
        ThreadEvent(workspace_id=one.workspace_id, conversation_id=one.pk, kind=kind, by=by, text=text[:300], at=moment)
        for one in conversations
    )


def forget(conversation: Conversation, kinds: Iterable[ThreadEvent.Kind], *, by: User) -> None:
    """Remove the newest line of these kinds that `by` made from the thread. The audit log keeps what they did and took back."""
    mine = ThreadEvent.objects.of(conversation.workspace).filter(conversation=conversation, kind__in=list(kinds), by=by)
    ThreadEvent.objects.of(conversation.workspace).filter(pk__in=mine.order_by("-pk").values("pk")[:1]).delete()
