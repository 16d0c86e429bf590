"""Scheduled messages: the list, and changing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from conversations.models import Message
from conversations.refusals import Refused
from conversations.sending import scheduling
from conversations.thread import actions, reading, rescheduling
from conversations.thread.forms import ChangeForm
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
    """Another text or time for a message that waits."""
    message = reading.message_of(request.workspace, public_id)
    if message.state != State.QUEUED or message.scheduled_at is None:
        messages.warning(request, rescheduling.GONE)
        return redirect("scheduled", request.workspace.slug)
    form = ChangeForm(request.POST or None, initial=_initial(message), zone=request.workspace.zone)
    if request.method == "POST" and form.is_valid():
        try:
            rescheduling.change(message, form.cleaned_data["body"], form.cleaned_data["send_at"], by=request.user)
        except Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, "Changed." if form.cleaned_data["send_at"] else "It leaves now.")
            return redirect("scheduled", request.workspace.slug)
    context = {"message": message, "form": form, "there": rescheduling.there(message, message.scheduled_at)}
    return render(request, "conversations/log/change.html", context, status=422 if form.errors else 200)


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
