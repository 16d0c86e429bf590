"""The page of limits: of the workspace's plan, and of each line."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from lines import queries
from lines.limit_forms import PlanForm
from lines.meters import meters_of, plan_meters
from workspaces.access import WorkspaceRequest, member, role
from workspaces.actions import change_settings
from workspaces.freshness import typed, watch
from workspaces.models import Role, Workspace


@member
def limits(request: WorkspaceRequest) -> HttpResponse:
    """The limits of the workspace and of its lines."""
    return _page(request, _plan_form(request) if request.membership.role == Role.ADMIN else None)


@role(Role.ADMIN, methods=("POST",))
def change_limits(request: WorkspaceRequest) -> HttpResponse:
    form = _plan_form(request)
    if not form.is_valid():
        return _page(request, form)
    changed = change_settings(request, request.workspace, **typed(form))
    messages.success(request, "Saved. It applies from now on." if changed else "Nothing was different.")
    return redirect("limits", request.workspace.slug)


def _plan_form(request: WorkspaceRequest) -> PlanForm:
    """Over a fresh copy, which it may fill."""
    form = PlanForm(request.POST if request.method == "POST" else None, instance=Workspace.objects.get(pk=request.workspace.pk))
    watch(form)
    return form


def _page(request: WorkspaceRequest, form: PlanForm | None) -> HttpResponse:
    found = list(queries.lines_of(request.workspace))
    meters = meters_of(found)
    context = {"form": form, "plan": plan_meters(request.workspace), "lines": [(one, meters[one.pk]) for one in found]}
    return render(request, "lines/limits.html", context, status=422 if form and form.errors else 200)
