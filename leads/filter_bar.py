"""The bar of filters above the leads table: what is set, what can be chosen, and the URL of each choice."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from leads.filters import AVAILABLE, CHECKED, NONE, STATES, LeadFilter
from leads.models import Company, ContactList, ImportRun, Label
from workspaces.models import Workspace
from workspaces.paging import with_parameter


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter of a bar, as leads/pick.html draws it: the value that is set, in words (empty where none is), the URL without it,
    and what can be chosen."""

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
    links = [(words, with_parameter(data, name, value), value == chosen) for value, words in choices]
    return Chip(name, label, shown, with_parameter(data, name, ""), links)


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
