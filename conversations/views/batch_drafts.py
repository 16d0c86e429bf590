"""Send to leads, before it is sent: the draft with its preview, and the launch summary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import merge
from conversations.batches import gathering, launch, writing
from conversations.batches.forms import BatchForm
from conversations.models import Batch
from conversations.refusals import Refused
from conversations.sending.channels import KINDS
from conversations.sending.contents import BODY_LIMIT
from lines.models import Line
from workspaces.access import WorkspaceRequest, background, writer


@writer
def batch_start(request: WorkspaceRequest) -> HttpResponse:
    """Begin a batch to the leads that a toolbar has selected."""
    try:
        batch = gathering.start(request.workspace, request.POST, by=request.user)
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect("leads", request.workspace.slug)
    return redirect("batch", request.workspace.slug, batch.public_id)


@writer
def batch_write(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Keep what was written; then to the launch summary, unless something is wrong with it."""
    found = writing.batch_of(request.workspace, public_id)
    form = BatchForm(request.POST, workspace=request.workspace)
    try:
        if _kept(found, form):
            writing.check(found)
            return redirect("batch_review", request.workspace.slug, public_id)
    except Refused as refused:
        form.add_error(refused.field, refused.message)
    return draft_page(request, found, form, status=422)


def _kept(found: Batch, form: BatchForm) -> bool:
    """Whether what was written is kept; else the form says why not. Raises Refused."""
    if not form.is_valid():
        return False
    data = form.cleaned_data
    writing.write(
        found, data["body"], channel=data["channel"], line=data["line"], scheduled_at=data["send_at"],
        skip_missing=data["skip_missing"],
    )  # fmt: skip
    return True


@background
@writer
def batch_preview(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """How lead number `n` would get the text of the open form. Keeps nothing."""
    found = writing.batch_of(request.workspace, public_id)
    found.body, found.channel = request.POST.get("body", "")[:20_000].replace("\r\n", "\n"), request.POST.get("channel", "")[:10]
    n = request.POST.get("n", "0")
    context = _sample(found, int(n) if n.isascii() and n.isdigit() and len(n) < 9 else 0)
    return render(request, "conversations/batches/draft.html#preview", {"batch": found, **context})


@writer(methods=("GET", "POST"))
def batch_review(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The launch summary; posting sends it."""
    found = writing.batch_of(request.workspace, public_id)
    if found.state != Batch.State.DRAFT:
        return redirect("batch", request.workspace.slug, public_id)
    refusal = ""
    try:
        if request.method == "POST":
            writing.confirm(found, by=request.user)
            return redirect("batch", request.workspace.slug, public_id)
        writing.check(found)
    except Refused as refused:
        refusal = refused.message
        found.refresh_from_db(fields=["state"])
        if request.method == "GET" or found.state != Batch.State.DRAFT:  # somebody else, or another tab, has sent it
            messages.warning(request, refusal)
            return redirect("batch", request.workspace.slug, public_id)
    summary = launch.launch(found)
    blocked = bool(summary.missing.leads) and not found.skip_missing
    context = {"batch": found, "launch": summary, "blocked": blocked, "refusal": refusal}
    return render(request, "conversations/batches/review.html", context, status=422 if refusal else 200)


@writer
def batch_check(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Check the availability of its leads before it is sent (S1-35); what was written so far is kept."""
    found = writing.batch_of(request.workspace, public_id)
    form = BatchForm(request.POST, workspace=request.workspace)
    try:
        if _kept(found, form):
            run = gathering.check_availability(found, by=request.user)
            messages.success(request, "The draft of your message is kept. Come back to it when enough are checked.")
            return redirect("check_run", request.workspace.slug, run.public_id)
    except Refused as refused:
        form.add_error(refused.field, refused.message)
    return draft_page(request, found, form, status=422)


def _initial(found: Batch) -> dict[str, Any]:
    at = found.scheduled_at
    return {
        "body": found.body,
        "channel": found.channel,
        "line": found.line.public_id if found.line else "",
        "when": "later" if at else "now",
        "send_at": at.astimezone(found.workspace.zone).strftime("%Y-%m-%dT%H:%M") if at else "",
        "skip_missing": found.skip_missing,
    }


def draft_page(request: WorkspaceRequest, found: Batch, form: BatchForm | None = None, *, status: int = 200) -> HttpResponse:
    if found.state != Batch.State.DRAFT:
        return redirect("batch", request.workspace.slug, found.public_id)
    form = form or BatchForm(initial=_initial(found), workspace=request.workspace)
    lines = Line.objects.of(request.workspace).filter(kind__in=KINDS).order_by("name", "pk")
    context = {
        "batch": found, "form": form, "lines": list(lines), "types": writing.TYPES, "fields": merge.FIELDS,
        "body_limit": BODY_LIMIT, "unchecked": gathering.unchecked(found).count(), **_sample(found, 0),
    }  # fmt: skip
    return render(request, "conversations/batches/draft.html", context, status=status)


def _sample(found: Batch, n: int) -> dict[str, Any]:
    """One lead's message, or what is wrong with the text."""
    try:
        person, total = writing.sample(found, n)
    except merge.BadTemplate as bad:
        return {"wrong": str(bad), "n": n, "total": gathering.size(found)}
    n = n if n < total else 0
    missing = merge.in_words(person.missing) if person else ""
    return {"person": person, "missing": missing, "n": n, "total": total, "before": n - 1, "next": (n + 1) % max(total, 1)}
