"""Writing in a thread: a reply, a retry, a cancellation."""

from __future__ import annotations

import secrets

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from conversations import actions, compose, reading
from conversations.forms import ReplyForm
from conversations.listing import listing
from conversations.models import Conversation
from conversations.views.answers import changed
from conversations.views.pages import PAGE, beside_context, thread_context
from workspaces.access import WorkspaceRequest, writer

ALREADY_SENT = "An earlier version of this text was sent already, and this one was not. Send it again if it is to go as well."


@writer
def reply(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Send a reply. What is refused comes back with what was typed and the reason."""
    conversation = reading.conversation_of(request.workspace, public_id)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, conversation, form)
    data = form.cleaned_data
    try:
        message = compose.reply(conversation, data["body"], author=request.user, nonce=data["nonce"], files=form.files_given)
    except compose.Refused as refused:
        form.add_error("attachments" if refused.field == "files" else "body", refused.message)
        return _again(request, conversation, form)
    if message.body != data["body"].strip():
        anew = ReplyForm({"body": data["body"], "nonce": secrets.token_urlsafe(12)})
        anew.add_error("body", ALREADY_SENT)
        return _again(request, conversation, anew)
    return _sent(request, conversation)


@writer
def retry(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Send a message that was not delivered once more."""
    message = reading.message_of(request.workspace, public_id)
    try:
        compose.retry(message, author=request.user)
    except compose.Refused as refused:
        return changed(request, message.conversation, refused.message, good=False)
    return changed(request, message.conversation, "It is sent again, as a new message.")


@writer
def cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Stop a message that has not left."""
    message = reading.message_of(request.workspace, public_id)
    if actions.cancel(message, by=request.user):
        return changed(request, message.conversation, "Cancelled. It was not sent.")
    return changed(request, message.conversation, "Too late to cancel: it has left already.", good=False)


def _sent(request: WorkspaceRequest, conversation: Conversation) -> HttpResponse:
    """An empty composer for the page that is open; else back to the thread, so that reloading sends nothing."""
    if not request.htmx:
        return redirect("conversation", request.workspace.slug, conversation.public_id)
    response = render(request, "conversations/composer.html", thread_context(request, conversation))
    trigger_client_event(response, "thread-changed", {"sent": True}, after="swap")
    return trigger_client_event(response, "list-changed", after="swap")


def _again(request: WorkspaceRequest, conversation: Conversation, form: ReplyForm) -> HttpResponse:
    context = thread_context(request, conversation) | {"form": form}
    if request.htmx:
        return render(request, "conversations/composer.html", context, status=422)
    page = context | beside_context(conversation) | {"pane": "thread", "open": conversation.public_id}
    return render(request, PAGE, page | {"list": listing(request.workspace)}, status=422)
