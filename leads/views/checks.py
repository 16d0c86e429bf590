"""Pages of availability checks: one lead's status, a check of many, its progress."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from leads import availability, queries
from leads.checks import estimate, finding, progress, starting
from leads.models import Address, CheckRun, Lead
from leads.selection import leads_of
from workspaces.access import WorkspaceRequest, background, member, writer

AGES: Final = {"week": ("a week", timedelta(days=7)), "month": ("a month", timedelta(days=30))}


@writer
def check_lead(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Check one lead; its status from then on follows by itself."""
    lead = queries.lead_of(request.workspace, public_id)
    starting.check_one(lead, by=request.user)
    if request.htmx:
        return _status(request, queries.lead_of(request.workspace, public_id))
    messages.success(request, f"{lead.name} is being checked. Reload to see the result.")
    return redirect("lead", request.workspace.slug, lead.public_id)


@background
@member
def lead_availability(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A lead's status alone, for a row that waits for it (S3-16)."""
    return _status(request, queries.lead_of(request.workspace, public_id))


def _status(request: WorkspaceRequest, lead: Lead) -> HttpResponse:
    return render(request, "leads/availability_status.html", {"lead": lead, "shown": availability.shown_of(lead)})


@member
def check_runs(request: WorkspaceRequest) -> HttpResponse:
    """What is being checked, what the lines may still ask today, and what could be checked."""
    context = {
        "runs": progress.runs_of(request.workspace),
        "lines": progress.lines_today(request.workspace),
        "many_errors": progress.many_errors(request.workspace),
        "unchecked": progress.unchecked_leads(request.workspace),
        "stale": [(name, words, progress.older_leads(request.workspace, age)) for name, (words, age) in AGES.items()],
    }
    return render(request, "leads/checks/runs.html", context)


@writer
def check_start(request: WorkspaceRequest) -> HttpResponse:
    """Check the leads that were chosen: by their ids, all that match a filter, all unchecked, or all that are old."""
    chosen = _chosen(request)
    if not chosen:
        messages.warning(request, "No lead was chosen, or every one of them is being checked already.")
        return redirect("check_runs", request.workspace.slug)
    run = starting.start(request.workspace, chosen, kind=CheckRun.Kind.BULK, by=request.user)
    return redirect("check_run", request.workspace.slug, run.public_id)


def _chosen(request: WorkspaceRequest) -> list[int]:
    data, workspace = request.POST, request.workspace
    match data.get("which", ""):
        case "unchecked":
            return finding.unchecked(workspace.pk)
        case age if age in AGES:
            return finding.stale_leads(workspace, AGES[age][1])
        case _:
            return list(leads_of(workspace, data).values_list("pk", flat=True))


@member
def check_run(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The progress of a check; the page can be left and comes back as it stands (S3-19)."""
    return render(request, "leads/checks/run.html", _run_context(request, public_id))


@background
@member
def check_run_progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return render(request, "leads/checks/run.html#progress", _run_context(request, public_id))


@writer
def check_run_cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    run = progress.run_of(request.workspace, public_id)
    left_out = starting.cancel(run, by=request.user)
    messages.success(request, f"{left_out} leads are left out. What was found so far stays.")
    return redirect("check_run", request.workspace.slug, run.public_id)


def _run_context(request: WorkspaceRequest, public_id: str) -> dict[str, Any]:
    run = progress.run_of(request.workspace, public_id)
    outcome = request.GET.get("outcome", "")
    done = progress.progress(run)
    return {
        "run": run,
        "progress": done,
        "finish": estimate.finish(run) if done.waiting else None,
        "page": progress.items_of(run, outcome, request.GET.get("after", "")),
        "outcome": outcome if outcome in Address.Availability.values else "",
        "outcomes": [
            (value, label, count)
            for value, label, count in (
                ("available", "Available", done.available),
                ("unavailable", "Unavailable", done.unavailable),
                ("error", "Error", done.errors),
                ("no_active_line", "No active line", done.no_line),
            )
            if count
        ],
        "many_errors": progress.many_errors(request.workspace),
        "lines": progress.lines_today(request.workspace) if done.waiting else [],
    }
