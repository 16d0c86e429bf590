"""The pages that list conversations: Overview, iMessages, and those of one lead or company."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from conversations.inbox import asking, counting, menus, search
from conversations.inbox.listing import IMESSAGES, Page, listing, next_after, read, with_company, with_lead
from leads.queries import company_of, lead_of
from workspaces.access import WorkspaceRequest, background, member

PAGE = "conversations/imessages.html"


@member
def start(request: WorkspaceRequest) -> HttpResponse:
    """Where a workspace begins: with incoming replies (S0-154, S0-155); with the whole list while there are none."""
    replies, counts = read(request.workspace, request.user, IMESSAGES, QueryDict("direction=in"))
    url = reverse(IMESSAGES.list, args=[request.workspace.slug])
    return HttpResponseRedirect(f"{url}?{replies.query()}" if counts.cube.total(replies.allowed) else url)


@member
def page(request: WorkspaceRequest, page: Page) -> HttpResponse:
    """A list with no conversation open, or its rows alone for a page that has changed its filters."""
    if request.htmx.target == "rows":
        return list_part(request, page)
    return render(request, PAGE, list_context(request, page))


@background
@member
def rows(request: WorkspaceRequest, page: Page) -> HttpResponse:
    """Rows for a list that is open: the next page (`before`), or all that it shows once more (`through`), with its numbers."""
    context = list_context(request, page, through=request.GET.getlist("through", [""])[-1])
    part = "rows" if "before" in request.GET else "anew"
    return render(request, f"conversations/list.html#{part}", context | {"open": request.GET.get("open", "")})


@member
def filters(request: WorkspaceRequest, page: Page) -> HttpResponse:
    """The values of the filters with their counts: one filter's for a menu (`only`), all of them as a page."""
    found = asking.read(request.GET, request.workspace, request.user, families=page.families)
    counts = counting.told(request.workspace, found, counting.counted(request.workspace, found, request.user))
    only = request.GET.get("only", "")
    shown = menus.menus(request.workspace, found, counts, only=only, find=request.GET.get("find", ""))
    back = reverse(page.list, args=[request.workspace.slug])
    context = {"page": page, "menus": shown, "filters": found, "query": found.query(), "back": back}
    return render(request, "conversations/filters.html" + ("#menus" if request.htmx else ""), context)


@member
def following(request: WorkspaceRequest, page: Page) -> HttpResponse:
    """On to the conversation after `after` in the same list; to the list where it was the last."""
    filters, counts = read(request.workspace, request.user, page, request.GET)
    after = search.next_after if filters.sought else next_after
    public_id = after(request.workspace, filters, counts, request.GET.get("after", ""))
    kwargs = {"slug": request.workspace.slug} | ({"public_id": public_id} if public_id else {})
    url = reverse(page.conversation if public_id else page.list, kwargs=kwargs)
    return HttpResponseRedirect(f"{url}?{filters.query()}" if filters.query() else url)


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


def list_context(request: WorkspaceRequest, page: Page, *, through: str = "") -> dict[str, Any]:
    """What the list's templates need: rows by filters, or what a search finds."""
    before = "" if request.resolver_match and "public_id" in request.resolver_match.kwargs else request.GET.get("before", "")
    found = listing(request.workspace, request.user, page, request.GET, before=before, through=through)
    context: dict[str, Any] = {"list": found, "page": page, "sought": found.filters.sought}
    if found.filters.sought:
        context["found"] = search.search(request.workspace, found.filters, found.counts, before=before, reader=request.user)
    return context


def list_part(request: WorkspaceRequest, page: Page, *, open_: str = "") -> HttpResponse:
    """The list again, with the bar above it, for a page that stays."""
    return render(request, "conversations/list.html#changed", list_context(request, page) | {"open": open_})
