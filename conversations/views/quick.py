"""Quick Send: one form, and what it learns of the recipient while they are typed."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from conversations.models import Conversation, Message
from conversations.quick import asking, limits, reach
from conversations.quick.reach import Reach, Typed
from conversations.refusals import Refused
from conversations.sending import channels, contents, replying, scheduling
from conversations.sending.replying import Reply
from conversations.thread import starting
from conversations.thread.forms import QuickForm, refuse
from conversations.vocabulary import Channel
from lines.models import Line
from workspaces.access import WorkspaceRequest, background, writer

FIELDS = {"scheduled_at": "send_at", "number": "to"}


@writer(methods=("GET", "POST"))
def quick_send(request: WorkspaceRequest) -> HttpResponse:
    """?to= fills in the recipient. What is refused comes back with what was typed and the reason."""
    if request.method == "GET":
        form = QuickForm(initial={"to": request.GET.get("to", "")[:254], "nonce": secrets.token_urlsafe(12), "when": "now"})
        return _page(request, form, _reach(request, request.GET, ask=False))
    form = QuickForm(request.POST, zone=request.workspace.zone)
    if form.is_valid():
        try:
            conversation, message = _send(request, form)
        except Refused as refused:
            refuse(form, refused, FIELDS)
        else:
            at = message.scheduled_at
            said = (
                f"It will be sent {scheduling.said(at, request.workspace.zone)}." if at else "On its way. Its status shows below."
            )
            messages.success(request, said)
            return redirect("conversation", request.workspace.slug, conversation.public_id)
    return _page(request, form, _reach(request, request.POST, ask=False), status=422)


def _send(request: WorkspaceRequest, form: QuickForm) -> tuple[Conversation, Message]:
    """Through the one composer. Raises Refused."""
    data = form.cleaned_data
    if data["channel"] == Channel.IMESSAGE:
        asking.ask_before_sending(request.workspace, data["to"], by=request.user)
    if why_not := _reach(request, request.POST, ask=False).why_not:
        raise Refused(why_not, field="to")
    with transaction.atomic():  # what is refused leaves no empty thread behind
        conversation = starting.open_with(request.workspace, data["to"])
        reply = Reply(
            conversation,
            data["body"],
            author=request.user,
            nonce=data["nonce"],
            line=channels.line_of(conversation, data["line"]),
            channel=data["channel"],
            scheduled_at=data["send_at"],
            undo=timedelta(seconds=request.workspace.undo_seconds),
        )
        return conversation, replying.send(reply)


@background
@writer(methods=("GET",))
def quick_reach(request: WorkspaceRequest) -> HttpResponse:
    """How ?to= would be reached; ?item= follows a check that runs. For the open form."""
    return render(request, "conversations/work/quick.html#reach", {"reach": _reach(request, request.GET, ask=True)})


@writer
def quick_check(request: WorkspaceRequest) -> HttpResponse:
    """Check the recipient again."""
    item = asking.check_again(request.workspace, request.POST.get("to", "")[:254], by=request.user)
    data = request.POST.copy()
    data["item"] = str(item.pk) if item else ""
    return render(request, "conversations/work/quick.html#reach", {"reach": _reach(request, data, ask=False)})


@background
@writer(methods=("GET",))
def quick_when(request: WorkspaceRequest) -> HttpResponse:
    """What the recipient's clock says at ?send_at=, or what is wrong with it. For the open form."""
    try:
        moment = scheduling.read(request.GET.get("send_at", ""), request.workspace.zone)
    except scheduling.NoSuchTime as error:
        return render(request, "conversations/work/quick.html#when", {"wrong": str(error)})
    there = reach.when_there(request.workspace, request.GET.get("to", "")[:254], moment) if moment else ""
    return render(request, "conversations/work/quick.html#when", {"moment": moment, "there": there})


def _reach(request: WorkspaceRequest, data: Any, *, ask: bool) -> Reach:
    """`data`: to, channel, line, and the check to follow (item)."""
    item = data.get("item", "")
    typed = Typed(
        data.get("to", "")[:254],
        channel=data.get("channel", ""),
        line_id=data.get("line", "")[:40],
        item_id=int(item) if item.isascii() and item.isdigit() and len(item) < 18 else 0,
    )
    return reach.reach(request.membership, typed, asking=request.user if ask else None)


def _page(request: WorkspaceRequest, form: QuickForm, reach: Reach, status: int = 200) -> HttpResponse:
    lines = list(Line.objects.of(request.workspace).select_related("workspace", "fallback_line").filter(kind__in=channels.KINDS))
    context = {
        "form": form,
        "reach": reach,
        "limits": limits.limits(request.workspace, lines),
        "body_limit": contents.BODY_LIMIT,
    }
    return render(request, "conversations/work/quick.html", context, status=status)
