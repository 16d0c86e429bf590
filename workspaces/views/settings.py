"""The settings of a workspace and its audit log."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import actions, queries
from workspaces.access import WorkspaceRequest, member, role
from workspaces.forms.workspace import WorkspaceForm
from workspaces.freshness import typed, watch
from workspaces.models import Role, Workspace


@member
def settings(request: WorkspaceRequest) -> HttpResponse:
    """The first page of the settings that this member may open."""
    first = "general" if request.membership.role == Role.ADMIN else "members"
    return redirect(first, slug=request.workspace.slug)


@role(Role.ADMIN, methods=("GET", "POST"))
def general(request: WorkspaceRequest) -> HttpResponse:
    # A copy, so that the navigation does not show a name that was refused.
    form = WorkspaceForm(request.POST or None, instance=Workspace.objects.get(pk=request.workspace.pk))
    watch(form)
    if request.method == "POST" and form.is_valid():
        changed = actions.change_settings(request, request.workspace, **typed(form))
        messages.success(request, "Saved. It applies from now on." if changed else "Nothing was different.")
        return redirect("general", slug=request.workspace.slug)
    return render(request, "workspaces/general.html", {"form": form}, status=422 if form.errors else 200)


@role(Role.ADMIN, Role.OPS)
def audit_log(request: WorkspaceRequest) -> HttpResponse:
    """?action= an action or its noun, ?by= a member, ?after= the entry the page begins below."""
    action, by = request.GET.get("action", "")[:60], request.GET.get("by", "")[:20]
    members = list(queries.members(request.workspace))
    user = next((member.user for member in members if member.public_id == by), None)
    page = queries.audit_page(request.workspace, action, user, after=request.GET.get("after", ""))
    context = {
        "page": page,
        "members": members,
        "actions": queries.audit_actions(request.workspace, action),
        "action": action,
        "by": by if user else "",
    }
    return render(request, "workspaces/audit_log.html", context)
