"""One statement out of several ways to the rows of a list: each runs only where those before it were not enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conversations import conditions
from conversations.conditions import joined
from conversations.filters import Filters
from conversations.places import Span, Statement, bounds
from conversations.stretches import Stretch

Part = tuple[str, list[Any], str]
"""Named subqueries with their values, and the query that reads them."""


def chained(
    filters: Filters, ranked: Sequence[tuple[int, int]], tried: Sequence[Stretch], groups: Sequence[Statement], span: Span
) -> Statement:
    """The first stretch that is enough, else one group after the other until they fill a page. `ranked`: (rank, cell)."""
    ranks = "ranks AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::int[]) AS k(rank, cell))"
    parts: list[Part] = [(ranks, [[rank for rank, _ in ranked], [cell for _, cell in ranked]], "")]
    parts += [_stretch(n, one, filters, span) for n, one in enumerate(tried)]
    parts += [_group(n, one, filters, len(tried), span) for n, one in enumerate(groups)]
    sql = f"""WITH {", ".join(named for named, _, _ in parts)}
        SELECT * FROM ({" UNION ALL ".join(answer for _, _, answer in parts if answer)}) AS p(rank, last_at, id, total, whole)
        ORDER BY rank, last_at DESC, id DESC LIMIT {span.size}"""  # noqa: S608  our own words and numbers, here and below
    return sql, [value for _, values, _ in parts for value in values]


def _stretch(n: int, one: Stretch, filters: Filters, span: Span) -> Part:
    """`enough` says that no later way has to run; so does a stretch that was not read because one before it was enough."""
    rows, own = one.sql(_not_enough(n))
    where, values = joined(conditions.covered(filters), bounds(span, "k.rank"))
    filled = f"OR found >= {span.size}" if one.ordered and filters.sort == "newest" else ""
    named = f"""rows{n} AS MATERIALIZED ({rows}), passing{n} AS MATERIALIZED (
            SELECT k.rank, c.last_at, c.id FROM rows{n} c JOIN ranks k USING (cell) WHERE {" AND ".join(where or ["TRUE"])}
        ), enough{n} AS MATERIALIZED (
            SELECT found, whole, whole {filled} AS enough FROM (
                SELECT (SELECT count(*) FROM passing{n}) AS found, (SELECT count(*) FROM rows{n}) < {one.limit} AS whole
            ) counted
        )"""  # noqa: S608
    return named, [*own, *values], f"SELECT p.*, e.found, e.whole FROM passing{n} p, enough{n} e WHERE e.enough"  # noqa: S608


def _group(n: int, one: Statement, filters: Filters, tried: int, span: Span) -> Part:
    sql, values = one
    before = " + ".join(f"(SELECT count(*) FROM group{earlier})" for earlier in range(n)) or "0"  # noqa: S608
    named = f"""group{n} AS MATERIALIZED (
            SELECT *, count(*) OVER () AS found FROM ({sql}) g WHERE {before} < {span.size} AND {_not_enough(tried)}
            ORDER BY rank, last_at DESC, id DESC LIMIT {span.size}
        )"""  # noqa: S608
    least = f"greatest(found, (SELECT found FROM enough{tried - 1}))" if tried else "found"  # noqa: S608
    total = "NULL::bigint" if filters.exact else least
    return named, values, f"SELECT rank, last_at, id, {total}, FALSE FROM group{n}"  # noqa: S608


def _not_enough(n: int) -> str:
    """Whether the `n` stretches before were not enough."""
    return f"(SELECT NOT enough FROM enough{n - 1})" if n else "TRUE"  # noqa: S608
