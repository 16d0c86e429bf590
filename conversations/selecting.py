"""Which conversations a list shows: the ids of a page, by whichever of three ways is short.

- Along the list, looking at each row until a page is full: for filters that let many rows pass.
- Through the cells that pass, each of which an index holds in the list's order: for filters that let few pass.
- Through the rows of the companies, people or excluded contacts that are asked for: those are few by nature.

The counts by cell say how many rows pass, so the choice is arithmetic, and an empty answer needs no search. The first two
read an index alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from conversations import cells
from conversations.facets import Cube, barred
from conversations.filters import NONE, RANKS, Filters
from intent import vocabulary as intent
from workspaces.models import Workspace

ALONG_LIMIT: Final = 1_500
"""Rows that may be looked at along the list for a page, by expectation; beyond that the cells are quicker."""


FEW: Final = 20_000
"""Rows of a tag that are looked at one by one; of more, a page is found along the list."""

ALL_INTENTS: Final = len(intent.Status)
"""With all of them a condition on them would only keep the planner from other indexes."""

NEAR: Final = 5_000
"""Rows of the list that are looked at for a score before its cells are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in a list: its rank in the order, its last activity, its id."""

    rank: int
    at: datetime
    pk: int


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of a list that is wanted: what comes after a place, or down to one; `size` rows at most."""

    size: int
    after: Place | None = None
    through: Place | None = None


Statement = tuple[str, list[Any]]
"""SQL that gives (rank, last_at, id) of rows in the list's order, and its values."""


def page(workspace: Workspace, filters: Filters, cube: Cube, span: Span) -> list[Place]:
    """Where the rows of a stretch stand."""
    found = statement(workspace, filters, cube, span)
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*found)
        return [Place(*row) for row in cursor]


def statement(workspace: Workspace, filters: Filters, cube: Cube, span: Span, *, everything: int = 0) -> Statement | None:
    """What selects a stretch; None where nothing passes. `cube` counts what the filters' campaigns, companies, people or
    days hold where that is known, else all of the workspace, whose rows are `everything` where the caller knows it."""
    matching = cube.matching(filters.allowed)
    total = sum(matching.values())
    if not total:
        return None
    few = (filters.tags or filters.score != (None, None)) and sum(cube.counts.values()) <= FEW
    if few or few_by_nature(filters):
        return _among_few(workspace, filters, matching, span)
    looked_at = everything if filters.campaigns else sum(cube.counts.values())
    expected = span.size * looked_at / total
    if filters.sort != "newest" or not looked_at or expected > ALONG_LIMIT:
        return _through_cells(workspace, filters, matching, span)
    if filters.score != (None, None) or filters.campaigns:  # how common a score is, or how old a campaign, no count says
        return _near_or_through_cells(workspace, filters, matching, span)
    return _along(workspace, filters, span)


def few_by_nature(filters: Filters) -> bool:
    named = (filters.companies, filters.assignees)
    return filters.record == "excluded" or any(one and NONE not in one for one in named)


def _along(workspace: Workspace, filters: Filters, span: Span) -> Statement:
    where, values = conditions(workspace, filters)
    if span.after:
        where.append("(c.last_at, c.id) < (%s, %s)")
        values += [span.after.at, span.after.pk]
    if span.through:
        where.append("(c.last_at, c.id) >= (%s, %s)")
        values += [span.through.at, span.through.pk]
    sql = f"""
        SELECT 0 AS rank, c.last_at, c.id FROM conversations_conversation c WHERE {" AND ".join(where)}
        ORDER BY c.last_at DESC, c.id DESC LIMIT %s
    """  # noqa: S608  our own words; values are passed apart
    return sql, [*values, span.size]


def _near_or_through_cells(workspace: Workspace, filters: Filters, matching: dict[int, int], span: Span) -> Statement:
    """A stretch of the list first, and the cells if that fills no page."""
    where, values = conditions(workspace, filters)
    bounds, limits = _bounds(span)
    bounds = [bound.replace("k.rank", "0") for bound in bounds]
    other, other_values = _through_cells(workspace, filters, matching, span)
    sql = f"""
        WITH near AS MATERIALIZED (
            SELECT 0 AS rank, c.last_at, c.id FROM (
                SELECT workspace_id, last_at, id, cell, campaign_id, company_id, assignee_id, intent_score
                FROM conversations_conversation c WHERE {" AND ".join(["c.workspace_id = %s", *bounds])}
                ORDER BY c.last_at DESC, c.id DESC LIMIT {NEAR}
            ) c WHERE {" AND ".join(where)} ORDER BY c.last_at DESC, c.id DESC LIMIT %s
        )
        SELECT rank, last_at, id FROM near WHERE (SELECT count(*) FROM near) = %s
        UNION ALL
        SELECT rank, last_at, id FROM ({other}) other WHERE (SELECT count(*) FROM near) < %s
    """  # noqa: S608  our own words; values are passed apart
    return sql, [workspace.pk, *limits, *values, span.size, span.size, *other_values, span.size]


