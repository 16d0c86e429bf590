"""A person says what a reply means."""

from __future__ import annotations

from django.http import HttpResponse

from conversations.readings import relabelling
from conversations.thread import reading
from conversations.views.answers import changed
from workspaces.access import WorkspaceRequest, writer


@writer
def relabel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """`pair` is "status:reason", with an empty reason for none."""
    conversation = reading.conversation_of(request.workspace, public_id)
    try:
        made = relabelling.relabel(conversation, relabelling.pair_of(request.POST.get("pair", "")), by=request.user)
    except relabelling.NotAllowed as refused:
        return changed(request, conversation, str(refused), good=False)
    return changed(request, conversation, f"Labelled {made}. This stands, whatever is read later of the same reply.")
