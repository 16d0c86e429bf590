"""Bringing leads into a campaign: choose them, see how many there are and who is left out and why, then enrol."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import enrol_runs, listing
from campaigns.actions import CannotEnrol
from campaigns.models import Campaign
from leads import labels, lists
from leads.filters import AVAILABLE
from leads.models import ImportRun, Label
from workspaces.access import WorkspaceRequest, background, member, writer


@writer(methods=("GET",))
def campaign_enrol(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Whom to enrol: a contact list, an import, or everybody that filters match."""
    found, workspace = listing.campaign_of(request.workspace, public_id), request.workspace
    context = {
        "campaign": found,
        "lists": lists.lists(workspace)[:200],
        "imports": _imports(request),
        "personas": labels.labels(workspace, Label.Kind.PERSONA),
        "icps": labels.labels(workspace, Label.Kind.ICP),
        "available": AVAILABLE,
        "chosen": request.GET,
    }
    return render(request, "campaigns/enrol.html", context)


@writer
def enrol(request: WorkspaceRequest) -> HttpResponse:
    """A choice of leads (see leads.selection). `campaign` a public id: the summary; with `do` enrol: they are enrolled."""
    data, workspace = request.POST, request.workspace
    found = listing.campaign_of(workspace, data["campaign"]) if data.get("campaign") else None
    if found and data.get("do") == "enrol":
        try:
            run = enrol_runs.begin(found, data, by=request.user)
        except CannotEnrol as refused:
            messages.error(request, str(refused))
            return redirect("campaign_enrol", workspace.slug, found.public_id)
        return redirect("enrol_run", workspace.slug, run.public_id)
    leads = enrol_runs.chosen(workspace, data)
    context: dict[str, Any] = {
        "campaign": found,
        "total": leads.order_by().count(),
        "kept": enrol_runs.kept(data),
        "campaigns": _open_campaigns(request),
    }
    if found:
        summary, context["partly"] = enrol_runs.summary(found, leads)
        left = sum(summary.left_out.values())
        context |= {"summary": summary, "left_total": left, "left_more": left - len(summary.named)}
        context["left_out"] = enrol_runs.in_words({reason.value: count for reason, count in summary.left_out.items()})
    return render(request, "campaigns/enrol_summary.html", context)


@member
def enrol_run(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What became of it; the page can be left and comes back as it stands."""
    return render(request, "campaigns/enrol_run.html", _run(request, public_id))


@background
@member
def enrol_run_progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return render(request, "campaigns/enrol_run.html#progress", _run(request, public_id))


def _run(request: WorkspaceRequest, public_id: str) -> dict[str, Any]:
    run = enrol_runs.run_of(request.workspace, public_id)
    return {"run": run, "campaign": run.campaign, "left_out": enrol_runs.in_words(run.left_out)}


def _imports(request: WorkspaceRequest) -> list[ImportRun]:
    """The newest that brought leads; what one that was undone had brought is gone."""
    begun = ImportRun.objects.of(request.workspace).exclude(started_at=None)
    return list(begun.exclude(state__in=[ImportRun.State.UNDOING, ImportRun.State.UNDONE]).order_by("-pk")[:50])


def _open_campaigns(request: WorkspaceRequest) -> list[Campaign]:
    rows = Campaign.objects.of(request.workspace).filter(kind=Campaign.Kind.WORKFLOW)
    return list(rows.exclude(status=Campaign.Status.STOPPED).order_by("-created_at")[:200])
