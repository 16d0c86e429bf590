"""Send to leads: the draft with its preview, the launch summary, and the page of a batch that is under way."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import merge
from conversations.batches import launch, progress, steering, work, writing
from conversations.batches.forms import BatchForm
from conversations.channels import KINDS
from conversations.compose import BODY_LIMIT
from conversations.models import Batch
from conversations.refusals import Refused
from lines.models import Line
from workspaces.access import WorkspaceRequest, background, member, no_such_page, writer

TOO_LATE: Final = "Too late: this batch is over, or somebody did it before."


@member
def batches(request: WorkspaceRequest) -> HttpResponse:
    page = progress.batches(request.workspace, request.GET.get("after", ""))
    return render(
        request, "conversations/batches/list.html", {"page": page, "rows": [(one, progress.progress(one)) for one in page.rows]}
    )


@writer
def batch_start(request: WorkspaceRequest) -> HttpResponse:
    """Begin a batch to the leads that a toolbar has selected."""
    try:
        batch = writing.start(request.workspace, request.POST, by=request.user)
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect("leads", request.workspace.slug)
    return redirect("batch", request.workspace.slug, batch.public_id)


@member
def batch(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A draft to go on with, or how far it is."""
    found = writing.batch_of(request.workspace, public_id)
    if found.state == Batch.State.DRAFT and request.membership.writes:
        return _draft(request, found, BatchForm(initial=_initial(found), workspace=request.workspace))
    return render(request, "conversations/batches/batch.html", _context(request, found))


@writer
def batch_write(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Keep what was written; then to the launch summary, unless something is wrong with it."""
    found = writing.batch_of(request.workspace, public_id)
    form = BatchForm(request.POST, workspace=request.workspace)
    try:
        if form.is_valid():
            data = form.cleaned_data
            writing.write(
                found, data["body"], channel=data["channel"], line=data["line"], scheduled_at=data["send_at"],
                skip_missing=data["skip_missing"],
            )  # fmt: skip
            writing.check(found)
            return redirect("batch_review", request.workspace.slug, public_id)
    except Refused as refused:
        form.add_error(refused.field, refused.message)
    return _draft(request, found, form, status=422)


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
        if request.method == "GET":
            messages.warning(request, refusal)
            return redirect("batch", request.workspace.slug, public_id)
    summary = launch.launch(found)
    blocked = bool(summary.missing.leads) and not found.skip_missing
    context = {"batch": found, "launch": summary, "blocked": blocked, "refusal": refusal}
    return render(request, "conversations/batches/review.html", context, status=422 if refusal else 200)


@writer
def batch_check(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Check the availability of its leads before it is sent (S1-35)."""
    found = writing.batch_of(request.workspace, public_id)
    run = writing.check_availability(found, by=request.user)
    messages.success(request, "The draft of your message is kept. Come back to it when enough are checked.")
    return redirect("check_run", request.workspace.slug, run.public_id)


@background
@member
def batch_progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = writing.batch_of(request.workspace, public_id)
    return render(request, "conversations/batches/batch.html#progress", _context(request, found))


@writer
def batch_step(request: WorkspaceRequest, public_id: str, step: str) -> HttpResponse:
    """Pause, go on, cancel what has not left, take back, send failed ones again, use again, throw a draft away."""
    found = writing.batch_of(request.workspace, public_id)
    slug = request.workspace.slug
    match step:
        case "pause":
            _said(request, steering.pause(found, by=request.user), "Paused. Nothing more leaves until you go on.")
        case "resume":
            _said(request, steering.resume(found, by=request.user), "It goes on.")
        case "cancel":
            _said(request, steering.cancel(found, by=request.user), "Cancelled. What has not left stays unsent.")
            work.advance(found.pk, seconds=work.AT_ONCE)
        case "undo":
            if draft := steering.take_back(found, by=request.user):
                work.advance(found.pk, seconds=work.AT_ONCE)
                messages.success(request, "Taken back: nothing was sent. Here is the text again.")
                return redirect("batch", slug, draft.public_id)
            messages.warning(request, "Too late to take it back. You can still cancel what has not left.")
        case "retry":
            _told(request, *steering.send_again(found, by=request.user))
        case "again":
            return redirect("batch", slug, writing.copy(found, by=request.user).public_id)
        case "discard":
            _said(request, writing.discard(found, by=request.user), "The draft is thrown away.")
            return redirect("leads", slug)
        case _:
            no_such_page()
    return redirect("batch", slug, public_id)


def _said(request: WorkspaceRequest, done: bool, words: str) -> None:
    if done:
        messages.success(request, words)
    else:
        messages.warning(request, TOO_LATE)


def _told(request: WorkspaceRequest, sent: int, why: str) -> None:
    if sent:
        messages.success(request, f"{sent:,} {'is' if sent == 1 else 'are'} sent again.")
    if why:
        messages.warning(request, f"Some are not: {why}")
    if not sent and not why:
        messages.warning(request, "There is nothing that can be sent again by itself.")


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


def _draft(request: WorkspaceRequest, found: Batch, form: BatchForm, status: int = 200) -> HttpResponse:
    if found.state != Batch.State.DRAFT:
        return redirect("batch", request.workspace.slug, found.public_id)
    lines = Line.objects.of(request.workspace).filter(kind__in=KINDS).order_by("name", "pk")
    context = {
        "batch": found, "form": form, "lines": list(lines), "types": writing.TYPES, "fields": merge.FIELDS,
        "body_limit": BODY_LIMIT, "unchecked": writing.unchecked(found).count(), **_sample(found, 0),
    }  # fmt: skip
    return render(request, "conversations/batches/draft.html", context, status=status)


def _sample(found: Batch, n: int) -> dict[str, Any]:
    """One lead's message, or what is wrong with the text."""
    try:
        person, total = writing.sample(found, n)
    except merge.BadTemplate as bad:
        return {"wrong": str(bad), "n": n, "total": writing.size(found)}
    n = n if n < total else 0
    missing = merge.in_words(person.missing) if person else ""
    return {"person": person, "missing": missing, "n": n, "total": total, "before": n - 1, "next": (n + 1) % max(total, 1)}


def _context(request: WorkspaceRequest, found: Batch) -> dict[str, Any]:
    show = request.GET.get("show", "")
    done = progress.progress(found)
    counts = {"waiting": done.waiting + done.left, "sent": done.sent, "replied": done.replied, "failed": done.failed,
              "cancelled": done.cancelled, "skipped": done.skips}  # fmt: skip
    return {
        "batch": found,
        "progress": done,
        "page": progress.recipients(found, show, request.GET.get("after", "")),
        "show": show if show in progress.FILTERS else "",
        "filters": [(name, words, counts[name]) for name, (words, _) in progress.FILTERS.items() if counts[name]],
        "undo": steering.seconds_to_undo(found),
        "last_due": progress.last_due(found) if done.waiting else None,
        "moving": bool(found.at_work or (done.waiting and found.state == Batch.State.MADE)),
    }
