"""Batches that are under way or over: the list, the page of each, and what can be done with it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from conversations.batches import gathering, progress, steering, work, writing
from conversations.models import Batch
from conversations.views.batch_drafts import draft_page
from workspaces.access import WorkspaceRequest, background, member, no_such_page, writer

TOO_LATE: Final = "Too late: this batch is over, or somebody did it before."


@member
def batches(request: WorkspaceRequest) -> HttpResponse:
    page = progress.batches(request.workspace, request.GET.get("after", ""))
    return render(
        request, "conversations/batches/list.html", {"page": page, "rows": [(one, progress.progress(one)) for one in page.rows]}
    )


@member
def batch(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A draft to go on with, or how far it is."""
    found = writing.batch_of(request.workspace, public_id)
    if found.state == Batch.State.DRAFT and request.membership.writes:
        return draft_page(request, found)
    return render(request, "conversations/batches/batch.html", _context(request, found))


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
            return redirect("batch", slug, gathering.copy(found, by=request.user).public_id)
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
        messages.warning(request, "There is nothing that can be sent again automatically.")


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
