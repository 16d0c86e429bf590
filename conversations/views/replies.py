"""Writing in a thread: a reply, a retry, a cancellation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from conversations import drafts
from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending import channels, replying, retrying, scheduling
from conversations.sending.replying import Answered, Reply
from conversations.thread import actions, reading
from conversations.thread.forms import ReplyForm, refuse
from conversations.views.answers import back_to, changed
from conversations.views.pages import again, thread_context
from workspaces.access import WorkspaceRequest, writer

FIELDS: Final = {"files": "attachments", "scheduled_at": "send_at"}
"""The form's names of what the door refuses."""


@writer
def reply(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Send a reply, now or later. What is refused comes back with what was typed and the reason."""
    conversation = reading.conversation_of(request.workspace, public_id)
    form = ReplyForm(request.POST, request.FILES, zone=request.workspace.zone)
    if not form.is_valid():
        return _again(request, conversation, form)
    try:
        message = replying.send(_reply(request, conversation, form))
    except Answered as answered:
        return _again(request, conversation, form, answered)
    except Refused as refused:
        refuse(form, refused, FIELDS)
        return _again(request, conversation, form)
    return _sent(request, conversation, message)


def _reply(request: WorkspaceRequest, conversation: Conversation, form: ReplyForm) -> Reply:
    """What the form asks for. `anyway` names the answer that its writer has seen and wants to write after all the same."""
    data = form.cleaned_data
    return Reply(
        conversation,
        data["body"],
        author=request.user,
        nonce=data["nonce"],
        files=form.files_given,
        line=channels.line_of(conversation, data["line"]),
        channel=data["channel"],
        scheduled_at=data["send_at"],
        cancel_on_reply=data["cancel_on_reply"],
        undo=timedelta(seconds=request.workspace.undo_seconds),
        against=drafts.seen_of(conversation, data["anyway"] or data["seen"]),
    )


@writer
def retry(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Send a message that was not delivered once more."""
    message = reading.message_of(request.workspace, public_id)
    try:
        retrying.retry(message, author=request.user)
    except Refused as refused:
        return changed(request, message.conversation, refused.message, good=False)
    return changed(request, message.conversation, "It is sent again, as a new message.")


@writer
def cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Stop a message that has not left."""
    message = reading.message_of(request.workspace, public_id)
    if actions.cancel(message, by=request.user):
        return changed(request, message.conversation, "Cancelled. It was not sent.")
    return changed(request, message.conversation, "Too late to cancel: it has left already.", good=False)


def _sent(request: WorkspaceRequest, conversation: Conversation, message: Message) -> HttpResponse:
    """An empty composer for the page that is open; else back to the thread, so that reloading sends nothing."""
    if not request.htmx:
        return back_to(request, conversation)
    response = render(request, "conversations/composer.html", thread_context(request, conversation))
    trigger_client_event(response, "thread-changed", {"sent": True}, after="swap")
    if said := _said(request, message):
        trigger_client_event(response, "toast", said, after="swap")
    return trigger_client_event(response, "list-changed", after="swap")


def _said(request: WorkspaceRequest, message: Message) -> dict[str, Any] | None:
    """The toast with its way back, while there is one."""
    url = reverse("message_undo", args=[request.workspace.slug, message.public_id])
    undo = {"label": "Undo", "url": url, "composer": message.conversation.public_id}
    if message.scheduled_at:
        return {
            "text": f"It will be sent {scheduling.said(message.scheduled_at, request.workspace.zone)}.",
            "level": "success",
            "action": undo,
        }
    seconds = int((message.run_at - timezone.now()).total_seconds() + 0.5)
    return {"text": "Sending…", "level": "success", "action": undo, "lasts": seconds} if seconds > 0 else None


def _again(
    request: WorkspaceRequest, conversation: Conversation, form: ReplyForm, answered: Answered | None = None
) -> HttpResponse:
    return again(request, conversation, "conversations/composer.html", {"form": form, "answered": answered})
