"""The iMessages page: the list, an open conversation beside it, and the parts that reload themselves."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from conversations import live, reading, turns, words
from conversations.compose import BODY_LIMIT
from conversations.composing import composer
from conversations.forms import ReplyForm
from conversations.listing import listing, with_company, with_lead
from conversations.models import Conversation
from leads.queries import company_of, lead_of
from workspaces.access import WorkspaceRequest, background, member

PAGE = "conversations/imessages.html"


@member
def imessages(request: WorkspaceRequest) -> HttpResponse:
    """The list, with no conversation open."""
    return render(request, PAGE, {"list": listing(request.workspace, before=request.GET.get("before", ""))})


@member
def rows(request: WorkspaceRequest) -> HttpResponse:
    """Rows for a list that is open: the next page (`before`), or all that it shows, anew (`through`)."""
    found = listing(request.workspace, before=request.GET.get("before", ""), through=request.GET.getlist("through", [""])[-1])
    return render(request, "conversations/list.html#rows", {"list": found, "open": request.GET.get("open", "")})


@member
def conversation(request: WorkspaceRequest, public_id: str, pane: str = "thread") -> HttpResponse:
    """An open conversation: beside the list as a page, or alone for a page that has the list already."""
    found = reading.conversation_of(request.workspace, public_id)
    context = thread_context(request, found) | beside_context(found) | {"pane": pane, "open": public_id}
    if request.htmx.target == "conversation":
        return render(request, "conversations/conversation.html", context)
    return render(request, PAGE, context | {"list": listing(request.workspace)})


@background
@member
def messages(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The thread's messages for a page that has it open: what came earlier (`before`), or all it shows, anew (`since`)."""
    found = reading.conversation_of(request.workspace, public_id)
    part = "earlier" if "before" in request.GET else "refreshed"
    return render(request, f"conversations/thread.html#{part}", thread_context(request, found))


@background
@member
def context(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What stands beside the thread, anew."""
    found = reading.conversation_of(request.workspace, public_id)
    return render(request, "conversations/context.html", {"conversation": found, **beside_context(found)})


@member
def lead_conversations(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The conversations of a lead: a page of its own, or the rows for the lead's page."""
    lead = lead_of(request.workspace, public_id)
    return _brief(request, {"whom": lead.name, "rows": with_lead(lead)})


@member
def company_conversations(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    company = company_of(request.workspace, public_id)
    return _brief(request, {"whom": company.name, "rows": with_company(company)})


def _brief(request: WorkspaceRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "conversations/with.html" + ("#brief" if request.htmx else ""), context)


def thread_context(request: WorkspaceRequest, found: Conversation) -> dict[str, Any]:
    """What the thread's templates need. The stamp is read before the rows it stands for."""
    _, stamp = live.stamps(request.workspace.pk, found.pk)
    log = reading.log(found, before=request.GET.get("before", ""), since=request.GET.get("since", ""))
    new = request.GET.get("new", "") or reading.first_unseen(found)
    return {
        "conversation": found,
        "log": log,
        "drawn": turns.draw(log, found, new=new, may_write=request.membership.writes),
        "stamp": stamp,
        "composer": composer(found, request.membership),
        "form": ReplyForm(initial={"nonce": secrets.token_urlsafe(12)}),
        "body_limit": BODY_LIMIT,
        "read_unavailable": words.READ_UNAVAILABLE,
    }


def beside_context(found: Conversation) -> dict[str, Any]:
    return {
        "beside": reading.beside(found),
        "intent": words.intent_chip(found),
        "intent_tone": words.tone_of(found.intent_status),
        "next_step": words.NEXT_STEP.get(found.intent_status, ""),
    }
