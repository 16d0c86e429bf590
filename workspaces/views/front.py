"""The landing page, and switching between workspaces."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces.access import UserRequest, WorkspaceRequest, member, memberships_of, signed_in


@signed_in
def home(request: UserRequest) -> HttpResponse:
    """The workspace last opened, or the only one; else the list of them."""
    memberships = memberships_of(request.user)
    last = [row for row in memberships if row.workspace_id == request.user.last_workspace_id]
    if len(memberships) == 1 or last:
        return redirect(settings.WORKSPACE_FRONT, slug=(last or memberships)[0].workspace.slug)
    return redirect("workspaces")


@signed_in
def workspaces(request: UserRequest) -> HttpResponse:
    return render(request, "workspaces/workspaces.html", {"memberships": memberships_of(request.user)})


@member
def workspace(request: WorkspaceRequest) -> HttpResponse:
    """A short URL for the working page of a workspace: a rep lands on conversations (S2-01)."""
    return redirect(settings.WORKSPACE_FRONT, slug=request.workspace.slug)
