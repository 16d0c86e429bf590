"""Reminders for a contact: from a thread, or from a lead."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from conversations.models import Conversation
from conversations.refusals import Refused
from conversations.sending import scheduling
from conversations.thread import reading, reminders
from conversations.thread.forms import ChangeForm, refuse
from leads import queries
from workspaces.access import WorkspaceRequest, writer


@writer(methods=("GET", "POST"))
def conversation_remind(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Posting makes one; below stand those that wait."""
    conversation = reading.conversation_of(request.workspace, public_id)
    form = ChangeForm(request.POST or None, zone=request.workspace.zone)
    if request.method == "POST" and form.is_valid():
        data, nonce = form.cleaned_data, request.POST.get("nonce", "")[:40]
        try:
            reminders.remind(conversation, data["body"], data["send_at"], nonce=nonce, by=request.user)
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, "The reminder is set.")
            return redirect("conversation_remind", request.workspace.slug, public_id)
    return _page(request, conversation, form)


@writer
def lead_remind(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """To the page of a lead's thread, which is opened where there is none."""
    lead = queries.lead_of(request.workspace, public_id)
    try:
        conversation = reminders.thread_of(lead)
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect("lead", request.workspace.slug, public_id)
    return redirect("conversation_remind", request.workspace.slug, conversation.public_id)


def _page(request: WorkspaceRequest, conversation: Conversation, form: ChangeForm) -> HttpResponse:
    context = {
        "conversation": conversation,
        "form": form,
        "waiting": reminders.of(conversation),
        "why_not": reminders.why_not(conversation),
        "there": scheduling.where_they_are(conversation, timezone.now()),
        "nonce": form.data.get("nonce") or secrets.token_urlsafe(12),
    }
    return render(request, "conversations/work/remind.html", context, status=422 if form.errors else 200)
