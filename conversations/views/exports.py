"""Exports of one conversation, and of lists for admins and ops."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from conversations.exports import exporting
from conversations.inbox import matching
from conversations.models import Export
from conversations.refusals import Refused
from conversations.thread import reading
from conversations.work.work_forms import ExportForm, ListExportForm
from workspaces.access import WorkspaceRequest, background, no_such_page, role, writer
from workspaces.models import Role

TYPES = {"csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8"}


@writer(methods=("GET", "POST"))
def conversation(request: WorkspaceRequest, public_id: str) -> HttpResponseBase:
    """Start and end date at most a week apart, and the format; the download begins by itself."""
    found = reading.conversation_of(request.workspace, public_id)
    form = ExportForm(request.POST or None, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        pieces = exporting.stream(found, data["format"], data["first"], data["last"], by=request)
        name = exporting.filename(request.workspace, data["format"], str(found), f"{data['first']} to {data['last']}")
        response = _download(StreamingHttpResponse(pieces), data["format"], name)
        response["X-Messages"] = str(exporting.count(found, data["first"], data["last"]))  # for the meter of the dialog
        return response
    context = {"conversation": found, "form": form}
    part = "#form" if request.htmx else ""  # for the dialog over the thread
    return render(request, f"conversations/work/export.html{part}", context, status=422 if request.method == "POST" else 200)


@role(Role.ADMIN, Role.OPS, methods=("GET", "POST"))
def exports(request: WorkspaceRequest) -> HttpResponse:
    """My exports, and the form for one more: of the list that ?list= and the filters name."""
    name = request.POST.get("list") or request.GET.get("list") or "overview"
    families = matching.LISTS.get(name, matching.LISTS["overview"])
    query = request.POST.get("query", "") if request.method == "POST" else _filters(request)
    form = ListExportForm(request.POST or None, workspace=request.workspace)
    words, refusal = "", ""
    try:
        words = matching.matching(request.workspace, request.user, query, families).words
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            export = exporting.start(
                request.workspace,
                data["format"],
                data["first"],
                data["last"],
                query=query,
                families=list(families),
                by=request.user,
                actor=request,
            )
            return redirect("export", request.workspace.slug, export.public_id)
    except Refused as refused:
        refusal = refused.message
    mine = Export.objects.of(request.workspace).filter(by=request.user).order_by("-created_at")[:20]
    context = {"exports": mine, "form": form, "words": words, "refusal": refusal, "query": query, "list": name}
    return render(request, "conversations/work/exports.html", context, status=422 if request.method == "POST" or refusal else 200)


@role(Role.ADMIN, Role.OPS)
def export(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _shown(request, public_id, "")


@background
@role(Role.ADMIN, Role.OPS)
def export_progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _shown(request, public_id, "#progress")


@role(Role.ADMIN, Role.OPS)
def export_file(request: WorkspaceRequest, public_id: str) -> HttpResponseBase:
    """The file, for the person who asked for it, until it expires."""
    found = _of(request, public_id)
    if found.state != Export.State.READY or (found.expires_at and found.expires_at <= timezone.now()):
        return redirect("export", request.workspace.slug, public_id)
    try:
        file = exporting.path_of(found).open("rb")
    except FileNotFoundError:
        return redirect("export", request.workspace.slug, public_id)
    return _download(
        FileResponse(file), found.format, exporting.filename(request.workspace, found.format, "conversations", found.days)
    )


def _of(request: WorkspaceRequest, public_id: str) -> Export:
    return exporting.export_of(request.workspace, request.user, public_id) or no_such_page()


def _shown(request: WorkspaceRequest, public_id: str, part: str) -> HttpResponse:
    found = _of(request, public_id)
    context = {"export": found, "words": "" if part else _words(request, found)}
    response = render(request, f"conversations/work/export_job.html{part}", context)
    if part and found.state != Export.State.RUNNING:
        response.status_code = 286  # htmx: the last answer, ask no more
        if found.state == Export.State.READY:
            response["HX-Trigger"] = '{"export-ready": {}}'
    return response


def _words(request: WorkspaceRequest, export: Export) -> str:
    """The filters it was asked for with; empty where one is gone by now."""
    try:
        return matching.matching(request.workspace, request.user, export.query, export.families).words
    except Refused:
        return ""


def _filters(request: WorkspaceRequest) -> str:
    kept = request.GET.copy()
    kept.pop("list", None)
    kept.pop("before", None)
    return kept.urlencode()


def _download(response: Any, format_: str, name: str) -> HttpResponseBase:
    """Saved, never shown: what is in it was written by strangers."""
    response["Content-Type"] = TYPES[format_]
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[no-any-return]
