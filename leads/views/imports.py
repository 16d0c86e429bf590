"""Imports: upload, columns, check, progress, bad rows, undo. Every page can be left and comes back as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from leads import queries
from leads.forms.imports import ColumnsForm, EncodingForm, UploadForm
from leads.importing import runs
from leads.importing.report import problems_csv
from leads.models import ImportRun
from workspaces.access import WorkspaceRequest, background, member, no_such_page, writer
from workspaces.downloads import download
from workspaces.models import User

TOO_LATE: Final = "Too late: this import is “{}” by now."


@member
def imports(request: WorkspaceRequest) -> HttpResponse:
    context = {"page": queries.import_runs(request.workspace, request.GET.get("after", "")), "form": UploadForm()}
    return render(request, "leads/imports.html", context)


@writer
def upload(request: WorkspaceRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        run = runs.upload(request.workspace, form.cleaned_data["file"], by=request.user)
        return redirect("import_run", request.workspace.slug, run.public_id)
    context = {"page": queries.import_runs(request.workspace), "form": form}
    return render(request, "leads/imports.html", context, status=422)


@member
def import_run(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _page(request, queries.import_of(request.workspace, public_id))


@background
@member
def progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The run as it stands, for a page that has it open; a page whose work is over loads itself again."""
    run = queries.import_of(request.workspace, public_id)
    if not run.at_work:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "leads/import_run.html#progress", {"run": run})


@writer
def columns(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What the columns hold; then the whole file is checked."""
    run = queries.import_of(request.workspace, public_id)
    form = ColumnsForm(request.POST, run=run)
    if not form.is_valid():
        return _page(request, run, form)
    try:
        runs.choose(run, form.mapping, region=form.cleaned_data["region"], known=form.cleaned_data["known"])
    except ValueError as wrong:
        form.add_error(None, str(wrong))
        return _page(request, run, form)
    return redirect("import_run", request.workspace.slug, run.public_id)


@writer
def encoding(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Read the file again, as the encoding that somebody chose."""
    run = queries.import_of(request.workspace, public_id)
    form = EncodingForm(request.POST)
    if form.is_valid():
        try:
            if not runs.read_again(run, form.cleaned_data["encoding"]):
                messages.warning(request, TOO_LATE.format(run.get_state_display()))
            return redirect("import_run", request.workspace.slug, run.public_id)
        except (ValueError, OSError) as wrong:
            form.add_error("encoding", str(wrong) if isinstance(wrong, ValueError) else "The file is gone: upload it again.")
    return _page(request, run, letters=form)


def _page(
    request: WorkspaceRequest, run: ImportRun, form: ColumnsForm | None = None, letters: EncodingForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"run": run, "problems": queries.problems(run)}
    if run.state == ImportRun.State.MAPPING:
        context["form"] = form or ColumnsForm(run=run)
        context["letters"] = letters or EncodingForm(initial={"encoding": run.encoding})
    wrong = (form and form.errors) or (letters and letters.errors)
    return render(request, "leads/import_run.html", context, status=422 if wrong else 200)


_STEPS: Final[dict[str, Callable[[ImportRun, User], bool]]] = {
    "start": lambda run, user: runs.start(run, by=user),
    "stop": lambda run, user: runs.stop(run, by=user),
    "back": lambda run, user: runs.reconsider(run),
    "go-on": lambda run, user: runs.go_on(run),
    "undo": lambda run, user: runs.undo(run, by=user),
}


@writer
def step(request: WorkspaceRequest, public_id: str, step: str) -> HttpResponse:
    run = queries.import_of(request.workspace, public_id)
    if step not in _STEPS:
        no_such_page()
    if not _STEPS[step](run, request.user):
        messages.warning(request, TOO_LATE.format(run.get_state_display()))
    return redirect("import_run", request.workspace.slug, run.public_id)


@member
def problems(request: WorkspaceRequest, public_id: str) -> HttpResponseBase:
    """The rows that were not taken, with the reason."""
    run = queries.import_of(request.workspace, public_id)
    return download(problems_csv(run), f"{run.filename.rsplit('.', 1)[0]} - rows to look at.csv")
