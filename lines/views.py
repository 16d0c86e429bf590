"""Pages of lines: what connects the workspace to phones, and whether it works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from lines import actions, queries, removing, standing, webhooks
from lines.forms import LineForm
from lines.meters import meters_of
from lines.models import Line
from workspaces.access import WorkspaceRequest, member, role
from workspaces.freshness import typed, watch
from workspaces.models import Role

KEEPERS = (Role.ADMIN, Role.OPS)
"""Roles that keep lines running; only admins add and change them."""


@member
def lines(request: WorkspaceRequest) -> HttpResponse:
    found = list(queries.lines_of(request.workspace))
    meters, standings = meters_of(found), standing.of(found)
    rows = [(one, meters[one.pk], standings[one.pk]) for one in found]
    return render(request, "lines/lines.html", {"lines": rows, **_may(request)})


@member
def line(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.line_of(request.workspace, public_id)
    is_admin = request.membership.role == Role.ADMIN
    webhook = webhooks.address_of(found) if is_admin else ""
    context = {
        "line": found,
        "meters": meters_of([found])[found.pk],
        "standing": standing.of([found])[found.pk],
        "webhook": webhook,
        "waiting": queries.parked_events(found),
        **_may(request),
    }
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
    watch(form)
    if request.method == "POST" and form.is_valid():
        changed = actions.edit_line(found, by=request.user, **typed(form))
        if changed.status != Line.Status.PAUSED:
            _tell(request, actions.check(changed))
        return redirect("line", request.workspace.slug, found.public_id)
    return render(request, "lines/form.html", {"form": form, "line": found}, status=422 if form.errors else 200)


@role(Role.ADMIN, methods=("GET", "POST"))
def remove(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Ask first; a line that was used stays, and the page says why."""
    found = queries.line_of(request.workspace, public_id)
    if request.method != "POST":
        return render(request, "lines/remove.html", {"line": found, "kept": removing.why_kept(found)})
    try:
        removing.remove(found, by=request.user)
    except removing.InUse as kept:
        return render(request, "lines/remove.html", {"line": found, "kept": str(kept)}, status=409)
    messages.success(request, f"{found.name} is removed.")
    return redirect("lines", request.workspace.slug)


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
    messages.success(request, f"{found.name} is paused. Its messages wait until it is resumed.")
    return redirect("line", request.workspace.slug, found.public_id)


@role(*KEEPERS, methods=("POST",))
def resume(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = actions.resume(queries.line_of(request.workspace, public_id), by=request.user)
    _tell(request, found)
    return redirect("line", request.workspace.slug, found.public_id)


@role(*KEEPERS, methods=("POST",))
def wake(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """End a line's rest: what waits because of it goes on."""
    found = queries.line_of(request.workspace, public_id)
    if standing.wake(found, by=request.user):
        messages.success(request, f"{found.name} sends automated messages again.")
    return redirect("line", request.workspace.slug, found.public_id)


@role(*KEEPERS, methods=("POST",))
def rest(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Let a line rest from automated messages for a day."""
    found = queries.line_of(request.workspace, public_id)
    standing.rest(found, "Somebody let it rest", by=request.user)
    messages.success(request, f"{found.name} rests: automated messages wait for a day, people can still write.")
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
