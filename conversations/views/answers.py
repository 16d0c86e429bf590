"""How a view that changed something answers: a page that scripts read gets events, any other is sent back to the thread."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django_htmx.http import trigger_client_event

from conversations.models import Conversation
from workspaces.access import WorkspaceRequest


def changed(request: WorkspaceRequest, conversation: Conversation, text: str = "", *, good: bool = True) -> HttpResponse:
    """The thread and the list have changed; `text` tells the person what was done, or why it was not."""
    if request.htmx:
        response = HttpResponse(status=204)
        trigger_client_event(response, "thread-changed")
        trigger_client_event(response, "list-changed")
        if text:
            trigger_client_event(response, "toast", {"text": text, "level": "success" if good else "warning"})
        return response
    if text:
        (messages.success if good else messages.warning)(request, text)
    return redirect("conversation", request.workspace.slug, conversation.public_id)
