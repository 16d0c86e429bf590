"""A person says what a reply means."""

from __future__ import annotations

from django.http import HttpResponse

from conversations import reading, understanding
from conversations.views.answers import changed
from intent.vocabulary import Reason, Status
from workspaces.access import WorkspaceRequest, writer


@writer
def relabel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """`pair` is "status:reason", with an empty reason for none."""
    conversation = reading.conversation_of(request.workspace, public_id)
    status, _, reason = request.POST.get("pair", "").partition(":")
    if status not in Status.values or (reason and reason not in Reason.values):
        return changed(request, conversation, "Choose what the reply means.", good=False)
    try:
        made = understanding.relabel(conversation, Status(status), Reason(reason) if reason else None, by=request.user)
    except understanding.NotAllowed as refused:
        return changed(request, conversation, str(refused), good=False)
    return changed(request, conversation, f"Labelled {made}. This stands, whatever is read later of the same reply.")
