"""The table of leads, which is also the address book (S2-04): search, filters, a selection and what is done with it."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from leads import actions, exclusions, filter_bar, filters, labels, lists, queries, selection
from leads.availability import shown_of_many
from leads.models import ContactList, Label, Lead
from workspaces.access import WorkspaceRequest, member, writer
from workspaces.paging import with_parameter
from workspaces.refused import Refused

MOST_AT_ONCE: Final = 10_000


@member
def leads(request: WorkspaceRequest) -> HttpResponse:
    data, workspace = request.GET, request.workspace
    page = queries.leads(workspace, data)
    shown = shown_of_many(page.rows)
    context = {
        "page": page,
        "rows": [(lead, shown[lead.pk]) for lead in page.rows],
        "count": queries.count(workspace, data),
        "chips": filter_bar.chips(workspace, data),
        "filtered": filters.filtered(data),
        "q": data.get("q", ""),
        "sort": data.get("sort", "name"),
        "sorts": [(label, with_parameter(data, "sort", value)) for value, label in queries.SORTS.items()],
        "query": data.urlencode(),
        "kept": [(name, value) for name in data if name not in ("q", "after") for value in data.getlist(name)],
        "lists": ContactList.objects.of(workspace).order_by("name")[:200],
        "on_list": data.get("list", "") if data.get("list") != "none" else "",
        "personas": labels.labels(workspace, Label.Kind.PERSONA),
    }
    return render(request, "leads/leads.html", context)


@writer
def bulk(request: WorkspaceRequest) -> HttpResponse:
    """Do one thing with a selection: exclude, include again, give a persona, put on a list or take off one."""
    data, workspace = request.POST, request.workspace
    chosen = selection.leads_of(workspace, data)
    back = _back(request)
    if not chosen.exists():
        messages.warning(request, "Select at least one lead first.")
        return back
    if data.get("do") not in ("list", "unlist") and chosen[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        messages.warning(request, f"More than {MOST_AT_ONCE:,} leads are selected. Narrow the filters and do it in parts.")
        return back
    match data.get("do", ""):
        case "exclude" if reason := data.get("reason", "").strip():
            changed = exclusions.exclude_all(chosen.select_related("workspace"), reason, by=request.user)
            messages.success(request, f"{_leads(changed)} excluded. No outreach reaches them any more.")
        case "exclude":
            messages.warning(request, "Say why they are excluded: it stays on the record.")
        case "include":
            changed = exclusions.include_all(chosen.select_related("workspace"), by=request.user)
            messages.success(request, f"{_leads(changed)} included again. Those who opted out stay opted out.")
        case "persona":
            changed = actions.give_persona(workspace, chosen, data.get("give_persona", ""), by=request.user)
            messages.success(request, f"{_leads(changed)} given the persona.")
        case "list":
            _add_to_list(request, chosen)
        case "unlist":
            found = lists.list_of(workspace, data.get("list", ""))
            removed = lists.remove(found, chosen, by=request.user)
            messages.success(request, f"{_leads(removed)} taken off “{found.name}”.")
        case _:
            messages.warning(request, "Choose what to do with the selected leads.")
    return back


def _add_to_list(request: WorkspaceRequest, chosen: QuerySet[Lead]) -> None:
    """To the list of this name; a new one where there is none."""
    try:
        found = lists.named(request.workspace, request.POST.get("list_name", ""), by=request.user)
    except Refused as refused:
        messages.warning(request, str(refused))
        return
    added = lists.add(found, chosen, by=request.user)
    if added:
        messages.success(request, f"{_leads(added)} added to “{found.name}”.")
    else:
        messages.info(request, f"All of them are on “{found.name}” already.")


def _leads(count: int) -> str:
    return "1 lead is" if count == 1 else f"{count:,} leads are"


def _back(request: WorkspaceRequest) -> HttpResponse:
    """The list as it was; never another site."""
    here = request.POST.get("here", "")
    if here.startswith("?") and url_has_allowed_host_and_scheme(here, allowed_hosts=None):
        return redirect(f"/w/{request.workspace.slug}/leads/{here}")
    return redirect("leads", request.workspace.slug)
