"""How the editor answers: drawn again for htmx, as a page otherwise, with a word of what was done or why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from campaigns import editing, merge, node_forms, outline, versions
from campaigns import tree as trees
from campaigns.models import Campaign, Version
from campaigns.step_form import StepForm
from campaigns.text_forms import TextsForm
from campaigns.tree import CannotEdit, Tree
from campaigns.vocabulary import NodeKind
from workspaces.access import WorkspaceRequest
from workspaces.queries import names_by_id

_TEMPLATES: dict[str, str] = {
    NodeKind.IMESSAGE: "message",
    NodeKind.SMS: "message",
    NodeKind.EMAIL: "message",
    NodeKind.WAIT: "wait",
    NodeKind.BRANCH: "branch",
}
DRIP_KINDS = (NodeKind.IMESSAGE, NodeKind.SMS)


def change(
    request: WorkspaceRequest,
    found: Campaign,
    edit: Callable[[Tree], Any],
    *,
    step: str | Callable[[], str],
    said: str | Callable[[], str] = "",
) -> HttpResponse:
    """Change the draft and draw it. `step` and `said` may only be known once it was changed."""
    try:
        editing.change(found, edit, by=request.user)
    except CannotEdit as refused:
        return tell(request, found, str(refused))
    return done(request, found, step=_now(step), said=_now(said))


def _now(words: str | Callable[[], str]) -> str:
    return words if isinstance(words, str) else words()


def done(request: WorkspaceRequest, found: Campaign, *, step: str, said: str) -> HttpResponse:
    if request.htmx:
        return editor(request, found, step=step, said=said)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(url_of(request, found, step))


def tell(request: WorkspaceRequest, found: Campaign, refused: str) -> HttpResponse:
    if request.htmx:
        return editor(request, found, step=request.POST.get("step", ""), refused=refused, status=422)
    messages.error(request, refused)
    return HttpResponseRedirect(url_of(request, found, request.POST.get("step", "")))


def url_of(request: WorkspaceRequest, found: Campaign, step: str) -> str:
    url = reverse("campaign_edit", args=[request.workspace.slug, found.public_id])
    return f"{url}?{urlencode({'step': step})}" if step else url


def tree_of(found: Campaign) -> Tree:
    version = version_of(found)
    return editing.read(version) if version else []


def version_of(found: Campaign) -> Version | None:
    return versions.draft_of(found) or found.version


def editor(
    request: WorkspaceRequest,
    found: Campaign,
    *,
    step: str,
    add: str = "",
    form: StepForm | None = None,
    said: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    draft = versions.draft_of(found)
    tree = tree_of(found)
    steps = {one.key: one for one, _ in trees.walk(tree)}
    open_ = steps.get(step) or (None if add else next(iter(steps.values()), None))
    is_drip = found.is_drip
    if form is None and open_:
        form = node_forms.form_of(request.workspace, open_, is_drip=is_drip)
    drawn = outline.rows(tree, found, names_by_id(request.workspace))
    kinds = [(kind.value, kind.label, outline.ICONS[kind]) for kind in NodeKind if not is_drip or kind in DRIP_KINDS]
    context = {
        "campaign": found,
        "draft": draft,
        "rows": drawn,
        "lacking": outline.lacking(drawn),
        "open": open_,
        "open_icon": outline.ICONS[NodeKind(open_.kind)] if open_ else "",
        "open_kind": NodeKind(open_.kind).label if open_ else "",
        "form_template": f"campaigns/steps/{_TEMPLATES.get(open_.kind, 'other') if open_ else 'other'}.html",
        "edit_url": url_of(request, found, ""),
        "form": form,
        "writes": isinstance(form, TextsForm),
        "add": add,
        "kinds": kinds,
        "fields": merge.FIELDS,
        "said": said,
        "refused": refused,
        "can_undo": bool(draft and draft.undo),
    }
    name = "campaigns/editor.html#editor" if request.htmx else "campaigns/editor.html"
    response = render(request, name, context, status=status)
    if request.htmx and open_ and request.method == "POST":
        response["HX-Replace-Url"] = url_of(request, found, open_.key)
    return response
