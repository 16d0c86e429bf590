"""Why a list is empty: how many rows it would show without one of its filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db import connection

from conversations.inbox import counting, selecting
from conversations.inbox.counting import Counted
from conversations.inbox.filters import NAMES, PARAMETERS, SMALL, Filters
from conversations.inbox.positions import Span, Statement
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

    What cells and campaigns alone narrow is in the counts; all others are looked up together, in one statement.
    """
    told = counting.told(workspace, filters, counts, most=LOOKED_AT)
    lists = [(f"Without {NAMES[name]}", name, filters.without(name)) for name in filters.active]
    if filters.record == "active":
        lists.append(("Archived", "record", filters.with_record("archived")))
    known: dict[str, tuple[int, bool]] = {}
    asked: dict[str, Statement] = {}
    for title, name, left in lists:
        of_cell = name in SMALL or (name == "record" and filters.record != "excluded")
        cube = counts.beginning(left)
        if of_cell and told.told:
            known[title] = told.cube.total(left.allowed), False
        elif left.exact:
            known[title] = cube.total(left.allowed), False
        elif statement := _glance(workspace, left, replace(counts, cube=cube)):
            asked[title] = statement
    known |= _looked_up(asked)
    found = []
    for title, name, _ in lists:
        count, more = known.get(title, (0, False))
        if count:
            query = filters.query(record="archived") if title == "Archived" else filters.query(**dict.fromkeys(PARAMETERS[name]))
            found.append(Hint(title, min(count, HINTED), query, more or count >= HINTED))
    return sorted(found, key=lambda hint: -hint.count)


def _glance(workspace: Workspace, filters: Filters, counts: Counted) -> Statement | None:
    """A look at a list, which counts what it sees."""
    return selecting.statement(workspace, replace(filters, sort="newest"), counts, Span(1), glance=LOOKED_AT)


def _looked_up(asked: Mapping[str, Statement]) -> dict[str, tuple[int, bool]]:
    """{name: (rows, whether there may be more)} of several lists. One query; none for no list."""
    if not asked:
        return {}
    parts = [f"SELECT %s AS name, total, whole FROM ({sql}) p{n}" for n, (sql, _) in enumerate(asked.values())]  # noqa: S608  our own words; values are bound
    values = [value for name, (_, own) in asked.items() for value in (name, *own)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, max(total), bool_and(whole) FROM ({' UNION ALL '.join(parts)}) lists GROUP BY name",  # noqa: S608  our own words; values are bound
            values,
        )
        return {name: (total or 0, not whole) for name, total, whole in cursor.fetchall()}
