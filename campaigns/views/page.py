"""A campaign's own page: its workflow, who is in it, and its buttons. Figures about messages are fetched from their own URLs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import editing, listing, making, outline, people, versions
from campaigns.forms import CampaignForm
from campaigns.models import Campaign, CampaignLine
from workspaces.access import WorkspaceRequest, member, writer
from workspaces.freshness import watch
from workspaces.paging import with_parameter
from workspaces.queries import names_by_id


@member
def campaign(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """?standing= and ?q= narrow the leads; ?after= is the row their page begins below."""
    found = listing.campaign_of(request.workspace, public_id)
    return render(request, "campaigns/campaign.html", {**_about(found), **_people(request, found)})


@writer(methods=("GET", "POST"))
def campaign_settings(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Name, lines, sender, hours, and the rule for leads in other campaigns."""
    found = listing.campaign_of(request.workspace, public_id)
    form = CampaignForm(request.POST or None, workspace=request.workspace, user=request.user, campaign=found)
    watch(form)
    if request.method == "POST" and form.is_valid():
        making.change(found, **form.values, by=request.user)
        messages.success(request, "Saved. What waits is planned again within a minute.")
        return redirect("campaign", request.workspace.slug, found.public_id)
    context = {"form": form, "campaign": found}
    return render(request, "campaigns/settings.html", context, status=422 if form.errors else 200)


def _about(found: Campaign) -> dict[str, Any]:
    draft = versions.draft_of(found)
    version = found.version or draft
    lines = CampaignLine.objects.filter(campaign=found).select_related("line").order_by("line__name")
    return {
        "campaign": found,
        "draft": draft,
        "rows": outline.rows(editing.read(version), found, names_by_id(found.workspace)) if version else [],
        "lines": [one.line for one in lines],
        "days": making.days_in_words(found.send_days),
    }


def _people(request: WorkspaceRequest, found: Campaign) -> dict[str, Any]:
    data = request.GET
    page = people.people(found, data)
    counted = people.counts(found)
    standing = data.get("standing", "") if data.get("standing", "") in people.STANDINGS else ""
    return {
        "page": page,
        "total": sum(counted.values()),
        "standings": [
            {"about": one, "count": count, "url": with_parameter(data, "standing", one.key)} for one, count in counted.items()
        ],
        "standing": standing,
        "everybody": with_parameter(data, "standing", ""),
        "q": data.get("q", ""),
    }
