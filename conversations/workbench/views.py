"""The pages of the Not Delivered workbench: failures in groups, one message with all about it, and what a repair did."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conversations.models import Message, Repair
from conversations.refusals import Refused
from conversations.sending.channels import KINDS
from conversations.workbench import groups, side, told
from conversations.workbench import wanted as wanting
from conversations.workbench.causes import Cause
from conversations.workbench.wanted import Wanted
from lines.models import Line
from workspaces.access import WorkspaceRequest, background, member, no_such_page
from workspaces.models import Workspace

RECENT: Final = 5


@member
def workbench(request: WorkspaceRequest) -> HttpResponse:
    """Failures that nobody has dealt with, in groups, and those of one group row by row."""
    wanted = wanting.read(request.GET)
    found = groups.groups(request.workspace, wanted)
    page = groups.rows(request.workspace, wanted, before=request.GET.get("before", ""))
    context = {
        "wanted": wanted,
        "cause": Cause(wanted.cause),
        "groups": found,
        "total": wanting.matching(request.workspace, wanted).count(),
        "retriable": any(one.cause.retried_together for one in found),
        "grouped": sum(one.count for one in found),
        "rows": [(message, Cause(message.reason)) for message in page.rows],
        "following": page.following,
        "lines": sending_lines(request.workspace),
        "recent": Repair.objects.of(request.workspace).select_related("by").order_by("-created_at", "-pk")[:RECENT],
    }
    return render(request, "conversations/workbench/page.html", context)


@member
def failure(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One message with its contact, line, campaign, execution and checks side by side (S0-75)."""
    return failure_page(request, side.message_of(request.workspace, public_id))


def failure_page(request: WorkspaceRequest, message: Message, refused: Refused | None = None, number: str = "") -> HttpResponse:
    """With what was refused and what had been typed, where something was."""
    context = {"side": side.of(message), "refused": refused, "number": number or message.address}
    return render(request, "conversations/workbench/failure.html", context, status=422 if refused else 200)


@member
def repair(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _repair(request, public_id, "")


@background
@member
def repair_progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The part of its page that changes while it runs."""
    return _repair(request, public_id, "#progress")


def _repair(request: WorkspaceRequest, public_id: str, part: str) -> HttpResponse:
    rows = Repair.objects.of(request.workspace).select_related("by", "line")
    found = rows.filter(public_id=public_id).first() or no_such_page()
    report = told.report(found)
    context: dict[str, Any] = {"repair": found, "report": report, "told": told.sentence(found, report)}
    response = render(request, f"conversations/workbench/repair.html{part}", context)
    if part and not found.at_work:
        response.status_code = 286  # htmx: the last answer, ask no more
    return response


def sending_lines(workspace: Workspace) -> list[Line]:
    return list(Line.objects.of(workspace).filter(kind__in=KINDS, status__in=Line.SENDING).order_by("name", "pk"))


def workbench_url(workspace: Workspace, wanted: Wanted) -> str:
    return reverse("workbench", args=[workspace.slug]) + (f"?{wanted.query}" if wanted.query else "")
