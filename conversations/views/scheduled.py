"""Scheduled messages: the list, and changing one."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from conversations.models import Message
from conversations.refusals import Refused
from conversations.sending import replying, scheduling
from conversations.sending.replying import Reply
from conversations.thread import actions, reading, rescheduling
from conversations.thread.forms import ChangeForm, refuse
from conversations.vocabulary import State
from workspaces.access import WorkspaceRequest, background, member, writer


@member
def scheduled(request: WorkspaceRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    context = {
        "page": rescheduling.scheduled(request.workspace, after),
        "not_left": [] if after else rescheduling.not_left(request.workspace),
        "after": after,
    }
    return render(request, "conversations/log/scheduled.html", context)


@writer(methods=("GET", "POST"))
def message_change(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Another text or time for a message that waits. Where it has left meanwhile, what was typed can be sent again (`nonce`)."""
    message = reading.message_of(request.workspace, public_id)
    waits = message.state == State.QUEUED and message.scheduled_at is not None
    if request.method == "GET" and not waits:
        messages.warning(request, rescheduling.GONE)
        return redirect("scheduled", request.workspace.slug)
    posted = request.POST if request.method == "POST" else None  # also an empty one: it has errors to show
    form = ChangeForm(posted, initial=_initial(message), zone=request.workspace.zone)
    nonce = request.POST.get("nonce", "")[:40]
    if request.method == "POST":
        valid = form.is_valid()
        try:
            if not waits and not nonce:
                raise rescheduling.Gone
            if valid:
                return _anew(request, message, form, nonce) if nonce else _changed(request, message, form)
        except rescheduling.Gone as gone:
            nonce = secrets.token_urlsafe(12)
            form.add_error(None, gone.message)
        except Refused as refused:
            refuse(form, refused, {"scheduled_at": "send_at"})
            nonce = form.data.get("nonce", "")[:40]
    there = rescheduling.there(message, message.scheduled_at)
    context = {"message": message, "form": form, "there": there, "nonce": nonce}
    return render(request, "conversations/log/change.html", context, status=422 if form.errors else 200)


def _changed(request: WorkspaceRequest, message: Message, form: ChangeForm) -> HttpResponse:
    """Raises Refused; Gone when it has left meanwhile."""
    at = form.cleaned_data["send_at"]
    rescheduling.change(message, form.cleaned_data["body"], at, by=request.user)
    messages.success(request, "Changed." if at else "It leaves now.")
    return redirect("scheduled", request.workspace.slug)


def _anew(request: WorkspaceRequest, message: Message, form: ChangeForm, nonce: str) -> HttpResponse:
    """What was to be changed, sent as a message of its own; the same nonce sends it once. Raises Refused."""
    at, conversation = form.cleaned_data["send_at"], message.conversation
    replying.send(Reply(conversation, form.cleaned_data["body"], author=request.user, nonce=nonce, scheduled_at=at))
    said = f"It will be sent {scheduling.said(at, request.workspace.zone)}." if at else "On its way. Its status shows below."
    messages.success(request, said)
    return redirect("conversation", request.workspace.slug, conversation.public_id)


@writer
def scheduled_cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Take it back before its time."""
    message = reading.message_of(request.workspace, public_id)
    if actions.cancel(message, by=request.user):
        messages.success(request, "Cancelled. It is not sent.")
    else:
        messages.warning(request, rescheduling.GONE)
    return redirect("scheduled", request.workspace.slug)


@background
@member
def message_when(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What the recipient's clock says at ?send_at=, or what is wrong with it. For the open form."""
    message = reading.message_of(request.workspace, public_id)
    try:
        moment = scheduling.read(request.GET.get("send_at", ""), request.workspace.zone)
    except scheduling.NoSuchTime as error:
        return render(request, "conversations/log/change.html#when", {"wrong": str(error)})
    there = rescheduling.there(message, moment)
    return render(request, "conversations/log/change.html#when", {"moment": moment, "there": there})


def _initial(message: Message) -> dict[str, str]:
    at = message.scheduled_at or message.at
    zone = message.conversation.workspace.zone
    return {"body": message.body, "when": "later", "send_at": at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")}
