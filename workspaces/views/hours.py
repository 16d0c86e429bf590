"""Working hours of a member: automated messages in their name keep to them (S0-106)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import actions, queries
from workspaces.access import WorkspaceRequest, no_such_page, writer
from workspaces.forms.hours import WorkingHoursForm
from workspaces.freshness import typed, watch
from workspaces.models import Membership, Role


@writer(methods=("GET", "POST"))
def working_hours(request: WorkspaceRequest, public_id: str = "") -> HttpResponse:
    """One's own; an admin's also of anybody else."""
    member = _whose(request, public_id or request.GET.get("member", ""))
    form = WorkingHoursForm(request.POST or None, instance=member)
    watch(form)
    if request.method == "POST" and form.is_valid():
        changed = actions.change_working_hours(request, member, **typed(form))
        messages.success(request, "Saved. It applies from now on." if changed else "Nothing was different.")
        return redirect(request.path)
    others = queries.writers(request.workspace)
    context = {"form": form, "member": member, "members": others if request.membership.role == Role.ADMIN else []}
    return render(request, "workspaces/working_hours.html", context, status=422 if form.errors else 200)


def _whose(request: WorkspaceRequest, public_id: str) -> Membership:
    """A fresh copy, which the form may fill. Raises Http404 for another's, but to an admin."""
    mine = Membership.objects.of(request.workspace).select_related("user", "workspace")
    if not public_id or public_id == request.membership.public_id:
        return mine.get(pk=request.membership.pk)
    if request.membership.role != Role.ADMIN:
        no_such_page()
    return mine.exclude(role=Role.VIEWER).filter(public_id=public_id).first() or no_such_page()
