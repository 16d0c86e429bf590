"""Filters of the leads table: from the URL to rows. What cannot be read selects nobody rather than everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from leads import search
from leads.models import Address, Company, ContactList, ImportRun, Label, Lead, ListMember
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
        """Who has opted out is not active, whatever their status says; who is excluded may also have opted out."""
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


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter of the bar: the value that is set (empty where none is), the URL without it, and what can be chosen."""

    name: str
    label: str
    value: str
    without: str
    choices: list[tuple[str, str, bool]]  # label, URL, chosen


def chips(workspace: Workspace, data: QueryDict) -> list[Chip]:
    """The bar of filters, in its order."""
    named = {
        "status": STATES,
        "availability": AVAILABLE,
        "persona": [*_labels(workspace, Label.Kind.PERSONA), (NONE, "No persona")],
        "icp": [*_labels(workspace, Label.Kind.ICP), (NONE, "No ICP")],
        "company": [*_companies(workspace, data.get("company", "")), (NONE, "No company")],
        "list": [*_lists(workspace), (NONE, "On no list")],
        "run": [*_runs(workspace, data.get("run", "")), (NONE, "Not imported")],
        "checked": CHECKED,
    }
    filters = LeadFilter.base_filters
    return [_chip(name, str(filters[name].label), choices, data) for name, choices in named.items()]


def _chip(name: str, label: str, choices: list[tuple[str, str]], data: QueryDict) -> Chip:
    chosen = data.get(name, "")
    shown = dict(choices).get(chosen, chosen)
    links = [(words, with_(data, name, value), value == chosen) for value, words in choices]
    return Chip(name, label, shown, with_(data, name, ""), links)


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


def with_(data: QueryDict, name: str, value: str) -> str:
    """The query string with one filter changed, back at the list's beginning."""
    changed = data.copy()
    changed.pop("after", None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def _labels(workspace: Workspace, kind: str) -> list[tuple[str, str]]:
    names = Label.objects.of(workspace).filter(kind=kind).order_by("name").values_list("name", flat=True)
    return [(name, name) for name in names[:200]]


def _companies(workspace: Workspace, chosen: str) -> list[tuple[str, str]]:
    """The newest ones, and the one that is chosen; the others are found by searching for their name."""
    rows = Company.objects.of(workspace)
    found = list(rows.order_by("-pk").values_list("public_id", "name")[:20])
    if chosen and chosen not in dict(found):
        found += rows.filter(public_id=chosen).values_list("public_id", "name")
    return found


def _lists(workspace: Workspace) -> list[tuple[str, str]]:
    return list(ContactList.objects.of(workspace).order_by("name").values_list("public_id", "name")[:200])


def _runs(workspace: Workspace, chosen: str) -> list[tuple[str, str]]:
    """The newest ones that were not undone, and the one that is chosen."""
    rows = ImportRun.objects.of(workspace).exclude(started_at=None)
    found = list(rows.exclude(state=ImportRun.State.UNDONE).order_by("-pk").values_list("public_id", "filename")[:20])
    if chosen and chosen not in dict(found):
        found += rows.filter(public_id=chosen).values_list("public_id", "filename")
    return found
