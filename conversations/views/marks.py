"""What people do in a thread besides writing: seen, handled, opt out and in, tapbacks, typing."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import reverse

from conversations import presence
from conversations.models import Conversation
from conversations.sending import advising, optout
from conversations.thread import actions, reading, snoozing
from conversations.views.answers import changed
from workspaces.access import WorkspaceRequest, background, writer
from workspaces.refused import Refused

TAPBACKS: Final = frozenset({"love", "like", "dislike", "laugh", "emphasize", "question"})


@background
@writer
def seen(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Somebody has opened what came in. Sent by the page itself, or by a button where scripts do not run."""
    conversation = reading.conversation_of(request.workspace, public_id)
    actions.mark_seen(conversation, by=request.user)
    return HttpResponse(status=204) if request.htmx else changed(request, conversation)


@writer
def handled(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What came in needs no answer (S0-14)."""
    conversation = reading.conversation_of(request.workspace, public_id)
    actions.mark_handled(conversation, by=request.user)
    return changed(request, conversation, "Marked as handled. It waits again when they write.", undo=_wait_again(conversation))


@writer
def snooze(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What came in waits for nobody until a time, or until they write again."""
    conversation = reading.conversation_of(request.workspace, public_id)
    try:
        moment = snoozing.until(request.POST.get("until", ""), request.workspace, at=request.POST.get("at", ""))
    except Refused as refused:
        return changed(request, conversation, str(refused), good=False)
    if not snoozing.snooze(conversation, moment, by=request.user):
        return changed(request, conversation, "Nothing waits for a reply here.", good=False)
    words = f"Snoozed until {snoozing.named(moment, request.workspace)}, or until they write again."
    return changed(request, conversation, words, undo=_wait_again(conversation))


@writer
def wait_again(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Takes back that it was handled or snoozed."""
    conversation = reading.conversation_of(request.workspace, public_id)
    before = request.GET.get("before", "")
    mark = int(before) if before.isdecimal() and len(before) < 19 else 0
    done = snoozing.wait_again(conversation, by=request.user, handled_through=mark)
    return changed(request, conversation, "It waits for a reply again." if done else "It waits for a reply already.", good=done)


def _wait_again(conversation: Conversation) -> str:
    """The address that takes it back, with the mark that stood before."""
    path = reverse("conversation_wait_again", args=[conversation.workspace.slug, conversation.public_id])
    return f"{path}?before={conversation.handled_through}"


@writer
def opt_out(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    conversation = reading.conversation_of(request.workspace, public_id)
    optout.opt_out_contact(conversation, by=request.user)
    return changed(request, conversation, f"{conversation} is opted out. What was waiting to be sent is cancelled.")


@writer
def opt_in(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Lift the opt-out; what the contact asked for themselves, an admin alone, with a reason."""
    conversation = reading.conversation_of(request.workspace, public_id)
    try:
        optout.opt_in_contact(conversation, by=request.user, note=request.POST.get("note", ""))
    except Refused as refused:
        return changed(request, conversation, str(refused), good=False)
    return changed(request, conversation, f"{conversation} is opted in again.")


@writer
def react(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Put a tapback on a message, or take ours off. Only the six exist (S4-18)."""
    message = reading.message_of(request.workspace, public_id)
    tapback = request.POST.get("tapback", "")
    if tapback not in TAPBACKS:
        return changed(request, message.conversation, "Choose one of the six tapbacks.", good=False)
    if not (advice := advising.may_reply(message.conversation, request.membership)).allowed:
        return changed(request, message.conversation, advice.reason, good=False)
    actions.react(message, tapback, remove=request.POST.get("remove") == "1", by=request.user)
    return changed(request, message.conversation)


@background
@writer
def typing(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Whether a rep is typing, for colleagues to see and the contact's phone to show (S4-26); not over SMS."""
    conversation = reading.conversation_of(request.workspace, public_id)
    on = request.POST.get("on") == "1"
    presence.meet(conversation.pk, request.user, typing=on)
    if request.POST.get("contact", "1") == "1":
        actions.typing(conversation, on, by=request.user)
    return HttpResponse(status=204)
