"""Companies: the list, one of them, changing and excluding it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from leads import actions, exclusions, queries, timeline
from leads.forms.company import CompanyForm, ReasonForm
from workspaces.access import WorkspaceRequest, member, writer
from workspaces.freshness import typed, watch


@member
def companies(request: WorkspaceRequest) -> HttpResponse:
    after, q = request.GET.get("after", ""), request.GET.get("q", "")
    page = queries.companies(request.workspace, after=after, q=q)
    return render(request, "leads/companies.html", {"page": page, "after": after, "q": q})


@member
def company(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.company_of(request.workspace, public_id)
    context = {"company": found, "people": queries.people_of(found), "timeline": timeline.of_company(found)}
    return render(request, "leads/company.html", context)


@writer(methods=("GET", "POST"))
def edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.company_of(request.workspace, public_id)
    form = CompanyForm(request.POST or None, company=found)
    watch(form)
    if request.method == "POST" and form.is_valid():
        actions.edit_company(found, by=request.user, **typed(form))
        messages.success(request, "Saved.")
        return redirect("company", request.workspace.slug, found.public_id)
    return render(request, "leads/company_form.html", {"form": form, "company": found}, status=422 if form.errors else 200)


@writer(methods=("GET", "POST"))
def exclude(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.company_of(request.workspace, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        exclusions.exclude_company(found, form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{found.name} is excluded. Nobody there is reached any more.")
        return redirect("company", request.workspace.slug, found.public_id)
    context = {"form": form, "company": found, "whom": found.name}
    return render(request, "leads/exclude.html", context, status=422 if form.errors else 200)


@writer
def include(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.company_of(request.workspace, public_id)
    exclusions.include_company(found, by=request.user)
    messages.success(request, f"{found.name} can be reached again. Leads that are excluded themselves stay so.")
    return redirect("company", request.workspace.slug, found.public_id)
