"""Putting a changed workflow in force: what changes for whom is shown first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import listing, versions
from campaigns.changes import changes_for
from workspaces.access import WorkspaceRequest, writer
from workspaces.queries import names_by_id


@writer(methods=("GET", "POST"))
def campaign_publish(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """`move` yes: leads under way follow the new version too; no: they finish on theirs."""
    found = listing.campaign_of(request.workspace, public_id)
    draft = versions.draft_of(found)
    if draft is None:
        messages.info(request, "There is nothing to publish: the workflow has not been changed.")
        return redirect("campaign", request.workspace.slug, found.public_id)
    if request.method == "POST":
        try:
            made = versions.publish(found, by=request.user, move=request.POST.get("move") != "no")
        except versions.CannotPublish as refused:
            messages.error(request, str(refused))
            return redirect("campaign_publish", request.workspace.slug, found.public_id)
        messages.success(request, f"Version {made.number} is in force.")
        return redirect("campaign", request.workspace.slug, found.public_id)
    changes = changes_for(found, names_by_id(found.workspace))
    context = {
        "campaign": found,
        "draft": draft,
        "changes": changes,
        "steps": [step for step in changes.steps if step.kind != "same"],
        "same": sum(step.kind == "same" for step in changes.steps),
        "problems": versions.problems(found, draft),
    }
    return render(request, "campaigns/publish.html", context)
