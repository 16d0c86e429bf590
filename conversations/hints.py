"""Why a list is empty: how many rows it would show without one of its filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conversations import counting, facets, selecting
from conversations.counting import Counted
from conversations.filters import NAMES, PARAMETERS, SMALL, Filters
from conversations.places import Span
from workspaces.models import Workspace

HINTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Hint:
    """What leaving one filter out would show: `count` rows, or `more`."""

    title: str
    count: int
    query: str
    more: bool = False


def hints(workspace: Workspace, filters: Filters, counts: Counted) -> list[Hint]:
    """Each filter that alone hides rows, the one that hides most first; asked only where a list is empty.

    What the small filters hide is in the counts of the list itself; leaving out a column is looked up anew.
    """
    told = counting.told(workspace, filters, counts, most=selecting.NEAR)
    others = [(f"Without {NAMES[name]}", name, filters.without(name)) for name in filters.active]
    if filters.record == "active":
        others.append(("Archived", "record", filters.with_record("archived")))
    found = []
    for title, name, left in others:
        small = name in SMALL or (name == "record" and filters.record != "excluded")
        count = told.cube.total(left.allowed) if small and told.told else _rows(workspace, left, counts)
        if count:
            query = filters.query(record="archived") if title == "Archived" else filters.query(**dict.fromkeys(PARAMETERS[name]))
            found.append(Hint(title, min(count, HINTED), query, count >= HINTED))
    return sorted(found, key=lambda hint: -hint.count)


def _rows(workspace: Workspace, filters: Filters, counts: Counted) -> int:
    """How many rows a list has, HINTED for so many or more."""
    cube = facets.cube_of(workspace, filters.campaigns) if filters.campaigns else counts.whole
    if filters.exact:
        return cube.total(filters.allowed)
    page = selecting.page(workspace, filters, cube, Span(HINTED))
    return len(page.places) if page.total is None else max(page.total, len(page.places))
