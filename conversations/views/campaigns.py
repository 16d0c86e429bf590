"""What a campaign's pages show of its messages; they fetch it by URL, for campaigns know no conversations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import listing, people
from campaigns.models import Campaign, Enrolment
from conversations.campaigning import campaign_figures, campaign_now, campaign_plan, campaign_plan_runs, testing
from conversations.campaigning.campaign_plan import CampaignPlan
from conversations.models import Conversation
from conversations.refusals import Refused
from conversations.thread.forms import refuse
from conversations.vocabulary import Family
from conversations.wording import reasons
from workspaces.access import WorkspaceRequest, background, member, no_such_page, writer

FEW = 1_000
"""Leads that the facts on a campaign's page are about; its launch page looks at all."""

LABELS = {"sent": "were sent a message", "read": "have read one", "replied": "have replied", "positive": "have replied positively"}


@background
@member
def figures(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The funnel; within a campaign's page, which asks again while it runs, also the figures of each step beside them."""
    found = listing.campaign_of(request.workspace, public_id)
    context = {"campaign": found, "bars": campaign_figures.funnel(found), "steps": campaign_figures.by_step(found)}
    return render(request, "conversations/campaigns/figures.html" + ("#brief" if request.htmx else ""), context)


@member
def figure_rows(request: WorkspaceRequest, public_id: str, what: str) -> HttpResponse:
    """Who is behind a figure. ?step= the key of a step."""
    found = listing.campaign_of(request.workspace, public_id)
    if what not in campaign_figures.WHAT:
        no_such_page()
    key, after = request.GET.get("step", "")[:12], request.GET.get("after", "")
    page = campaign_figures.conversations(found, what, key, after=after, reader=request.user)
    context = {"campaign": found, "what": what, "says": LABELS[what], "key": key, "page": page, "after": after}
    return render(request, "conversations/campaigns/figure_rows.html", context)


@background
@member
def happened(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What became of the newest message of each of the enrolments ?e=, put into their rows."""
    found = listing.campaign_of(request.workspace, public_id)
    rows = list(
        Enrolment.objects.of(request.workspace).filter(campaign=found, public_id__in=request.GET.getlist("e")[: people.SIZE])
    )
    newest = campaign_now.newest(request.workspace, rows)
    told = [(row, newest[row.pk], reasons.reason_of(newest[row.pk])) for row in rows if row.pk in newest]
    return render(request, "conversations/campaigns/happened.html", {"told": told})


@background
@member
def facts(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What stands before the next messages, in a few lines."""
    found = listing.campaign_of(request.workspace, public_id)
    return _planned(request, found, campaign_plan.plan(found, most=FEW), "facts")


@member
def plan(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The whole plan: who is reached, over which line, on which day, and who is left out and why. Or how far it is."""
    found = listing.campaign_of(request.workspace, public_id)
    made = campaign_plan_runs.plan_of(found, anew="anew" in request.GET)
    if isinstance(made, campaign_plan_runs.Progress):
        name = "conversations/campaigns/plan.html" + ("#progress" if request.htmx else "")
        return render(request, name, {"campaign": found, "progress": made})
    return _planned(request, found, made, "plan")


def _planned(request: WorkspaceRequest, found: Campaign, made: CampaignPlan, part: str) -> HttpResponse:
    context: dict[str, Any] = {"campaign": found, "made": made, "plan": made.plan, "held": campaign_now.held(found)}
    context["left_out"] = sum(one.count for one in made.left_out)
    context["looked"] = len(made.plan.sendable) + context["left_out"]
    name = f"conversations/campaigns/plan.html#{part}" if request.htmx else "conversations/campaigns/plan.html"
    return render(request, name, context)


@writer(methods=("GET", "POST"))
def test(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Send one of its messages to oneself, with the words that a lead would get."""
    found = listing.campaign_of(request.workspace, public_id)
    form = testing.TestForm(request.POST or None, campaign=found, lead=request.GET.get("lead", ""))
    if request.method == "POST" and form.is_valid():
        try:
            thread = testing.send(form, by=request.user)
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, "The test is on its way. Here it is, with what becomes of it.")
            return redirect("conversation", request.workspace.slug, thread.public_id)
    context = {"campaign": found, "form": form}
    return render(request, "conversations/campaigns/test.html", context, status=422 if form.errors else 200)


@member
def conversation(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The thread with an enrolled lead; their own page where nothing has been written yet."""
    row = people.enrolment_of(request.workspace, public_id)
    thread = Conversation.objects.of(request.workspace).filter(lead=row.lead, family=Family.PHONE).first()
    if thread is None:
        messages.info(request, f"Nothing has been written to {row.lead.name} yet.")
        return redirect("lead", request.workspace.slug, row.lead.public_id)
    return redirect("conversation", request.workspace.slug, thread.public_id)
