"""Beside a list: its filters saved under a name and deleted again, and why something may be missing from it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from conversations.inbox import asking, chips, saved_views
from conversations.inbox.filters import Filters
from conversations.inbox.listing import IMESSAGES, OVERVIEW, Page
from conversations.models import SavedView
from lines.queries import lines_of
from workspaces.access import WorkspaceRequest, member, no_such_page, writer
from workspaces.refused import Refused

MOST_LINES: Final = 8
PAGES = {page.name: page for page in (IMESSAGES, OVERVIEW)}


@member
def saved(request: WorkspaceRequest) -> HttpResponse:
    """The saved views of a page, for its menu or as a page; `query` is what could be saved."""
    return _views(request, *_list_of(request))


def _views(request: WorkspaceRequest, page: Page, filters: Filters, refused: dict[str, Any] | None = None) -> HttpResponse:
    """`refused`: why a view was not saved, and what its form held."""
    views = saved_views.views_of(request.workspace, request.user, page)
    context = {"page": page, "views": views, "filters": filters, **(refused or {})}
    template = "conversations/views.html" + ("#menu" if request.htmx else "")
    return render(request, template, context, status=422 if refused else 200)


@member
def missing(request: WorkspaceRequest) -> HttpResponse:
    """What a list shows, and why something may not be in it, for its menu or as a page (S0-133, S0-136, S0-137)."""
    page, filters = _list_of(request)
    context = {"page": page, "filters": filters, "chips": chips.chips(filters), "lines": lines_of(request.workspace)[:MOST_LINES]}
    return render(request, "conversations/missing.html" + ("#menu" if request.htmx else ""), context)


def _list_of(request: WorkspaceRequest) -> tuple[Page, Filters]:
    """The list that is asked about, and its filters."""
    page = PAGES.get(request.GET.get("page", ""), IMESSAGES)
    asked = QueryDict(mutable=True)
    for key, values in request.GET.lists():
        if key != "page":
            asked.setlist(key, values)
    return page, asking.read(asked, request.workspace, request.user, families=page.families)


@writer
def save(request: WorkspaceRequest) -> HttpResponse:
    """The filters of `query` on `page`, under `name`; `shared` with the workspace or for oneself.

    What is refused comes back as it was typed.
    """
    page = PAGES.get(request.POST.get("page", ""), IMESSAGES)
    name, query, shared = request.POST.get("name", ""), request.POST.get("query", ""), request.POST.get("shared") == "1"
    try:
        view = saved_views.save(request.workspace, request.user, page, name=name, query=query, shared=shared)
    except Refused as refused:
        filters = asking.read(QueryDict(query), request.workspace, request.user, families=page.families)
        return _views(request, page, filters, {"refused": str(refused), "name": name, "shared": shared})
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
