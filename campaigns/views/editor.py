"""The editor of a workflow. Every change is a form that posts, so that it works by mouse, by key and without scripts.

With htmx the answer is the editor drawn again (`editor.html#editor`), else the page. ?step= is the step whose form is open,
?add= a place (before, after, yes or no of a step, or end) at which kinds of step are offered.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from campaigns import editing, listing, node_forms, node_settings, nodes, previewing
from campaigns import tree as trees
from campaigns.models import Campaign
from campaigns.step_form import own_name
from campaigns.tree import CannotEdit, Step, Tree
from campaigns.views.editor_answers import DRIP_KINDS, change, done, editor, tell, tree_of
from campaigns.vocabulary import NodeKind
from workspaces.access import WorkspaceRequest, writer


@writer(methods=("GET",))
def campaign_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    return editor(request, found, step=request.GET.get("step", ""), add=request.GET.get("add", ""))


@writer
def step_add(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """`kind`, and `at`: where it goes."""
    found, kind = listing.campaign_of(request.workspace, public_id), request.POST.get("kind", "")
    place, _, of = request.POST.get("at", "end").partition(":")
    if kind not in NodeKind.values or (found.is_drip and kind not in DRIP_KINDS):
        return tell(request, found, "Choose one of the kinds of step that are offered.")
    settings = node_settings.default(kind)
    made = Step(trees.new_key(), kind, own_name(kind, settings), settings)
    return change(request, found, lambda tree: trees.add(tree, made, place=place, of=of), step=made.key)


@writer
def step_move(request: WorkspaceRequest, public_id: str, key: str) -> HttpResponse:
    found, up = listing.campaign_of(request.workspace, public_id), request.POST.get("way") == "up"
    return change(request, found, lambda tree: trees.move(tree, key, up=up), step=key)


@writer
def step_duplicate(request: WorkspaceRequest, public_id: str, key: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    made: list[Step] = []
    return change(request, found, lambda tree: made.append(trees.duplicate(tree, key)), step=lambda: made[0].key)


@writer
def step_delete(request: WorkspaceRequest, public_id: str, key: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    gone: list[trees.Removed] = []
    return change(
        request,
        found,
        lambda tree: gone.append(trees.remove(tree, key)),
        step=lambda: gone[0].near,
        said=lambda: gone[0].words,
    )


@writer
def edit_undo(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = listing.campaign_of(request.workspace, public_id)
    said = "The last change is taken back." if editing.undo(found, by=request.user) else "There is nothing to take back."
    return done(request, found, step=request.POST.get("step", ""), said=said)


@writer
def edit_discard(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Give the draft up for what is in force."""
    found = listing.campaign_of(request.workspace, public_id)
    if editing.discard(found):
        messages.success(request, "The changes are given up. The workflow is the one that runs.")
    else:
        messages.info(request, "There is no published version to go back to.")
    return HttpResponseRedirect(reverse("campaign", args=[request.workspace.slug, found.public_id]))


@writer
def step_save(request: WorkspaceRequest, public_id: str, key: str) -> HttpResponse:
    """Save a step's form. `do` add_text or remove_text:n only draws the form again with one text more or less."""
    found = listing.campaign_of(request.workspace, public_id)
    data, do = request.POST, request.POST.get("do", "")
    try:
        step = trees.find(tree_of(found), key)
    except CannotEdit as gone:
        return tell(request, found, str(gone))
    if do == "add_text" or do.startswith("remove_text"):
        data = _with_texts(data, do)
    form = node_forms.form_of(request.workspace, step, data, is_drip=found.is_drip)
    if not form.is_valid():
        return editor(request, found, step=key, form=form, status=422)
    if do == "add_text":
        return editor(request, found, step=key, form=form)

    def write(tree: Tree) -> None:
        one = trees.find(tree, key)
        one.settings, one.name = form.settings, form.named

    return change(request, found, write, step=key, said="Saved in the draft.")


@writer
def step_preview(request: WorkspaceRequest, public_id: str, key: str) -> HttpResponse:
    """What the texts in the form, saved or not, say to a lead (`for`, or the first that `find` finds)."""
    found = listing.campaign_of(request.workspace, public_id)
    name = "campaigns/preview.html" if request.htmx else "campaigns/preview_page.html"
    return render(request, name, {"campaign": found, **_preview(request, found, key)})


def _preview(request: WorkspaceRequest, found: Campaign, key: str) -> dict[str, Any]:
    data = request.POST
    leads = previewing.examples(found, data.get("find", ""))
    lead = None if data.get("find", "").strip() else previewing.lead_of(found, data.get("for", ""))
    lead = lead or (leads[0] if leads else None)
    posted = [n for n in range(nodes.MOST_TEXTS) if data.get(f"body_{n}", "").strip()]
    texts = [
        nodes.Text(nodes.LETTERS[n], data[f"body_{n}"].strip(), data.get(f"persona_{n}", ""), data.get(f"icp_{n}", ""))
        for n in posted
    ]
    theirs = previewing.letters_for(texts, lead)
    made = [
        previewing.shown(text, for_them=text.letter in theirs, lead=lead, campaign=found, workspace=request.workspace)
        for text in texts
    ]
    examples = leads if lead in leads or lead is None else [lead, *leads]
    return {"texts": made, "lead": lead, "examples": examples, "find": data.get("find", ""), "step_key": key}


def _with_texts(data: Any, do: str) -> Any:
    """The posted form with one text more, or without one."""
    changed = data.copy()
    count = sum(f"body_{n}" in data for n in range(nodes.MOST_TEXTS))
    names = ("body", "persona", "icp")
    if do == "add_text" and count < nodes.MOST_TEXTS:
        changed.update({f"{name}_{count}": "" for name in names})
    elif count > 1 and (number := do.partition(":")[2]).isdigit() and int(number) < count:
        for n in range(int(number), count - 1):
            for name in names:
                changed[f"{name}_{n}"] = data.get(f"{name}_{n + 1}", "")
        for name in names:
            changed.pop(f"{name}_{count - 1}", None)
    return changed
