"""The Console: what every node of every workflow did, what waits, until when, and why."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.vocabulary import ExecutionState
from conversations import live
from conversations.console import asked as asking
from conversations.console import executions, history, shown, tiles
from conversations.workbench import groups
from leads.queries import lead_of
from workspaces.access import WorkspaceRequest, background, member
from workspaces.bounded import Bounded

MOST_CAMPAIGNS: Final = 200


@member
def page(request: WorkspaceRequest) -> HttpResponse:
    """The figures and the list; `before`: older pages of the list, which do not change by themselves."""
    return render(request, "conversations/console/page.html", _context(request))


@background
@member
def refreshed(request: WorkspaceRequest) -> HttpResponse:
    """All that changes by itself, for a page that is open."""
    return render(request, "conversations/console/page.html#changing", _context(request))


@member
def execution(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One execution with its whole history."""
    return render(request, "conversations/console/execution.html", {"history": history.of(request.workspace, public_id)})


@member
def lead_executions(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What campaigns did for a lead: a page of its own, or the rows for the lead's page."""
    lead = lead_of(request.workspace, public_id)
    context = {"lead": lead, "rows": history.of_lead(lead)}
    return render(request, "conversations/console/lead.html" + ("#brief" if request.htmx else ""), context)


def _context(request: WorkspaceRequest) -> dict[str, Any]:
    """The stamp is read before the rows it stands for."""
    stamp, _ = live.stamps(request.workspace.pk)
    asked = asking.read(request.GET, request.workspace)
    before = request.GET.get("before", "")
    found = executions.page(request.workspace, asked, before=before)
    context: dict[str, Any] = {
        "stamp": stamp,
        "asked": asked,
        "hint": found.hint,
        "rows": [shown.row(one) for one in found.page.rows],
        "following": found.page.following,
        "ranges": asking.RANGES,
        "now": timezone.now(),
    }
    figures = tiles.tiles(request.workspace, asked)
    causes = groups.by_cause(request.workspace, asked.campaign)
    return context | {
        "tiles": figures,
        "states": _states(asked, figures),
        "links": _links(asked),
        "causes": causes,
        "retriable": any(one.cause.retried_together for one in causes),
        "campaigns": Campaign.objects.of(request.workspace).order_by("-created_at", "-pk")[:MOST_CAMPAIGNS],
    }


def _states(asked: asking.Asked, figures: tiles.Tiles) -> list[tuple[str, str, Bounded, str]]:
    """(state, its word, how many, the query that narrows the list to it or, where it is, does so no more)."""
    return [
        (state.value, str(state.label), figures.counts[state], asked.query(state="" if asked.state == state else state.value))
        for state in ExecutionState
    ]


def _links(asked: asking.Asked) -> dict[str, str]:
    """Queries of the page's links."""
    found = {state.value: asked.query(state=state.value) for state in ExecutionState}
    return found | {"no_line": asked.query(line=""), "no_q": asked.query(q="")}
