"""One statement out of several ways to the rows of a list: each runs only where those before it were not enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from conversations.inbox import conditions
from conversations.inbox.conditions import array, joined
from conversations.inbox.filters import Filters
from conversations.inbox.positions import Span, Statement, bounds
from conversations.inbox.stretches import Stretch

Part = tuple[str, list[Any], str]
"""Named subqueries with their values, and the query that reads them."""


def chained(
    filters: Filters,
    ranked: Sequence[tuple[int, int]],
    tried: Sequence[Stretch],
    groups: Sequence[Statement],
    span: Span,
    *,
    in_order: bool = True,
) -> Statement:
    """The first stretch that is enough, else one group after the other until they fill a page. `ranked`: (rank, cell).

    `in_order`: a stretch that is not the list's beginning is enough only where it was read whole.
    """
    # grouped, though each cell is there once: else the planner knows nothing of cells, and sorts thousands of rows to join them
    ranks = (
        "ranks AS MATERIALIZED (SELECT min(rank) AS rank, cell FROM unnest(%s::int[], %s::int[]) AS k(rank, cell) GROUP BY cell)"
    )
    parts: list[Part] = [(ranks, [array(rank for rank, _ in ranked), array(cell for _, cell in ranked)], "")]
    newest = filters.sort == "newest"
    parts += [_stretch(n, one, filters, span, ends=not in_order or (one.ordered and newest)) for n, one in enumerate(tried)]
    if continues(filters, tried):
        oldest = "oldest AS MATERIALIZED (SELECT last_at, id FROM rows0 ORDER BY last_at, id LIMIT 1)"
        parts.append((oldest, [], f"SELECT p.*, NULL::bigint, FALSE FROM passing0 p WHERE {_not_enough(len(tried))}"))  # noqa: S608  our own words; values are bound
    parts += [_group(n, one, filters, len(tried), span) for n, one in enumerate(groups)]
    sql = f"""WITH {", ".join(named for named, _, _ in parts if named)}
        SELECT * FROM ({" UNION ALL ".join(answer for _, _, answer in parts if answer)}) AS p(rank, last_at, id, total, whole)
        ORDER BY rank, last_at DESC, id DESC LIMIT {span.size}"""  # noqa: S608  our own words; values are bound
    return sql, [value for _, values, _ in parts for value in values]


def continues(filters: Filters, tried: Sequence[Stretch]) -> bool:
    """Whether the first stretch begins the list, so that a page it does not fill is filled from what is older."""
    return filters.sort == "newest" and bool(tried) and tried[0].ordered


SOME: Final = 8
"""Where this share of a page was found among the newest rows, the rest is near, and no other stretch is read before the cells."""

OLDER: Final = "(c.last_at, c.id) < ((SELECT last_at FROM oldest), (SELECT id FROM oldest))"
"""What the first stretch did not reach, and ..."""

MISSING: Final = "(SELECT {size} - found FROM enough0)"
"""... how many rows of it a page wants."""


def _stretch(n: int, one: Stretch, filters: Filters, span: Span, *, ends: bool) -> Part:
    """`enough` says that no later way has to run, because this one or one before it did. `ends`: a page of rows is enough."""
    promising = f"{_not_enough(n)} AND (SELECT found * {SOME} < {span.size} FROM enough{n - 1})" if n else "TRUE"  # noqa: S608  our own words; values are bound
    rows, own = one.sql(promising)
    where, values = joined(conditions.covered(filters), bounds(span, "k.rank"))
    filled = f"OR found >= {span.size}" if ends else ""
    named = f"""rows{n} AS MATERIALIZED ({rows}), passing{n} AS MATERIALIZED (
            SELECT k.rank, c.last_at, c.id FROM rows{n} c JOIN ranks k USING (cell) WHERE {" AND ".join(where or ["TRUE"])}
        ), enough{n} AS MATERIALIZED (
            SELECT found, whole, NOT {_not_enough(n)} OR {promising} AND (whole {filled}) AS enough FROM (
                SELECT (SELECT count(*) FROM passing{n}) AS found, (SELECT count(*) FROM rows{n}) < {one.limit} AS whole
                OFFSET 0  -- or each is counted as often as it is named
            ) counted
        )"""  # noqa: S608  our own words; values are bound
    return named, [*own, *values], f"SELECT p.*, e.found, e.whole FROM passing{n} p, enough{n} e WHERE e.enough"  # noqa: S608  our own words; values are bound


def _group(n: int, one: Statement, filters: Filters, tried: int, span: Span) -> Part:
    sql, values = one
    before = " + ".join(f"(SELECT count(*) FROM group{earlier})" for earlier in range(n)) or "0"  # noqa: S608  our own words; values are bound
    named = f"""group{n} AS MATERIALIZED (
            SELECT *, count(*) OVER () AS found FROM ({sql}) g WHERE {before} < {span.size} AND {_not_enough(tried)}
            ORDER BY rank, last_at DESC, id DESC LIMIT {span.size}
        )"""  # noqa: S608  our own words; values are bound
    known = ", ".join(["found", *(f"(SELECT found FROM enough{stretch})" for stretch in range(tried))])  # noqa: S608  our own words; values are bound
    total = "NULL::bigint" if filters.exact else f"greatest({known})"
    return named, values, f"SELECT rank, last_at, id, {total}, FALSE FROM group{n}"  # noqa: S608  our own words; values are bound


def _not_enough(n: int) -> str:
    """Whether the `n` stretches before were not enough."""
    return f"(SELECT NOT enough FROM enough{n - 1})" if n else "TRUE"  # noqa: S608  our own words; values are bound
