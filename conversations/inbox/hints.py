"""Why a list is empty: how many rows it would show without one of its filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from conversations.inbox import counting, facets, selecting
from conversations.inbox.counting import Counted
from conversations.inbox.facets import Cube
from conversations.inbox.filters import NAMES, PARAMETERS, SMALL, Filters
from conversations.inbox.places import Span
from workspaces.models import Workspace

HINTED: Final = 1_000
LOOKED_AT: Final = 1_500
"""Rows that are looked at for a hint, of each stretch."""


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
    mine = facets.cube_of(workspace, filters.campaigns) if filters.campaigns else counts.whole
    cubes = {(): counts.whole, filters.campaigns: mine}
    told = counting.told(workspace, filters, counts, most=LOOKED_AT)
    others = [(f"Without {NAMES[name]}", name, filters.without(name)) for name in filters.active]
    if filters.record == "active":
        others.append(("Archived", "record", filters.with_record("archived")))
    found = []
    for title, name, left in others:
        small = name in SMALL or (name == "record" and filters.record != "excluded")
        count, more = (told.cube.total(left.allowed), False) if small and told.told else _rows(workspace, left, cubes)
        if count:
            query = filters.query(record="archived") if title == "Archived" else filters.query(**dict.fromkeys(PARAMETERS[name]))
            found.append(Hint(title, min(count, HINTED), query, more or count >= HINTED))
    return sorted(found, key=lambda hint: -hint.count)


def _rows(workspace: Workspace, filters: Filters, cubes: Mapping[tuple[int, ...], Cube]) -> tuple[int, bool]:
    """How many rows a list has, and whether there may be more: what a look at its beginning tells."""
    cube = cubes[filters.campaigns]
    if filters.exact:
        return cube.total(filters.allowed), False
    newest, everything = replace(filters, sort="newest"), sum(cubes[()].counts.values())
    page = selecting.page(workspace, newest, cube, Span(1), everything=everything, near=LOOKED_AT)
    return (page.total or 0) if page.places else 0, not page.whole
