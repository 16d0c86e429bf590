"""Canned responses: the page that manages them, and the choice in the composer."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from conversations.models import CannedResponse
from conversations.receiving import canned
from conversations.thread import reading
from conversations.thread.canned_forms import CannedForm
from workspaces import audit
from workspaces.access import WorkspaceRequest, member, no_such_page, writer
from workspaces.freshness import watch
from workspaces.models import Role

FORM = "conversations/canned_form.html"


@member
def canned_responses(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "conversations/canned_list.html", {"page": canned.page(request.workspace, request.GET.get("after", ""))})


@writer(methods=("GET", "POST"))
def canned_add(request: WorkspaceRequest) -> HttpResponse:
    return _form(request, CannedResponse(workspace=request.workspace))


@writer(methods=("GET", "POST"))
def canned_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _form(request, _one(request, public_id))


@writer
def canned_remove(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Messages that were sent with it stay."""
    one = _one(request, public_id)
    audit.record(request, request.workspace, "canned.removed", target=one.name)
    one.delete()
    messages.success(request, f"“{one.name}” is removed. What was sent with it stays.")
    return redirect("canned_responses", request.workspace.slug)


@member
def conversation_canned(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Those to choose from for a reply: for the dialog of the composer, or as a page. ?q= narrows them."""
    conversation = reading.conversation_of(request.workspace, public_id)
    sought = request.GET.get("q", "")[:100]
    context = {"conversation": conversation, "rows": canned.replies(request.workspace, sought), "sought": sought}
    return render(request, "conversations/canned_choose.html" + ("#choices" if request.htmx else ""), context)


def _one(request: WorkspaceRequest, public_id: str) -> CannedResponse:
    """One of the workspace's. A rep gets those alone that are sent by hand. Raises Http404."""
    rows = CannedResponse.objects.of(request.workspace).select_related("workspace").filter(public_id=public_id)
    if request.membership.role == Role.REP:
        rows = rows.filter(use=CannedResponse.Use.REPLY)
    return rows.first() or no_such_page()


def _form(request: WorkspaceRequest, one: CannedResponse) -> HttpResponse:
    form = CannedForm(request.POST or None, instance=one, membership=request.membership)
    watch(form)
    if request.method == "POST" and form.is_valid():
        one.by, one.updated_at = request.user, timezone.now()
        try:
            saved = form.save()
        except IntegrityError:
            form.add_error("name", "There is one of this name since a moment ago. Choose another name.")
            return render(request, FORM, {"form": form, "one": one}, status=422)
        audit.record(request, request.workspace, "canned.saved", target=saved.name, use=saved.use, enabled=saved.enabled)
        messages.success(request, f"“{saved.name}” is saved.")
        return redirect("canned_responses", request.workspace.slug)
    return render(request, FORM, {"form": form, "one": one}, status=422 if form.errors else 200)
