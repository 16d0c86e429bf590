"""Which conversations a list shows: where the rows of a page stand, and how many there are, in bounded time.

- Where cells and campaigns alone narrow a list, the counts by cell say how many rows pass, and an empty answer needs no
  search. Many of them are found along the list; few through their cells, each of which an index holds in the list's order.
- Where columns narrow it too, one stretch after the other is read (`conversations.inbox.stretches`) until one is enough; the
  cells come last.

All of it is one statement, whose later parts run only where the earlier ones were not enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from django.db import connection

from conversations.inbox import chaining, conditions, stretches
from conversations.inbox.conditions import Conditions, array, joined
from conversations.inbox.counting import Counted
from conversations.inbox.filters import RANKS, Filters
from conversations.inbox.positions import Positions, Span, Statement, bounds
from conversations.inbox.stretches import Stretch
from workspaces.models import Workspace

CLOSE: Final = 4
"""Pages' worth of rows that are looked at along the list with nothing in reserve."""

NEAR: Final = 5_000
"""Rows of a stretch, which are read by an index that holds what is looked at: some two milliseconds."""

FAR: Final = 20
"""Rows of a stretch for each that is wanted, where that is more."""

SMALL: Final = 20_000
"""Rows of a workspace in which the newest ones may well be all of some days."""

ENTERING: Final = 8
"""What it costs to enter an index once more, in rows."""


def page(workspace: Workspace, filters: Filters, counts: Counted, span: Span) -> Positions:
    """Where the rows of a span stand, in the list's order."""
    found = statement(workspace, filters, counts, span)
    if not found:
        return Positions([])
    sql, values = found
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) p ORDER BY rank, last_at DESC, id DESC", values)  # noqa: S608  our own words; values are bound
        return Positions.of(cursor.fetchall())


def statement(workspace: Workspace, filters: Filters, counts: Counted, span: Span, *, glance: int = 0) -> Statement | None:
    """What selects a span; None where nothing passes. `counts` are those of `filters`.

    `glance`: so many rows of a stretch are looked at, and any that pass will do: whether there are some, and about how many.
    """
    matching = counts.cube.matching(filters.allowed)
    if not matching:
        return None
    expected = span.size * counts.everything / sum(matching.values())
    if filters.exact and filters.sort == "newest" and expected <= CLOSE * span.size:
        sql, values = _along(workspace, filters, 0, span)
        return f"SELECT *, NULL::bigint AS total, NULL::boolean AS whole FROM ({sql}) p", values  # noqa: S608  our own words; values are bound
    tried = _tried(workspace, filters, matching, span, counts, glance or NEAR)
    ranked = _needed(matching, filters, span)
    if chaining.continues(filters, tried):
        groups = [_through_cells(workspace, filters, ranked, span, further=True)]
    else:
        groups = [_group(workspace, filters, one, matching, expected, span) for one in _doubling(ranked)]
    return chaining.chained(filters, ranked, tried, groups, span, in_order=not glance)


def _tried(
    workspace: Workspace, filters: Filters, matching: Mapping[int, int], span: Span, counts: Counted, near: int
) -> list[Stretch]:
    """The stretches that may hold a page, or all there is."""
    expected = span.size * counts.everything / sum(matching.values())
    newest = filters.sort == "newest"
    begin = bounds(span, "0") if newest else conditions.NONE_AT_ALL
    if not filters.exact:
        near = max(near, min(int(2 * expected), FAR * span.size))
        promising = expected <= near if newest else counts.everything <= SMALL
        near, limit = (near if promising else 0), near
        return stretches.worth_reading(workspace, filters, matching, counts.scored, begin=begin, near=near, limit=limit)
    if newest and expected <= min(NEAR, _cost(matching, matching, span)):
        return [stretches.newest(workspace, filters, begin, int(2 * expected))]
    return []


