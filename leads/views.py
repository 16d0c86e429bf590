"""Pages of leads and companies. Their conversations come by address, from the app that owns them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from leads import queries
from leads.localtime import local_time
from workspaces.access import WorkspaceRequest, member


@member
def leads(request: WorkspaceRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    return render(request, "leads/leads.html", {"page": queries.leads(request.workspace, after=after), "after": after})


@member
def lead(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.lead_of(request.workspace, public_id)
    phone = next((one.value for one in found.addresses.all() if one.kind == one.Kind.PHONE), "")
    context = {
        "lead": found,
        "opt_outs": queries.standing_opt_outs(found),
        "local_time": local_time(phone, found.time_zone),
    }
    return render(request, "leads/lead.html", context)


@member
def companies(request: WorkspaceRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    page = queries.companies(request.workspace, after=after)
    return render(request, "leads/companies.html", {"page": page, "after": after})


@member
def company(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.company_of(request.workspace, public_id)
    return render(request, "leads/company.html", {"company": found, "people": queries.people_of(found)})
