"""The suppression list and the consent ledger: reading, adding, leaving, exporting."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from leads import consent_ledger, suppression, suppression_export
from leads.forms.suppression import RemoveForm, SuppressForm
from leads.importing.refusals import BadFile
from leads.models import ConsentEvent
from workspaces import audit
from workspaces.access import WorkspaceRequest, member, role, writer
from workspaces.downloads import download
from workspaces.models import Role


@member
def suppressed(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, SuppressForm())


def _page(request: WorkspaceRequest, form: SuppressForm, status: int = 200) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = suppression.page_of(request.workspace, text, request.GET.get("after", ""))
    leads = suppression.names_of(request.workspace, [row.value for row in page.rows])
    context = {
        "form": form,
        "text": text,
        "rows": [(row, leads.get(row.value)) for row in page.rows],
        "following": page.following,
        "is_admin": request.membership.role == Role.ADMIN,
    }
    return render(request, "leads/suppression/list.html", context, status=status)


@writer
def suppress(request: WorkspaceRequest) -> HttpResponse:
    """Add typed addresses, or those of a file."""
    form = SuppressForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    try:
        if file := data["file"]:
            result = suppression.add_file(request.workspace, file.file, file.name or "a file", by=request.user)
        else:
            result = suppression.add_typed(request.workspace, data["addresses"], note=data["note"], by=request.user)
    except BadFile as bad:
        form.add_error("file" if data["file"] else "addresses", str(bad))
        return _page(request, form, status=422)
    _tell(request, result)
    return redirect("suppression", request.workspace.slug)


def _tell(request: WorkspaceRequest, result: suppression.Added) -> None:
    stood = f" {result.stood} stood on it already." if result.stood else ""
    if result.added or result.stood:
        messages.success(request, f"{result.added} added to the list.{stood} Nothing more is sent to them.")
    elif not result.not_read:
        messages.warning(request, "No address was found, so nothing was added.")
    if result.not_read:
        shown = " ".join(result.refused[:3])
        messages.warning(request, f"{result.not_read} could not be read as an address. {shown}")


@role(Role.ADMIN, methods=("GET", "POST"))
def unsuppress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Take an address off the list: admins alone, and with a reason."""
    row = suppression.one_of(request.workspace, public_id)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        suppression.remove(row, note=form.cleaned_data["note"], by=request.user)
        messages.success(request, f"{row.value} may be messaged again.")
        return redirect("suppression", request.workspace.slug)
    status = 422 if form.errors else 200
    return render(request, "leads/suppression/remove.html", {"row": row, "form": form}, status=status)


@role(Role.ADMIN, Role.OPS)
def suppression_csv(request: WorkspaceRequest) -> HttpResponseBase:
    audit.record(request, request.workspace, "suppression.exported")
    return _csv("suppression-list", suppression_export.export(request.workspace, request.GET.get("q", "")))


@role(Role.ADMIN, Role.OPS)
def consent_log(request: WorkspaceRequest) -> HttpResponse:
    """The ledger: who asked for or against messages, when, in which words, and which rule read them so."""
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "")[:80]
    page = consent_ledger.page_of(request.workspace, kind=kind, text=text, after=request.GET.get("after", ""))
    context = {"page": page, "kind": kind, "text": text, "kinds": ConsentEvent.Kind.choices}
    return render(request, "leads/suppression/ledger.html", context)


@role(Role.ADMIN, Role.OPS)
def consent_csv(request: WorkspaceRequest) -> HttpResponseBase:
    audit.record(request, request.workspace, "consent_ledger.exported")
    rows = consent_ledger.found(request.workspace, kind=request.GET.get("kind", ""), text=request.GET.get("q", ""))
    return _csv("consent-ledger", suppression_export.export_ledger(rows))


def _csv(name: str, lines: Iterator[str]) -> HttpResponseBase:
    return download(lines, f"{name}-{timezone.now():%Y-%m-%d}.csv")
