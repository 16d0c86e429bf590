"""Automation in one thread: applying a drip, what runs for this contact, and stopping it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from campaigns import drips
from campaigns.actions import stop_enrolments
from campaigns.models import Campaign, Enrolment
from conversations.campaigning import drip_preview, dripping
from conversations.models import Conversation
from conversations.refusals import Refused
from conversations.sending import stopping
from conversations.thread import automation as told
from conversations.thread.reading import conversation_of
from workspaces.access import WorkspaceRequest, background, member, writer


@writer(methods=("GET", "POST"))
def drip(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """?campaign= shows its messages with their dates; POST applies it (S2-24 to S2-28)."""
    thread = conversation_of(request.workspace, public_id)
    data = request.POST if request.method == "POST" else request.GET
    chosen = drips.drips(request.workspace).filter(public_id=data.get("campaign", "")).first()
    why_not = dripping.why_not(thread, request.membership)
    refused = ""
    if request.method == "POST":
        if chosen is None:
            refused = "Choose a drip first."
        else:
            try:
                dripping.apply(thread, chosen, by=request.user)
            except Refused as no:
                refused = str(no)
            else:
                return _applied(request, thread, chosen)
    context: dict[str, Any] = {
        "conversation": thread,
        "why_not": why_not,
        "refused": refused,
        "drips": list(drips.drips(request.workspace)[:200]),
        "chosen": chosen,
        "planned": drip_preview.preview(thread, chosen) if chosen and not why_not else [],
    }
    context["problem"] = any(one.problem for one in context["planned"])
    name = "conversations/campaigns/drip.html#choice" if request.htmx else "conversations/campaigns/drip.html"
    return render(request, name, context, status=422 if refused else 200)


def _applied(request: WorkspaceRequest, thread: Conversation, chosen: Campaign) -> HttpResponse:
    said = f"{chosen.name} is applied. Its messages stand below; they end with the first reply."
    if not request.htmx:
        messages.success(request, said)
        return redirect("conversation", request.workspace.slug, thread.public_id)
    response = HttpResponse(status=204)
    trigger_client_event(response, "drip-applied", {})
    trigger_client_event(response, "thread-changed", {})
    return trigger_client_event(response, "toast", {"text": said, "level": "success"})


@background
@member
def automation(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What runs for this contact and what has run (S0-46, S0-51), for the panel beside the thread."""
    thread = conversation_of(request.workspace, public_id)
    context = {"conversation": thread, "courses": told.courses(thread)}
    name = "conversations/campaigns/automation.html" + ("#brief" if request.htmx else "")
    return render(request, name, context)


@writer
def stop(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Stop the remaining automated steps of this contact (S0-118), or of the enrolment `enrolment` alone."""
    thread = conversation_of(request.workspace, public_id)
    mine = Enrolment.objects.of(request.workspace).filter(pk__in=[one.pk for one in dripping.of_contact(thread)])
    if only := request.POST.get("enrolment", ""):
        mine = mine.filter(public_id=only)
    stopped = stop_enrolments(request.workspace, list(mine.values_list("pk", flat=True)), by=request.user)
    stopping.cancel_recalled()
    said = "The remaining steps are stopped. What had not left is cancelled." if stopped else "Nothing runs here any more."
    if not request.htmx:
        messages.success(request, said)
        return redirect("conversation", request.workspace.slug, thread.public_id)
    response = HttpResponse(status=204)
    trigger_client_event(response, "thread-changed", {})
    return trigger_client_event(response, "toast", {"text": said, "level": "success"})
