"""Two leads made one, with their conversations; and an unknown number saved as a lead."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import joining
from conversations.batches import joining as batches
from conversations.models import Conversation
from conversations.receiving import linking
from conversations.sending import optout
from conversations.thread import reading
from leads import actions, queries
from leads import merge as merging
from leads.addresses import display
from leads.models import Lead
from workspaces.access import WorkspaceRequest, writer
from workspaces.models import User, Workspace
from workspaces.slices import insist


@transaction.atomic
def merge_people(workspace: Workspace, keep: Lead, drop: Lead, chosen: dict[str, Lead], by: User) -> Lead:
    """The two leads, their places in batches, their enrolments and, of each channel family, their two conversations.

    Raises merging.CannotMerge.
    """
    merging.together(keep, drop)
    linking.hold(workspace, [keep, drop])
    batches.join(keep, drop)
    joining.join(keep, drop)
    for theirs in Conversation.objects.of(workspace).filter(lead=drop).order_by("pk"):
        ours = Conversation.objects.of(workspace).filter(lead=keep, family=theirs.family).first()
        if ours:
            linking.join(ours, theirs)
        else:
            Conversation.objects.filter(pk=theirs.pk).update(lead=keep)
    kept = merging.merge(workspace, keep, drop, chosen=chosen, by=by)
    for one in Conversation.objects.of(workspace).filter(lead=kept):
        linking.attach(one, kept)
    _stop(kept)
    return kept


def _stop(kept: Lead) -> None:
    """Cancel what waits for a lead that has opted out or is excluded as one of the two; no gate would have let it go."""
    if kept.opted_out_at:
        for address in kept.addresses.all()[:1]:  # what holds for one holds for all of a person's
            optout.cancel_queued(kept.workspace, address.value)
    if kept.status == Lead.Status.EXCLUDED:
        optout.cancel_automated(kept.workspace, Q(conversation__lead=kept))


@writer(methods=("GET", "POST"))
def lead_merge(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Choose the other lead by searching; then, side by side, whose values hold."""
    keep = queries.lead_of(request.workspace, public_id)
    other = request.POST.get("with", "") or request.GET.get("with", "")
    if not other:
        found = queries.leads(request.workspace, request.GET).rows if request.GET.get("q") else queries.alike(keep)
        others = [lead for lead in found if lead.pk != keep.pk][:20]
        return render(request, "leads/merge_find.html", {"lead": keep, "others": others, "q": request.GET.get("q", "")})
    drop = queries.lead_of(request.workspace, other)
    if request.method == "POST" and drop.pk != keep.pk:
        try:
            insist(partial(_merge, request, keep.public_id, drop.public_id))
        except merging.CannotMerge as cannot:
            messages.error(request, str(cannot))
        else:
            messages.success(request, f"{drop.name} is part of {keep.name} now, with all conversations.")
            return redirect("lead", request.workspace.slug, keep.public_id)
    return render(request, "leads/merge.html", _side_by_side(keep, drop))


def _merge(request: WorkspaceRequest, kept: str, dropped: str) -> None:
    """Reads both anew: what an attempt that was rolled back has changed on a lead in memory would mislead the next one."""
    keep, drop = (queries.lead_of(request.workspace, one) for one in (kept, dropped))
    chosen = {name: drop for name in merging.CHOICES if request.POST.get(name) == drop.public_id}
    merge_people(request.workspace, keep, drop, chosen, request.user)


def _side_by_side(keep: Lead, drop: Lead) -> dict[str, object]:
    labels = {"name": "Name", "title": "Title", "company": "Company", "persona": "Persona", "time_zone": "Time zone"}
    try:
        merging.together(keep, drop)
        cannot = "Choose another lead: this is the same one." if keep.pk == drop.pk else ""
    except merging.CannotMerge as why:
        cannot = str(why)
    rows = [(name, label, getattr(keep, name) or "", getattr(drop, name) or "") for name, label in labels.items()]
    # Where only one of the two says something, that is what is kept unless somebody chooses otherwise.
    return {
        "lead": keep,
        "other": drop,
        "cannot": cannot,
        "rows": [(name, label, ours, theirs, bool(theirs) and not ours) for name, label, ours, theirs in rows if ours or theirs],
    }


@writer(methods=("GET", "POST"))
def save_as_lead(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Save the person behind an unknown address: as a new lead, or as one that is there (R6)."""
    conversation = reading.conversation_of(request.workspace, public_id)
    if request.method == "POST":
        try:
            kept = insist(partial(_save, request, public_id))
        except (linking.CannotLink, IntegrityError) as cannot:
            said = str(cannot) if isinstance(cannot, linking.CannotLink) else "Somebody saved this address a moment ago."
            messages.error(request, said)
        else:
            messages.success(request, f"{kept} is saved.")
            return redirect("conversation", request.workspace.slug, kept.public_id)
    q = request.GET.get("q", "")
    others = queries.leads(request.workspace, request.GET).rows[:20] if q else []
    context = {"conversation": conversation, "q": q, "others": others, "shown": display(conversation.address)}
    return render(request, "leads/save.html", context)


@transaction.atomic
def _save(request: WorkspaceRequest, public_id: str) -> Conversation:
    """Reads the conversation anew, as a merge its leads."""
    conversation = reading.conversation_of(request.workspace, public_id)
    return linking.link(conversation, _lead_for(request), by=request.user)


def _lead_for(request: WorkspaceRequest) -> Lead:
    """The lead that was chosen, or a new one of the name that was typed."""
    if known := request.POST.get("lead", ""):
        return queries.lead_of(request.workspace, known)
    name = " ".join(request.POST.get("name", "").split())[:200]
    if not name:
        raise linking.CannotLink("Enter a name, or choose a lead.")
    company = actions.company_named(request.workspace, request.POST.get("company", "")[:200])
    return actions.add_lead(request.workspace, name=name, addresses=[], company=company, by=request.user)
