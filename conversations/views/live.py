"""What an open page asks every second."""

from __future__ import annotations

from django.http import HttpResponse
from django_htmx.http import trigger_client_event

from conversations import live as stamps
from conversations import presence
from conversations.models import Conversation
from workspaces.access import WorkspaceRequest, background, member


@background
@member
def live(request: WorkspaceRequest) -> HttpResponse:
    """Nothing, or the events that make the list or the open thread reload themselves.

    The page sends the stamps it was made with: `list`, and `thread` with `open`, its conversation's public id.
    """
    opened = None
    if public_id := request.GET.get("open"):
        row = Conversation.objects.of(request.workspace).only("workspace_id", "address", "contact_name").filter(public_id=public_id)
        opened = row.first()
    list_stamp, thread_stamp = stamps.stamps(request.workspace.pk, opened.pk if opened else None)
    response = HttpResponse(status=204)
    if request.GET.get("list", list_stamp) != list_stamp:
        trigger_client_event(response, "list-changed")
    if opened and (others := presence.around(opened, request.user)) != request.GET.get("presence", others):
        trigger_client_event(response, "presence", {"text": others})
    if request.GET.get("thread", thread_stamp) != thread_stamp:
        trigger_client_event(response, "thread-changed")
    return response
