"""What stands in the way of a message that was not delivered."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from conversations.thread import diagnosis, reading
from conversations.vocabulary import MessageStatus
from workspaces.access import WorkspaceRequest, member, no_such_page


@member
def message_checks(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The seven checks as they stand now, inside the thread or as a page."""
    message = reading.message_of(request.workspace, public_id)
    if message.status != MessageStatus.NOT_DELIVERED:
        no_such_page()
    context = {"message": message, "conversation": message.conversation, "checks": diagnosis.checks(message)}
    return render(request, "conversations/message_checks.html" + ("#checks" if request.htmx else ""), context)
