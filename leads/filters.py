"""Filters of the leads table: from the URL to rows. A filter that cannot be read selects nobody rather than everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from leads import search
from leads.models import Address, Company, ImportRun, Lead, ListMember
from workspaces.models import Workspace

STATES: Final = [("active", "Active"), ("excluded", "Excluded"), ("opted_out", "Opted out")]
CHECKED: Final = [("week", "Longer ago than a week"), ("month", "Longer ago than a month"), ("never", "Never")]
AVAILABLE: Final = [*Address.Availability.choices, ("none", "No address")]
State = Address.Availability
NONE: Final = "none"

_AGES: Final = {"week": timedelta(days=7), "month": timedelta(days=30)}


# What speaks for a lead before its other addresses do, as `availability.state_of` has it.
_BETTER: Final[dict[str, tuple[str, ...]]] = {
    State.AVAILABLE: (),
    State.CHECKING: (State.AVAILABLE,),
    State.NO_ACTIVE_LINE: (State.AVAILABLE, State.CHECKING),
    State.ERROR: (State.AVAILABLE, State.CHECKING, State.NO_ACTIVE_LINE),
}


class LeadFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    q = django_filters.CharFilter(method="search", label="Search", max_length=200)
    status = django_filters.ChoiceFilter(choices=STATES, method="by_status", label="Status")
    availability = django_filters.ChoiceFilter(choices=AVAILABLE, method="by_availability", label="iMessage")
    persona = django_filters.CharFilter(method="by_persona", label="Persona", max_length=100)
    icp = django_filters.CharFilter(method="by_icp", label="ICP", max_length=100)
    company = django_filters.CharFilter(method="by_company", label="Company", max_length=20)
    run = django_filters.CharFilter(method="by_run", label="Import", max_length=20)
    list = django_filters.CharFilter(method="by_list", label="List", max_length=20)
    checked = django_filters.ChoiceFilter(choices=CHECKED, method="by_check", label="Checked")

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(self, data: QueryDict | Mapping[str, Any], *, workspace: Workspace) -> None:
        super().__init__(data, Lead.objects.of(workspace))
        self.workspace = workspace

    def search(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return search.search(rows, self.workspace, value)

    def by_status(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """Leads that have opted out are not active, whatever their status says; excluded ones may also have opted out."""
        if value == "opted_out":
            return rows.filter(opted_out_at__isnull=False)
        rows = rows.filter(status=value)
        return rows.filter(opted_out_at=None) if value == Lead.Status.ACTIVE else rows

    def by_availability(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """A lead is what its addresses say together (R7)."""
        if value == NONE:
            return rows.filter(~_has())
        better = _BETTER.get(value)
        if better is not None:
            return rows.filter(_has(availability=value) & ~_has(availability__in=better))
        rows = rows.filter(_has() & ~_has(availability__in=[*_BETTER]))
        every = ~_has(availability=State.UNCHECKED)
        return rows.filter(every if value == State.UNAVAILABLE else ~every)

    def by_persona(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return rows.filter(persona="" if value == NONE else value)

    def by_icp(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        if value == NONE:
            return rows.filter(Q(company=None) | Q(company__icp=""))
        return rows.filter(company__in=Company.objects.of(self.workspace).filter(icp=value))

    def by_company(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        if value == NONE:
            return rows.filter(company=None)
        return rows.filter(company__in=Company.objects.of(self.workspace).filter(public_id=value))

    def by_run(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        if value == NONE:
            return rows.filter(imported_by=None)
        return rows.filter(imported_by__in=ImportRun.objects.of(self.workspace).filter(public_id=value))

    def by_list(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        on_it = ListMember.objects.of(self.workspace).filter(lead=OuterRef("pk"))
        if value == NONE:
            return rows.filter(~Exists(on_it))
        return rows.filter(Exists(on_it.filter(contact_list__public_id=value)))

    def by_check(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        if value == "never":
            return rows.filter(~_has(checked_at__isnull=False))
        cutoff = timezone.now() - _AGES[value]
        return rows.filter(_has(checked_at__isnull=False) & ~_has(checked_at__gte=cutoff))


def _has(**values: Any) -> Exists:
    return Exists(Address.objects.filter(lead=OuterRef("pk"), **values))


def leads(workspace: Workspace, data: QueryDict) -> QuerySet[Lead]:
    """The leads that the filters of a query string select, in no order."""
    found = LeadFilter(data, workspace=workspace)
    return found.qs if found.is_valid() else Lead.objects.none()


def filtered(data: QueryDict) -> bool:
    """Whether anything narrows the list."""
    return any(data.get(name) for name in LeadFilter.base_filters)


def query_of(data: QueryDict) -> str:
    """The query string of the filters alone."""
    kept = QueryDict(mutable=True)
    for name in LeadFilter.base_filters:
        if value := data.get(name):
            kept[name] = value
    return kept.urlencode()
