"""What is written and not sent yet: drafts, the time of a later send, and a reply that is taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from conversations import drafts
from conversations.sending import scheduling
from conversations.thread import actions, reading
from conversations.thread.forms import DraftForm
from conversations.views.answers import back_to, changed
from conversations.views.pages import thread_context
from workspaces.access import WorkspaceRequest, background, member, writer

TOO_LATE = "Too late to take it back: it has left already."


@background
@writer
def draft(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Keep what was typed so far. The page does it by itself; without scripts a button does."""
    conversation = reading.conversation_of(request.workspace, public_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return changed(request, conversation, "This text is too long to be kept as a draft.", good=False)
    data = form.cleaned_data
    kept = drafts.keep(
        conversation, request.user, data["body"], against=drafts.seen_of(conversation, data["seen"]), nonce=data["nonce"]
    )
    if request.htmx:
        return render(request, "conversations/composer.html#kept", {"kept": kept, "conversation": conversation})
    return changed(request, conversation, "The draft is kept." if kept else "There is no draft here any more.")


@member
def when(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What the clock says at the contact's at the chosen time, or what is wrong with it. For the open composer."""
    conversation = reading.conversation_of(request.workspace, public_id)
    try:
        moment = scheduling.read(request.GET.get("send_at", ""), request.workspace.zone)
    except scheduling.NoSuchTime as error:
        return render(request, "conversations/composer.html#when", {"wrong": str(error)})
    there = scheduling.where_they_are(conversation, moment) if moment else ""
    context = {"moment": moment, "there": there, "conversation": conversation}
    return render(request, "conversations/composer.html#when", context)


@writer
def undo(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Take back a reply that has not left: its text is in the composer again."""
    message = reading.message_of(request.workspace, public_id)
    conversation = message.conversation
    if message.author_id != request.user.pk:
        return changed(request, conversation, "Only its writer can take it back; you can cancel it in the thread.", good=False)
    if not actions.take_back(message, by=request.user):
        return changed(request, conversation, TOO_LATE, good=False)
    if not request.htmx:
        return back_to(request, conversation)
    found = reading.conversation_of(request.workspace, conversation.public_id)
    response = render(request, "conversations/composer.html", thread_context(request, found) | {"taken_back": message})
    trigger_client_event(response, "thread-changed", after="swap")
    return trigger_client_event(response, "list-changed", after="swap")
