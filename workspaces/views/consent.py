"""What a workspace decides about opting out and the hours of automated messages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import actions
from workspaces.access import WorkspaceRequest, role
from workspaces.forms.consent import ConsentForm
from workspaces.freshness import typed, watch
from workspaces.models import Role, Workspace


@role(Role.ADMIN, methods=("GET", "POST"))
def consent_settings(request: WorkspaceRequest) -> HttpResponse:
    form = ConsentForm(request.POST or None, instance=Workspace.objects.get(pk=request.workspace.pk))
    watch(form)
    if request.method == "POST" and form.is_valid():
        changed = actions.change_settings(request, request.workspace, **typed(form))
        messages.success(request, "Saved. It applies from now on." if changed else "Nothing was different.")
        return redirect("consent_settings", request.workspace.slug)
    return render(request, "workspaces/consent.html", {"form": form}, status=422 if form.errors else 200)
