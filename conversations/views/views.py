"""Saving a list's filters under a name, and deleting them again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from conversations.inbox import asking, saved_views
from conversations.inbox.listing import IMESSAGES, OVERVIEW
from conversations.models import SavedView
from workspaces.access import WorkspaceRequest, member, no_such_page, writer
from workspaces.refused import Refused

PAGES = {page.name: page for page in (IMESSAGES, OVERVIEW)}


@member
def views(request: WorkspaceRequest) -> HttpResponse:
    """The saved views of a page, for its menu or as a page; `query` is what could be saved."""
    page = PAGES.get(request.GET.get("page", ""), IMESSAGES)
    asked = QueryDict(mutable=True)
    for key, values in request.GET.lists():
        if key != "page":
            asked.setlist(key, values)
    filters = asking.read(asked, request.workspace, request.user, families=page.families)
    context = {"page": page, "views": saved_views.views_of(request.workspace, request.user, page), "filters": filters}
    return render(request, "conversations/views.html" + ("#menu" if request.htmx else ""), context)


@writer
def save(request: WorkspaceRequest) -> HttpResponse:
    """The filters of `query` on `page`, under `name`; `shared` with the workspace or for oneself."""
    page = PAGES.get(request.POST.get("page", ""), IMESSAGES)
    try:
        view = saved_views.save(
            request.workspace,
            request.user,
            page,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            shared=request.POST.get("shared") == "1",
        )
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect(page.list, request.workspace.slug)
    messages.success(request, f"Saved as “{view.name}”.")
    return HttpResponseRedirect(f"{reverse(page.list, args=[request.workspace.slug])}?{view.query}")


@writer
def delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One's own view, or as an admin one that is shared."""
    view = SavedView.objects.of(request.workspace).filter(public_id=public_id).first() or no_such_page()
    if saved_views.delete(view, by=request.user, role=request.membership.role):
        messages.success(request, f"Deleted the view “{view.name}”.")
    else:
        messages.warning(request, "Only its owner or an admin may delete this view.")
    return redirect(PAGES[view.page].list, request.workspace.slug)
