"""The workspace's personas and ICPs, and whether each is somebody to write to."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from leads import labels
from leads.forms.label import JUDGED, LabelForm
from leads.models import Label
from workspaces.access import WorkspaceRequest, member, writer


@member
def label_list(request: WorkspaceRequest) -> HttpResponse:
    kinds = [
        (Label.Kind.PERSONA, "Personas", "Who a lead is. A match is somebody to write to."),
        (Label.Kind.ICP, "Ideal customer profiles", "What a company is. A match is a company to sell to."),
    ]
    pages = [labels.counted(request.workspace, kind, request.GET.get(kind, "")) for kind, _, _ in kinds]
    context = {"kinds": [(*one, page) for one, page in zip(kinds, pages, strict=True)], "judged": JUDGED}
    return render(request, "leads/labels.html", context)


@writer
def save(request: WorkspaceRequest) -> HttpResponse:
    """Add a label, or change one (`was` names it)."""
    form = LabelForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("labels", request.workspace.slug)
    name = form.cleaned_data["name"]
    try:
        if form.label:
            labels.change(form.label, name, form.matches, by=request.user)
            messages.success(request, f"“{name}” is saved on everyone who carries it.")
        else:
            labels.add(request.workspace, form.cleaned_data["kind"], name, form.matches, by=request.user)
            messages.success(request, f"“{name}” is added.")
    except IntegrityError:
        messages.error(request, f"“{name}” was added a moment ago. Choose another name.")
    return redirect("labels", request.workspace.slug)


@writer
def remove(request: WorkspaceRequest) -> HttpResponse:
    label = labels.named(request.workspace, request.POST.get("kind", ""), request.POST.get("was", ""))
    if label:
        labels.remove(label, by=request.user)
        messages.success(request, f"“{label.name}” is removed from everyone who carried it.")
    return redirect("labels", request.workspace.slug)
