"""Reading leads and companies. Lists are keyset pages by name; their queries do not grow with rows."""

from __future__ import annotations

from typing import Final, TypeVar

from django.db.models import Count, Prefetch, Q, QuerySet

from leads.models import Address, Company, Lead, OptOut
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.models import Workspace

SIZE: Final = 50

M = TypeVar("M", Lead, Company)


def leads(workspace: Workspace, *, after: str = "") -> paging.Page[Lead]:
    rows = (
        Lead.objects.of(workspace)
        .select_related("company")
        .prefetch_related(Prefetch("addresses", Address.objects.order_by("-kind", "rank")))
    )
    return _page(rows, after, of=f"leads:{workspace.pk}")


def companies(workspace: Workspace, *, after: str = "") -> paging.Page[Company]:
    return _page(Company.objects.of(workspace).annotate(people=Count("leads")), after, of=f"companies:{workspace.pk}")


def _page(rows: QuerySet[M], after: str, *, of: str) -> paging.Page[M]:
    rows = rows.order_by("name", "pk")
    if start := paging.read_name(after, of=of):
        name, pk = start
        rows = rows.filter(Q(name__gte=name) & (Q(name__gt=name) | Q(pk__gt=pk)))
    return paging.cut(list(rows[: SIZE + 1]), SIZE, lambda row: paging.name_cursor(row.name, row.pk, of=of))


def lead_of(workspace: Workspace, public_id: str) -> Lead:
    """One lead with its company and addresses. Raises Http404."""
    found = (
        Lead.objects.of(workspace)
        .select_related("company", "workspace")
        .prefetch_related(Prefetch("addresses", Address.objects.order_by("-kind", "rank")))
        .filter(public_id=public_id)
        .first()
    )
    return found or no_such_page()


def company_of(workspace: Workspace, public_id: str) -> Company:
    """One company. Raises Http404."""
    return Company.objects.of(workspace).filter(public_id=public_id).first() or no_such_page()


def people_of(company: Company) -> list[Lead]:
    """The company's leads by name; the first hundred."""
    rows = Lead.objects.filter(company=company, workspace_id=company.workspace_id)
    return list(
        rows.prefetch_related(Prefetch("addresses", Address.objects.order_by("-kind", "rank"))).order_by("name", "pk")[:100]
    )


def standing_opt_outs(lead: Lead) -> list[OptOut]:
    """Which of the lead's addresses must not be messaged, and since when."""
    values = [address.value for address in lead.addresses.all()]
    return list(OptOut.objects.of(lead.workspace).filter(value__in=values, lifted_at=None).order_by("received_at"))
