"""What the intent of a reply recommends, as an action of its own: stop follow-ups."""

from __future__ import annotations

from django.http import HttpResponse

from conversations.thread import actions, reading
from conversations.views.answers import changed
from workspaces.access import WorkspaceRequest, writer


@writer
def stop_follow_ups(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Cancel what would still be sent here by itself or later (S0-83)."""
    conversation = reading.conversation_of(request.workspace, public_id)
    count = actions.stop_follow_ups(conversation, by=request.user)
    words = "1 follow-up is" if count == 1 else f"{count} follow-ups are"
    return changed(request, conversation, f"{words} cancelled." if count else "Nothing was waiting to be sent.")