_FOLLOWS: Final = """(c.last_at, c.id) < (
    CASE WHEN k.rank > %s THEN 'infinity'::timestamptz ELSE %s END, CASE WHEN k.rank > %s THEN 0 ELSE %s END)"""
_REACHES: Final = """(c.last_at, c.id) >= (
    CASE WHEN k.rank < %s THEN '-infinity'::timestamptz ELSE %s END, CASE WHEN k.rank < %s THEN 0 ELSE %s END)"""


def _bounds(span: Span) -> tuple[list[str], list[Any]]:
    """A span in an order that begins with a rank; written so that an index can be entered by it."""
    where: list[str] = []
    values: list[Any] = []
    for place, condition in ((span.after, _FOLLOWS), (span.through, _REACHES)):
        if place:
            where.append(condition)
            values += [place.rank, place.at, place.rank, place.pk]
    return where, values


def _through_cells(workspace: Workspace, filters: Filters, matching: dict[int, int], span: Span) -> Statement:
    ranked = _needed(matching, filters, span)
    where, values = _columns(workspace, filters)
    bounds, limits = _bounds(span)
    sql = f"""
        SELECT k.rank, p.last_at, p.id
        FROM unnest(%s::int[], %s::int[]) AS k(rank, cell)
        CROSS JOIN LATERAL (
            SELECT c.last_at, c.id FROM conversations_conversation c
            WHERE {" AND ".join(["c.workspace_id = %s", "c.cell = k.cell", *where, *bounds])}
            ORDER BY c.last_at DESC, c.id DESC LIMIT %s
        ) p
        ORDER BY k.rank, p.last_at DESC, p.id DESC LIMIT %s
    """  # noqa: S608  our own words; values are passed apart
    ranks, codes = [rank for rank, _ in ranked], [cell for _, cell in ranked]
    return sql, [ranks, codes, workspace.pk, *values, *limits, span.size, span.size]


def _needed(matching: dict[int, int], filters: Filters, span: Span) -> list[tuple[int, int]]:
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


def _among_few(workspace: Workspace, filters: Filters, matching: dict[int, int], span: Span) -> Statement:
    where, values = _columns(workspace, filters)
    bounds, limits = _bounds(span)
    rank_of = RANKS[filters.sort]
    first = span.after.rank if span.after else -1
    last = span.through.rank if span.through else max(map(rank_of, matching))
    wanted = [cell for cell in matching if first <= rank_of(cell) <= last]
    intents = sorted({cells.DIMENSIONS["intent"].read(cell) for cell in wanted})
    if filters.score != (None, None) and len(intents) < ALL_INTENTS:
        where.append("c.intent_status = ANY(%s)")
        values.append(intents)
    sql = f"""
        WITH few AS MATERIALIZED (
            SELECT c.cell, c.last_at, c.id FROM conversations_conversation c
            WHERE {" AND ".join(["c.workspace_id = %s", *where])}
        )
        SELECT k.rank, c.last_at, c.id FROM few c JOIN unnest(%s::int[], %s::int[]) AS k(rank, cell) USING (cell)
        {"WHERE " + " AND ".join(bounds) if bounds else ""}
        ORDER BY k.rank, c.last_at DESC, c.id DESC LIMIT %s
    """  # noqa: S608  our own words; values are passed apart
    return sql, [workspace.pk, *values, [rank_of(cell) for cell in wanted], wanted, *limits, span.size]


def count(workspace: Workspace, filters: Filters, cube: Cube, *, most: int) -> int:
    """How many rows a list has: exact where only cells and campaigns narrow it, else counted, up to `most`."""
    matching = cube.matching(filters.allowed)
    total = sum(matching.values())
    if filters.exact or not total:
        return total
    where, values = conditions(workspace, filters)
    if total <= FEW:
        where, values = _in_cells(workspace, filters, matching)
    return _count("SELECT 1 FROM conversations_conversation c", where, values, most)


def at_least(workspace: Workspace, filters: Filters, cube: Cube, *, most: int) -> tuple[int, bool]:
    """The same in bearable time: (rows, whether there may be more). Where many rows may pass, the newest NEAR are counted."""
    matching = cube.matching(filters.allowed)
    if few_by_nature(filters) or filters.exact or sum(matching.values()) <= FEW:
        found = count(workspace, filters, cube, most=most + 1)
        return min(found, most), found > most
    where, values = conditions(workspace, filters)
    near = f"""SELECT 1 FROM (
        SELECT workspace_id, last_at, id, cell, campaign_id, company_id, assignee_id, intent_score FROM conversations_conversation
        WHERE workspace_id = %s ORDER BY last_at DESC, id DESC LIMIT {NEAR}
    ) c"""  # noqa: S608  our own words
    return min(most, _count(near, where, [workspace.pk, *values], most)), True


