"""The workspace's personas and ICPs, and whether each is somebody to write to."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from leads import labels
from leads.forms.label import LabelForm
from leads.models import Label
from workspaces.access import WorkspaceRequest, member, writer

KINDS: Final = (
    (Label.Kind.PERSONA, "Personas", "Who a lead is. A match is somebody to write to."),
    (Label.Kind.ICP, "Ideal customer profiles", "What a company is. A match is a company to sell to."),
)


@member
def label_list(request: WorkspaceRequest) -> HttpResponse:
    return _page(request)


@writer
def save(request: WorkspaceRequest) -> HttpResponse:
    """Add a label, or change one (`was` names it). What is refused comes back as it was typed."""
    form = LabelForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _page(request, form)
    name = form.cleaned_data["name"]
    try:
        if form.label:
            labels.change(form.label, name, form.matches, by=request.user)
            messages.success(request, f"“{name}” is saved on everyone who carries it.")
        else:
            labels.add(request.workspace, form.cleaned_data["kind"], name, form.matches, by=request.user)
            messages.success(request, f"“{name}” is added.")
    except IntegrityError:
        form.add_error(None, f"“{name}” was added a moment ago. Choose another name.")
        return _page(request, form)
    return redirect("labels", request.workspace.slug)


@writer
def remove(request: WorkspaceRequest) -> HttpResponse:
    label = labels.named(request.workspace, request.POST.get("kind", ""), request.POST.get("was", ""))
    if label:
        labels.remove(label, by=request.user)
        messages.success(request, f"“{label.name}” is removed from everyone who carried it.")
    return redirect("labels", request.workspace.slug)


def _page(request: WorkspaceRequest, refused: LabelForm | None = None) -> HttpResponse:
    """Both kinds, each label with its form and last the form for a new one; `refused` stands in the place of its own."""
    kinds = []
    for kind, heading, meaning in KINDS:
        page = labels.counted(request.workspace, kind, request.GET.get(kind, ""))
        rows = [(label, LabelForm.of(label)) for label in page.rows]
        new = LabelForm(initial={"kind": kind}, workspace=request.workspace)
        if refused and refused.data.get("kind") == kind:
            rows = [(label, refused if label.name == refused.data.get("was") else form) for label, form in rows]
            new = new if refused in [form for _, form in rows] else refused.as_new()
        kinds.append((kind, heading, meaning, page, rows, new))
    context = {"kinds": kinds, "refused": refused}
    return render(request, "leads/labels.html", context, status=422 if refused else 200)
