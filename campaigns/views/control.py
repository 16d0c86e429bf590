"""Controlling a campaign: start, pause, resume, stop, and the same for one lead in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import actions, approving, listing, making, people, versions
from campaigns.models import Campaign, Enrolment
from leads.checks import starting as checks
from leads.models import CheckRun
from workspaces.access import WorkspaceRequest, member, no_such_page, role, writer
from workspaces.models import Role
from workspaces.refused import Refused


@member
def campaign_launch(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """All there is to know before anything leaves; the plan itself is fetched by its URL."""
    found = listing.campaign_of(request.workspace, public_id)
    version = found.version or versions.draft_of(found)
    is_admin = request.membership.role == Role.ADMIN
    context = {
        "campaign": found,
        "problems": versions.problems(found, version) if version else [(None, "There is no step yet. Add the first one.")],
        "enrolled": people.under_way(found),
        "is_admin": is_admin,
        "needs_approval": request.workspace.campaign_approval and not found.approved_at and not is_admin,
        "waits": request.workspace.campaign_approval and found.approval_asked_at and not found.approved_at,
    }
    return render(request, "campaigns/launch.html", context)


@writer
def campaign_start(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    try:
        actions.start(found, by=request.user)
    except (Refused, actions.CannotPublish) as refused:
        messages.error(request, str(refused))
        return redirect("campaign_launch", request.workspace.slug, found.public_id)
    messages.success(request, f"{found.name} runs. The first steps are taken at once, within hours and limits.")
    return redirect("campaign", request.workspace.slug, found.public_id)


@writer
def campaign_ask(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Ask the admins to approve it."""
    found = listing.campaign_of(request.workspace, public_id)
    if approving.ask_approval(found, by=request.user):
        messages.success(request, "Asked. An admin finds it in the list of campaigns and can start it from its launch page.")
    else:
        messages.info(request, "The approval was asked for already.")
    return redirect("campaign_launch", request.workspace.slug, found.public_id)


@role(Role.ADMIN, methods=("POST",))
def campaign_approve(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    try:
        approved = approving.approve(found, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaign_launch", request.workspace.slug, found.public_id)
    if approved:
        messages.success(request, "Approved as it is now: it can be started. A change of its steps or settings takes that back.")
    return redirect("campaign_launch", request.workspace.slug, found.public_id)


@writer
def campaign_check(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Ask first whether those who have not begun have iMessage (S3-24)."""
    found = listing.campaign_of(request.workspace, public_id)
    unchecked = people.unchecked(found)
    if not unchecked:
        messages.info(request, "Everybody who has not begun has been checked.")
        return redirect("campaign_launch", request.workspace.slug, found.public_id)
    run = checks.start(request.workspace, unchecked, kind=CheckRun.Kind.BULK, by=request.user)
    return redirect("check_run", request.workspace.slug, run.public_id)


@writer
def campaign_pause(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    if actions.pause(found, by=request.user):
        messages.success(request, "Paused. Everybody stays where they are, and nothing leaves until you resume it.")
    else:
        messages.warning(request, f"It is {found.get_status_display().lower()}: there is nothing to pause.")
    return redirect("campaign", request.workspace.slug, found.public_id)


@writer
def campaign_resume(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    if actions.resume(found, by=request.user):
        messages.success(request, "It runs again. What became due meanwhile goes out now, within hours and limits.")
    else:
        messages.warning(request, f"It is {found.get_status_display().lower()}: there is nothing to resume.")
    return redirect("campaign", request.workspace.slug, found.public_id)


@writer(methods=("GET", "POST"))
def campaign_stop(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Asks once and names what is lost."""
    found = listing.campaign_of(request.workspace, public_id)
    if request.method == "POST":
        if actions.stop(found, by=request.user):
            messages.success(request, f"{found.name} is stopped. What had not left does not leave any more.")
        else:
            messages.info(request, "It was stopped already.")
        return redirect("campaign", request.workspace.slug, found.public_id)
    context = {"campaign": found, "under_way": people.under_way(found), "steps": listing.open_steps(found)}
    return render(request, "campaigns/stop.html", context)


@writer
def campaign_delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Only a draft in which nobody is: everything else is history."""
    found = listing.campaign_of(request.workspace, public_id)
    if found.status != Campaign.Status.DRAFT or Enrolment.objects.filter(campaign=found).exists():
        messages.warning(request, "Only a draft without leads can be deleted. Stop this one instead; it stays as history.")
        return redirect("campaign", request.workspace.slug, found.public_id)
    making.delete(found, by=request.user)
    messages.success(request, f"The draft {found.name} is deleted.")
    return redirect("campaigns", request.workspace.slug)


_STEPS: Final[dict[str, tuple[Callable[..., bool], str]]] = {
    "pause": (actions.pause_enrolment, "{} gets nothing more until you go on with them."),
    "resume": (actions.resume_enrolment, "{} goes on where they stood."),
    "stop": (actions.stop_enrolment, "{} is out: their remaining steps are not taken."),
}


@writer
def enrolment_step(request: WorkspaceRequest, public_id: str, step: str) -> HttpResponse:
    """Pause, resume or stop one lead (S0-118)."""
    row = people.enrolment_of(request.workspace, public_id)
    if step not in _STEPS:
        no_such_page()
    does, words = _STEPS[step]
    if does(row, by=request.user):
        messages.success(request, words.format(row.lead.name))
    else:
        messages.warning(request, f"Too late: {row.lead.name} is “{row.get_state_display()}” by now.")
    return redirect("campaign", request.workspace.slug, row.campaign.public_id)