def _in_cells(workspace: Workspace, filters: Filters, matching: dict[int, int]) -> tuple[list[str], list[Any]]:
    where, values = _columns(workspace, filters)
    return ["c.workspace_id = %s", "c.cell = ANY(%s)", *where], [workspace.pk, list(matching), *values]


def _count(rows: str, where: list[str], values: list[Any], most: int) -> int:
    sql = f"SELECT count(*) FROM ({rows} WHERE {' AND '.join(where)} LIMIT %s) found"  # noqa: S608  our own words
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, most])
        return int(cursor.fetchone()[0])


_SCORED: Final = """
SELECT i FROM unnest(%s::text[]) i WHERE EXISTS (
    SELECT 1 FROM conversations_conversation c
    WHERE c.workspace_id = %s AND c.intent_status = i AND c.intent_score BETWEEN %s AND %s
)"""


def intents_of(workspace: Workspace, filters: Filters, cube: Cube) -> list[str]:
    """The intents that rows of the filters can have: of those that the counts allow, the ones with such scores at all."""
    allowed = sorted({cells.DIMENSIONS["intent"].read(cell) for cell in cube.matching(filters.allowed)})
    low, high = filters.score
    with connection.cursor() as cursor:
        cursor.execute(_SCORED, [allowed, workspace.pk, 0 if low is None else low, 100 if high is None else high])
        return [row[0] for row in cursor]


def with_intents(cube: Cube, intents: Sequence[str]) -> Cube:
    mask, codes = cells.DIMENSIONS["intent"].mask, {cells.DIMENSIONS["intent"].code(one) for one in intents}
    return Cube({cell: n for cell, n in cube.counts.items() if cell & mask in codes})


def cells_of(workspace: Workspace, filters: Filters, *, most: int, intents: Sequence[str] | None = None) -> dict[int, int] | None:
    """{cell: rows} of what the columns leave, whatever the small dimensions but `intents` say; None when that are more than
    `most`."""
    where, values = _columns(workspace, filters)
    if intents is not None and len(intents) < ALL_INTENTS:
        where.append("c.intent_status = ANY(%s)")
        values.append(list(intents))
    sql = f"""
        SELECT cell, count(*) FROM (
            SELECT c.cell FROM conversations_conversation c
            WHERE {" AND ".join(["c.workspace_id = %s", *where])} LIMIT %s
        ) found GROUP BY cell
    """  # noqa: S608  our own words; values are passed apart
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace.pk, *values, most + 1])
        found = dict(cursor.fetchall())
    return found if sum(found.values()) <= most else None


def conditions(workspace: Workspace, filters: Filters) -> tuple[list[str], list[Any]]:
    """All that narrows a list, as conditions on one row."""
    where, values = _columns(workspace, filters)
    for mask, codes in barred(filters.allowed):
        where.append("c.cell & %s <> ALL(%s)")
        values += [mask, codes]
    return ["c.workspace_id = %s", *where], [workspace.pk, *values]


def _columns(workspace: Workspace, filters: Filters) -> tuple[list[str], list[Any]]:
    """Conditions on the columns that are in no cell."""
    where: list[str] = []
    values: list[Any] = []
    for column, wanted in (
        ("c.campaign_id", filters.campaigns),
        ("c.company_id", filters.companies),
        ("c.assignee_id", filters.assignees),
    ):
        if NONE in wanted:
            where.append(f"({column} IS NULL OR {column} = ANY(%s))")
            values.append([one for one in wanted if one != NONE])
        elif wanted:
            where.append(f"{column} = ANY(%s)")
            values.append(list(wanted))
    for limit, sign in ((filters.score[0], ">="), (filters.score[1], "<=")):
        if limit is not None:
            where.append(f"c.intent_score {sign} %s")
            values.append(limit)
    for moment, sign in ((filters.since, ">="), (filters.before, "<")):
        if moment:
            where.append(f"c.last_at {sign} %s")
            values.append(moment)
    if filters.tags:
        where.append("EXISTS (SELECT 1 FROM conversations_conversationtag t WHERE t.conversation_id = c.id AND t.tag_id = ANY(%s))")
        values.append(list(filters.tags))
    if filters.record == "excluded":
        where.append(
            "(c.lead_id = ANY(ARRAY(SELECT id FROM leads_lead WHERE workspace_id = %s AND status = 'excluded'))"
            " OR c.company_id = ANY(ARRAY(SELECT id FROM leads_company WHERE workspace_id = %s AND status = 'excluded')))"
        )
        values += [workspace.pk, workspace.pk]
    return where, values
