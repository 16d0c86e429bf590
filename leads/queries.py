"""Reading leads and companies. Lists are keyset pages; their queries do not grow with rows, their counts have an end."""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Lower
from django.http import QueryDict

from leads import filters
from leads.models import Address, Company, ImportProblem, ImportRun, Lead, OptOut
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.bounded import Bounded
from workspaces.models import Workspace

SIZE: Final = 50
MOST_COUNTED: Final = 10_000
MOST_ALIKE: Final = 5
SORTS: Final = {"name": "By name", "newest": "Newest first"}

_ORDERED: Final = Prefetch("addresses", Address.objects.order_by("-kind", "rank"))


def leads(workspace: Workspace, data: QueryDict) -> paging.Page[Lead]:
    """A page of the leads that the query string asks for: its filters, `sort` and `after`."""
    rows = filters.leads(workspace, data).select_related("company").prefetch_related(_ORDERED)
    newest = data.get("sort") == "newest"
    of = f"leads:{workspace.pk}:{'newest' if newest else 'name'}"
    after = data.get("after", "")
    if newest:
        return paging.by_number(rows, after, SIZE, of=of, newest_first=True)
    return paging.by_name(rows, after, SIZE, of=of)


def count(workspace: Workspace, data: QueryDict) -> Bounded:
    found = filters.leads(workspace, data).order_by()[: MOST_COUNTED + 1].count()
    return Bounded.of(found, MOST_COUNTED)


def companies(workspace: Workspace, *, after: str = "", q: str = "") -> paging.Page[Company]:
    """A page of the companies by name; `q` is a part of the name or of the website."""
    rows = Company.objects.of(workspace).annotate(people=Count("leads"))
    if text := " ".join(q.split()).lower()[:200]:
        rows = rows.alias(low=Lower("name")).filter(Q(low__contains=text) | Q(domain__contains=text))
    return paging.by_name(rows, after, SIZE, of=f"companies:{workspace.pk}")


def lead_of(workspace: Workspace, public_id: str) -> Lead:
    """One lead with its company and addresses. Raises Http404."""
    found = (
        Lead.objects.of(workspace)
        .select_related("company", "workspace", "imported_by", "imported_by__by")
        .prefetch_related(_ORDERED)
        .filter(public_id=public_id)
        .first()
    )
    return found or no_such_page()


def company_of(workspace: Workspace, public_id: str) -> Company:
    """One company. Raises Http404."""
    rows = Company.objects.of(workspace).select_related("workspace", "imported_by", "imported_by__by")
    return rows.filter(public_id=public_id).first() or no_such_page()


def company_names(workspace: Workspace) -> list[str]:
    """Names to choose from while typing; the newest."""
    return list(Company.objects.of(workspace).order_by("-pk").values_list("name", flat=True)[:200])


def people_of(company: Company) -> list[Lead]:
    """The company's leads by name; the first hundred."""
    rows = Lead.objects.filter(company=company, workspace_id=company.workspace_id)
    return list(rows.prefetch_related(_ORDERED).order_by("name", "pk")[:100])


def standing_opt_outs(lead: Lead) -> list[OptOut]:
    """Which of the lead's addresses must not be messaged, and since when."""
    values = Address.objects.filter(lead=lead).values("value")
    return list(OptOut.objects.of(lead.workspace).filter(value__in=values, lifted_at=None).order_by("received_at"))


def alike(lead: Lead) -> list[Lead]:
    """Other leads of the very name, who may be the same person."""
    others = Lead.objects.of(lead.workspace).filter(name=lead.name).exclude(pk=lead.pk)
    return list(others.select_related("company").order_by("pk")[:MOST_ALIKE])


def import_runs(workspace: Workspace, after: str = "") -> paging.Page[ImportRun]:
    """A page of them, the newest first."""
    rows = ImportRun.objects.of(workspace).select_related("by")
    return paging.by_number(rows, after, SIZE, of=f"imports:{workspace.pk}", newest_first=True)


def import_of(workspace: Workspace, public_id: str) -> ImportRun:
    """One import. Raises Http404."""
    found = ImportRun.objects.of(workspace).select_related("workspace", "by").filter(public_id=public_id).first()
    return found or no_such_page()


def problems(run: ImportRun) -> list[ImportProblem]:
    """The first twenty rows that were not taken, or not wholly."""
    return list(ImportProblem.objects.filter(run=run).order_by("row")[:20])
