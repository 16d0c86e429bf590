"""Bulk: what is done to chosen conversations, or to all that a list's filters let through; its progress and its undo."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from conversations.inbox import matching, tagging
from conversations.models import BulkAction
from conversations.refusals import Refused
from conversations.thread import handing
from conversations.work import bulk
from workspaces.access import WorkspaceRequest, background, member, no_such_page, writer
from workspaces.models import Workspace

COUNT_LIMIT = 1_000_000
MOST_CHOSEN = 1_000
DONE = {
    "archive": "archived",
    "unarchive": "back among the active ones",
    "assign": "assigned",
    "handled": "marked as handled",
    "tag": "tagged",
}


@writer
def start(request: WorkspaceRequest) -> HttpResponse:
    """`do`, and either `chosen` ids or `all` with the list's `query`. All is asked once more, with its count."""
    back = _list_url(request.workspace, request.POST)
    try:
        kind = _kind(request)
        if request.POST.get("sure") != "1" and (request.POST.get("all") or _needs_more(request, kind)):
            return _ask(request, kind)
        wanted = _wanted(request, kind)
        if request.POST.get("all"):
            action = bulk.start_with_all(request.workspace, wanted, *_list(request), by=request.user)
        else:
            action = bulk.start_with(request.workspace, wanted, _chosen(request), by=request.user)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect(back)
    if action.at_work:
        return redirect("bulk_action", request.workspace.slug, action.public_id)
    came_from = urlencode({"list": request.POST.get("list", ""), "query": request.POST.get("query", "")[:2000]})
    undo = f"{reverse('bulk_undo', args=[request.workspace.slug, action.public_id])}?{came_from}"
    messages.success(request, _told(action), extra_tags=undo if action.changed else "")
    return redirect(back)


@member
def actions(request: WorkspaceRequest) -> HttpResponse:
    """What was done in bulk lately."""
    return render(
        request, "conversations/work/bulk_list.html", {"page": bulk.listed(request.workspace, request.GET.get("after", ""))}
    )


@member
def action(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _shown(request, _of(request.workspace, public_id), "")


@background
@member
def progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The part of its page that changes while it runs."""
    return _shown(request, _of(request.workspace, public_id), "#progress")


@writer
def undo(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Take all of it back. A person who pressed it in a list stays there, unless it takes a while."""
    found = _of(request.workspace, public_id)
    if not bulk.undo(found, by=request.user):
        messages.warning(request, "It cannot be undone: it still runs, or is undone already.")
    elif not found.at_work:
        messages.success(request, _told(found))
        if "list" in request.GET:
            return redirect(_list_url(request.workspace, request.GET))
    return redirect("bulk_action", request.workspace.slug, found.public_id)


@writer
def stop(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = _of(request.workspace, public_id)
    if bulk.stop(found, by=request.user):
        messages.success(request, "Stopped. What was changed stays, and can be undone.")
    return redirect("bulk_action", request.workspace.slug, found.public_id)


def _kind(request: WorkspaceRequest) -> BulkAction.Kind:
    word = request.POST.get("do", "")
    if word not in BulkAction.Kind.values:
        raise Refused("Choose what to do with the conversations.")
    return BulkAction.Kind(word)


def _needs_more(request: WorkspaceRequest, kind: BulkAction.Kind) -> bool:
    """Whom to assign to, or which tag, is asked where it was not said."""
    missing = {BulkAction.Kind.ASSIGN: "to", BulkAction.Kind.TAG: "tag"}.get(kind)
    return missing is not None and missing not in request.POST


def _wanted(request: WorkspaceRequest, kind: BulkAction.Kind) -> bulk.Wanted:
    """Raises Refused."""
    if kind == BulkAction.Kind.ASSIGN:
        return bulk.Wanted(kind, assignee=handing.colleague(request.workspace, request.POST.get("to", "")))
    if kind == BulkAction.Kind.TAG:
        return bulk.Wanted(kind, tag=tagging.named(request.workspace, request.POST.get("tag", "")))
    return bulk.Wanted(kind)


def _chosen(request: WorkspaceRequest) -> list[str]:
    return request.POST.getlist("conversation")[:MOST_CHOSEN]


def _list(request: WorkspaceRequest) -> tuple[str, tuple[str, ...]]:
    """The filters of the list, and the families it shows."""
    families = matching.LISTS.get(request.POST.get("list", ""), matching.LISTS["imessages"])
    return request.POST.get("query", "")[:2000], families


def _ask(request: WorkspaceRequest, kind: BulkAction.Kind) -> HttpResponse:
    """Once more, with the count, and for whom or which tag."""
    whole = bool(request.POST.get("all"))
    posted = [(name, request.POST[name]) for name in ("do", "list", "query", "all") if name in request.POST]
    if whole:
        found = matching.matching(request.workspace, request.user, *_list(request))
        words, count = found.words, matching.count(found, COUNT_LIMIT)
    else:
        ids = _chosen(request)
        words, count = "", bulk.known(request.workspace, ids)
        posted += [("conversation", one) for one in ids]
    if not count:
        raise Refused("Choose at least one conversation." if not whole else "No conversation matches any more.")
    context = {
        "kind": kind,
        "all": whole,
        "words": words,
        "count": count,
        "posted": posted,
        "back": _list_url(request.workspace, request.POST),
        "people": handing.colleagues(request.workspace) if kind == BulkAction.Kind.ASSIGN else [],
        "tags": tagging.suggested(request.workspace) if kind == BulkAction.Kind.TAG else [],
    }
    return render(request, "conversations/work/bulk_sure.html", context)


def _list_url(workspace: Workspace, asked: QueryDict) -> str:
    """The list it was asked in, with its filters."""
    name, query = asked.get("list", ""), asked.get("query", "")[:2000]
    return reverse(name if name in matching.LISTS else "imessages", args=[workspace.slug]) + (f"?{query}" if query else "")


def _of(workspace: Workspace, public_id: str) -> BulkAction:
    rows = BulkAction.objects.of(workspace).select_related("workspace", "by", "tag", "assignee")
    return rows.filter(public_id=public_id).first() or no_such_page()


def _told(action: BulkAction) -> str:
    if action.state == BulkAction.State.UNDONE:
        kept = action.changed - action.restored
        since = f" {kept} changed since and stay as they are." if kept else ""
        return f"Undone for {action.restored} conversation{'' if action.restored == 1 else 's'}.{since}"
    same = action.total - action.changed
    rest = f" {same} {'was' if same == 1 else 'were'} so already." if same and not action.error else ""
    return f"{action.changed} conversation{'' if action.changed == 1 else 's'} {DONE[action.kind]}.{rest}"


def _shown(request: WorkspaceRequest, action: BulkAction, part: str) -> HttpResponse:
    context: dict[str, Any] = {"action": action, "told": _told(action), "kept": action.changed - action.restored}
    response = render(request, f"conversations/work/bulk_action.html{part}", context)
    if part and not action.at_work:
        response.status_code = 286  # htmx: the last answer, ask no more
    return response
