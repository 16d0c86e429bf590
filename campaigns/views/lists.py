"""The list of campaigns, and making one."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import listing, making, starters
from campaigns.forms import NewCampaignForm
from campaigns.models import Campaign
from workspaces import locks
from workspaces.access import WorkspaceRequest, member, writer
from workspaces.paging import with_parameter


@member
def campaigns(request: WorkspaceRequest) -> HttpResponse:
    """?q=, ?status=, ?kind= narrow the list; ?after= is the row the page begins below."""
    data = request.GET
    page = listing.campaigns(request.workspace, data)
    counts = listing.by_status(request.workspace)
    statuses = [("", "All", sum(counts.values())), *((one.value, one.label, counts.get(one, 0)) for one in Campaign.Status)]
    context = {
        "page": page,
        "statuses": [(value, label, count, with_parameter(data, "status", value)) for value, label, count in statuses],
        "status": data.get("status", ""),
        "kinds": [
            (label, with_parameter(data, "kind", value), value) for value, label in (("", "Both kinds"), *Campaign.Kind.choices)
        ],
        "kind": data.get("kind", ""),
        "q": data.get("q", ""),
        "kept": [(name, data[name]) for name in ("status", "kind") if data.get(name)],
        "any": any(counts.values()),
    }
    return render(request, "campaigns/list.html", context)


@writer(methods=("GET", "POST"))
def new(request: WorkspaceRequest) -> HttpResponse:
    """Make a campaign; its editor opens. ?copy= an id: with that campaign's steps."""
    begin = {"start": "copy", "copied": request.GET["copy"]} if request.GET.get("copy") else {"start": starters.ALL[0].key}
    form = NewCampaignForm(request.POST or None, workspace=request.workspace, user=request.user)
    if request.method == "POST" and (campaign := _make(request, form)):
        return redirect("campaign_edit", request.workspace.slug, campaign.public_id)
    context = {
        "form": form,
        "starters": starters.ALL,
        "start": form["start"].value() if form.is_bound else begin["start"],
        "copied": form["copied"].value() if form.is_bound else begin.get("copied", ""),
    }
    return render(request, "campaigns/new.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _make(request: WorkspaceRequest, form: NewCampaignForm) -> Campaign | None:
    """None where the form is refused. A double click is refused too: the name is taken by then."""
    locks.alone([f"campaign:{request.workspace.pk}"])
    if not form.is_valid():
        return None
    source, starter = form.source, form.starter
    steps = making.steps_of(source) if source else starter.steps() if starter else []
    kind = source.kind if source else starter.kind if starter else Campaign.Kind.WORKFLOW
    made = making.make(request.workspace, kind=kind, name=form.cleaned_data["name"], steps=steps, by=request.user)
    making.change(made, **form.values, by=request.user)
    return made
