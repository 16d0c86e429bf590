"""New Conversation: a number, or somebody of the address book (S2-40..S2-43)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from conversations.refusals import Refused
from conversations.thread import starting
from workspaces.access import WorkspaceRequest, writer


@writer(methods=("GET", "POST"))
def new(request: WorkspaceRequest) -> HttpResponse:
    """?q= searches the address book. Posting `number`, or a `lead`, opens the thread."""
    number, errors = "", {}
    if request.method == "POST":
        number, lead = request.POST.get("number", "")[:200], request.POST.get("lead", "")[:40]
        try:
            conversation = (
                starting.open_with_lead(request.workspace, lead) if lead else starting.open_with(request.workspace, number)
            )
            return redirect("conversation", request.workspace.slug, conversation.public_id)
        except Refused as refused:
            errors = {refused.field: refused.message}
    text = request.GET.get("q", "")[:100]
    people, more = starting.address_book(request.workspace, text)
    context = {"people": people, "more": more, "q": text, "number": number, "errors": errors}
    part = "#people" if request.htmx and request.method == "GET" else ""
    return render(request, f"conversations/work/new.html{part}", context, status=422 if errors else 200)