def _needed(matching: Mapping[int, int], filters: Filters, span: Span) -> list[tuple[int, int]]:
    """(rank, cell) a page can come from. Ranks before the page are done with; where counts are exact, those that fill it
    are known, and no later one is looked at."""
    rank_of = RANKS[filters.sort]
    ranked = sorted((rank_of(cell), cell) for cell in matching)
    if span.through:
        return [(rank, cell) for rank, cell in ranked if rank <= span.through.rank]
    first = span.after.rank if span.after else ranked[0][0] - 1
    found: list[tuple[int, int]] = []
    rows, last = 0, first
    for rank, cell in ranked:
        if rank < first:
            continue
        if filters.exact and rows >= span.size and rank != last:
            break
        found.append((rank, cell))
        rows += matching[cell] if rank > first else 0
        last = rank
    return found


def _doubling(ranked: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The ranks in groups of one, one, two, four, …: a page is most likely full with the first."""
    ranks = [list(cells) for _, cells in groupby(ranked, key=lambda one: one[0])]
    size, start = 1, 0
    while start < len(ranks):
        yield [one for cells in ranks[start : start + size] for one in cells]
        size, start = max(1, start + size), start + size


def _group(
    workspace: Workspace,
    filters: Filters,
    ranked: list[tuple[int, int]],
    matching: Mapping[int, int],
    expected: float,
    span: Span,
) -> Statement:
    """The rows of some ranks: along the list where it is one that many rows have, else through its cells."""
    cells, ranks = [cell for _, cell in ranked], {rank for rank, _ in ranked}
    share = sum(matching[cell] for cell in cells) / sum(matching.values())
    if filters.sort != "newest" and len(ranks) == 1 and expected / share <= min(NEAR, _cost(cells, matching, span)):
        return _along(workspace, filters, min(ranks), span, cells)
    return _through_cells(workspace, filters, ranked, span)


def _cost(cells: Sequence[int] | Mapping[int, int], matching: Mapping[int, int], span: Span) -> int:
    """Rows that are read through cells, where nothing else narrows them."""
    return sum(min(matching[cell], span.size) + ENTERING for cell in cells)


def _along(workspace: Workspace, filters: Filters, rank: int, span: Span, cells: Sequence[int] = ()) -> Statement:
    """Down the list from its newest row, until a page is full; `cells` in place of what the filters say of them."""
    mine: Conditions = conditions.all_of(workspace, filters)
    if cells:  # adding nothing keeps the planner from entering the index of cells
        mine = joined(
            (["c.workspace_id = %s", "(c.cell + 0) = ANY(%s::int[])"], [workspace.pk, array(cells)]), conditions.columns(filters)
        )
    where, values = joined(mine, bounds(span, str(rank)))
    sql = f"""SELECT {rank} AS rank, c.last_at, c.id FROM conversations_conversation c WHERE {" AND ".join(where)}
        ORDER BY c.last_at DESC, c.id DESC LIMIT %s"""  # noqa: S608  our own words; values are bound
    return sql, [*values, span.size]


def _through_cells(
    workspace: Workspace, filters: Filters, ranked: list[tuple[int, int]], span: Span, *, further: bool = False
) -> Statement:
    """`further`: only what the first stretch has not reached."""
    mine: Conditions = ["c.workspace_id = %s", "c.cell = k.cell"], [workspace.pk]
    where, values = joined(mine, conditions.columns(filters), bounds(span, "k.rank"))
    where += [chaining.OLDER] if further else []
    size = chaining.MISSING.format(size=span.size) if further else str(span.size)
    sql = f"""SELECT k.rank, p.last_at, p.id
        FROM unnest(%s::int[], %s::int[]) AS k(rank, cell)
        CROSS JOIN LATERAL (
            SELECT c.last_at, c.id FROM conversations_conversation c WHERE {" AND ".join(where)}
            ORDER BY c.last_at DESC, c.id DESC LIMIT {size}
        ) p"""  # noqa: S608  our own words; values are bound
    return sql, [array(rank for rank, _ in ranked), array(cell for _, cell in ranked), *values]
