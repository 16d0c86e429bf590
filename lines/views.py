"""Pages of lines: what connects the workspace to phones, and whether it works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from lines import actions, queries
from lines.forms import LineForm
from lines.models import Line
from workspaces.access import WorkspaceRequest, member, role
from workspaces.models import Role

KEEPERS = (Role.ADMIN, Role.OPS)
"""Who keeps lines running; only admins add and change them."""


@member
def lines(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "lines/lines.html", {"lines": queries.with_use(request.workspace), **_may(request)})


@member
def line(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.line_of(request.workspace, public_id)
    is_admin = request.membership.role == Role.ADMIN
    webhook = actions.webhook_url(found) if is_admin else ""
    context = {"line": found, "webhook": webhook, "waiting": queries.parked_events(found), **_may(request)}
    return render(request, "lines/line.html", context)


@role(Role.ADMIN, methods=("GET", "POST"))
def add(request: WorkspaceRequest) -> HttpResponse:
    """Add a line and test its connection at once."""
    form = LineForm(request.POST or None, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        made = actions.add_line(request.workspace, by=request.user, **form.cleaned_data)
        _tell(request, actions.check(made))
        return redirect("line", request.workspace.slug, made.public_id)
    return render(request, "lines/form.html", {"form": form}, status=422 if form.errors else 200)


@role(Role.ADMIN, methods=("GET", "POST"))
def edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Change a line and test its connection again."""
    found = queries.line_of(request.workspace, public_id)
    form = LineForm(request.POST or None, workspace=request.workspace, line=found)
    if request.method == "POST" and form.is_valid():
        changed = actions.edit_line(found, by=request.user, **form.cleaned_data)
        if changed.status != Line.Status.PAUSED:
            _tell(request, actions.check(changed))
        return redirect("line", request.workspace.slug, found.public_id)
    return render(request, "lines/form.html", {"form": form, "line": found}, status=422 if form.errors else 200)


@role(*KEEPERS, methods=("POST",))
def check(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Test the connection now (S1-44)."""
    found = actions.check(queries.line_of(request.workspace, public_id))
    _tell(request, found)
    return redirect("line", request.workspace.slug, found.public_id)


@role(*KEEPERS, methods=("POST",))
def pause(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.line_of(request.workspace, public_id)
    actions.pause(found, by=request.user)
    messages.success(request, f"{found.name} is paused. What is to be sent from it waits until it is resumed.")
    return redirect("line", request.workspace.slug, found.public_id)


@role(*KEEPERS, methods=("POST",))
def resume(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = actions.resume(queries.line_of(request.workspace, public_id), by=request.user)
    _tell(request, found)
    return redirect("line", request.workspace.slug, found.public_id)


def _may(request: WorkspaceRequest) -> dict[str, bool]:
    return {"may_edit": request.membership.role == Role.ADMIN, "may_keep": request.membership.role in KEEPERS}


def _tell(request: WorkspaceRequest, line: Line) -> None:
    """What the test of the connection found."""
    if line.status == Line.Status.ACTIVE:
        messages.success(request, f"{line.name} is connected.")
    elif line.status == Line.Status.PAUSED:
        messages.info(request, f"The test is done. {line.name} stays paused until it is resumed.")
    else:
        messages.warning(request, f"{line.name} is {line.get_status_display().lower()}. {line.status_detail}")
