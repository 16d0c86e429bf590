"""Archive, unarchive and delete one conversation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse

from conversations.refusals import Refused
from conversations.thread import archiving, deleting, reading
from conversations.views.answers import changed
from workspaces.access import WorkspaceRequest, writer


@writer
def archive(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    conversation = reading.conversation_of(request.workspace, public_id)
    archiving.archive(conversation, by=request.user)
    undo = reverse("conversation_unarchive", args=[request.workspace.slug, conversation.public_id])
    return changed(request, conversation, "Archived. It comes back when they write; until then search finds it.", undo=undo)


@writer
def unarchive(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    conversation = reading.conversation_of(request.workspace, public_id)
    archiving.unarchive(conversation, by=request.user)
    return changed(request, conversation, "Back among the active conversations.")


@writer(methods=("GET", "POST"))
def delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Asks first, and names what is lost. Refused where an admin has switched deleting off (S2-51)."""
    conversation = reading.conversation_of(request.workspace, public_id)
    if not request.membership.deletes:
        return render(request, "conversations/delete_off.html", {"conversation": conversation}, status=403)
    refusal = ""
    if request.method == "POST":
        try:
            loss = deleting.delete(conversation, by=request)
        except Refused as refused:
            refusal = refused.message
        else:
            lost = f"{loss.messages} message{pluralize(loss.messages)} and {loss.files} file{pluralize(loss.files)}"
            messages.success(request, f"Deleted with {lost}. The audit log keeps the counts.")
            return redirect("imessages", request.workspace.slug)
    context = {"conversation": conversation, "loss": deleting.loss_of(conversation), "refusal": refusal}
    return render(request, "conversations/delete.html", context, status=409 if refusal else 200)
