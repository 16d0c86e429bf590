"""What people decide in a thread about whether its contact is messaged: a removal request judged, an exclusion."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from conversations.models import Conversation
from conversations.sending import excluding
from conversations.thread import reading
from conversations.views.answers import changed
from workspaces.access import WorkspaceRequest, writer
from workspaces.refused import Refused
from workspaces.slices import insist


@writer
def removal(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Judge words that ask for removal: exclude the contact, their company too, or go on (R4). `next`: from the tasks."""
    conversation = reading.conversation_of(request.workspace, public_id)
    match request.POST.get("decision", ""):
        case "contact" | "company" as whom:
            done = insist(partial(excluding.confirm_removal, conversation, company=whom == "company", by=request.user))
            text = f"{conversation} is opted out and excluded{', with the whole company' if whom == 'company' else ''}."
        case "none":
            try:
                note = request.POST.get("note", "")
                done = insist(partial(excluding.dismiss_removal, conversation, by=request.user, note=note))
            except Refused as refused:
                return changed(request, conversation, str(refused), good=False)
            text = "Not a removal: what automation held goes on."
        case _:
            return changed(request, conversation, "Choose what is to be done about the request.", good=False)
    return _decided(request, conversation, text if done else "Somebody has decided about it already.", good=done)


def _decided(request: WorkspaceRequest, conversation: Conversation, text: str, *, good: bool) -> HttpResponse:
    if request.POST.get("next") == "tasks" and not request.htmx:
        (messages.success if good else messages.warning)(request, text)
        return redirect("tasks", request.workspace.slug)
    return changed(request, conversation, text, good=good)


@writer
def exclude(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Stop outreach to the contact, and to their company where that is asked for (S0-97, S0-99, S0-103)."""
    conversation = reading.conversation_of(request.workspace, public_id)
    company = request.POST.get("company") == "1"
    if conversation.lead is None:
        return changed(request, conversation, "Save the contact as a lead first: an exclusion stands on a lead.", good=False)
    insist(partial(excluding.exclude_contact, conversation, company=company, by=request.user))
    return changed(request, conversation, f"{conversation} is excluded{', with the whole company' if company else ''}.")
