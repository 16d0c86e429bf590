"""The log of messages, and its export."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from conversations.log import exporting, narrowing, reading
from workspaces.access import WorkspaceRequest, member, role
from workspaces.downloads import download
from workspaces.models import Role


@member
def messages_log(request: WorkspaceRequest) -> HttpResponse:
    """Everything that was sent or is to be sent; the filters live in the URL."""
    data = request.GET
    narrowed = narrowing.read(request.workspace, data)
    context = {
        "page": reading.page(request.workspace, narrowed, data.get("after", "")),
        "chips": narrowing.chips(request.workspace, data),
        "active": narrowing.active(data),
        "errors": narrowed.errors,
        "query": narrowing.query_of(data),
        "data": {name: data.get(name, "") for name in narrowing.NAMES},
        "kept": [(name, data[name]) for name in narrowing.NAMES if data.get(name) and name not in ("q", "recipient")],
        "after": data.get("after", ""),
        "exports": request.membership.role in (Role.ADMIN, Role.OPS),
    }
    return render(request, "conversations/log/log.html", context)


@role(Role.ADMIN, Role.OPS)
def messages_csv(request: WorkspaceRequest) -> HttpResponseBase:
    """What the filters let through, as a file."""
    narrowed = narrowing.read(request.workspace, request.GET)
    pieces = exporting.stream(request.workspace, narrowed, query=narrowing.query_of(request.GET), by=request)
    day = timezone.now().astimezone(request.workspace.zone).date()
    return download(pieces, f"{request.workspace.slug} messages {day}.csv")
