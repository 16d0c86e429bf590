"""Stretches: a bounded number of rows that a narrowed list may be found in, each read by an index of its own.

A stretch that ends before its limit was read whole, and what passes among its rows is all there is. One that is read in
the list's own order is enough, too, where a page of its rows passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from conversations import cells
from conversations.inbox import conditions
from conversations.inbox.conditions import Conditions, array, joined
from conversations.inbox.filters import NONE, Filters
from workspaces.models import Workspace

SCORED: Final = 4_000
"""Rows of a range of scores, whose index is in no list's order: so few are read whole."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that `where` finds, `limit` of them at most. `ordered`: the newest ones, so that they begin the list."""

    where: Conditions
    limit: int
    ordered: bool = False

    def sql(self, gate: str = "TRUE") -> tuple[str, list[Any]]:
        """Their columns that are in every index of a list; none at all unless `gate` holds."""
        where, values = self.where
        order = "ORDER BY c.last_at DESC, c.id DESC" if self.ordered else ""
        sql = f"""SELECT c.id, c.cell, c.last_at, c.campaign_id, c.company_id, c.assignee_id, c.intent_score
            FROM conversations_conversation c WHERE {" AND ".join([gate, *where])} {order} LIMIT %s"""  # noqa: S608  our own words; values are bound
        return sql, [*values, self.limit]


def worth_reading(
    workspace: Workspace,
    filters: Filters,
    matching: Mapping[int, int],
    scored: Mapping[str, int],
    *,
    begin: Conditions,
    near: int,
    limit: int,
) -> list[Stretch]:
    """The one that most likely is short, else the newest `near` rows of the list; none where neither is.

    `matching` {cell: rows}: the cells that pass, with what they hold at most. `scored` {intent: rows with the filters' scores}.
    `begin`: where the newest ones begin and end.
    """
    mine: Conditions = ["c.workspace_id = %s"], [workspace.pk]
    if found := _named(filters):
        return [Stretch(joined(mine, found, begin), limit, ordered=True)]
    if filters.tags:
        return [Stretch(joined(mine, _tagged(filters, limit)), limit)]
    if sum(matching.values()) <= limit:
        in_cells: Conditions = ["c.cell = ANY(%s::int[])"], [array(matching)]
        return [Stretch(joined(mine, in_cells, conditions.columns(filters)), 2 * limit)]
    intents = sorted({cells.DIMENSIONS["intent"].read(cell) for cell in matching})
    if filters.score != (None, None) and sum(scored.get(one, SCORED + 1) for one in intents) <= SCORED:
        of_intents: Conditions = ["c.intent_status = ANY(%s)"], [intents]
        return [Stretch(joined(mine, of_intents, conditions.score(filters)), 2 * SCORED)]
    return [newest(workspace, filters, begin, near)] if near else []


def newest(workspace: Workspace, filters: Filters, begin: Conditions, limit: int) -> Stretch:
    mine: Conditions = ["c.workspace_id = %s"], [workspace.pk]
    return Stretch(joined(mine, conditions.days(filters), begin), limit, ordered=True)


def _named(filters: Filters) -> Conditions | None:
    """The rows of a firm, of excluded contacts or of a colleague: they are few by nature."""
    beside = conditions.uncovered(filters)
    if filters.companies and NONE not in filters.companies:
        return joined(conditions.one_of("c.company_id", filters.companies), beside)
    if filters.record == "excluded":
        return beside
    if filters.assignees and NONE not in filters.assignees:
        return joined(conditions.one_of("c.assignee_id", filters.assignees), beside)
    return None


def _tagged(filters: Filters, limit: int) -> Conditions:
    """A conversation may carry several of the tags."""
    ids = "c.id = ANY(ARRAY(SELECT conversation_id FROM conversations_conversationtag WHERE tag_id = ANY(%s) LIMIT %s))"
    return [ids], [list(filters.tags), limit * len(filters.tags)]
