"""The counts that stand beside a list: of the whole workspace, and of what its filters leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import connection

from conversations.inbox import conditions, facets, stretches
from conversations.inbox.conditions import NONE_AT_ALL
from conversations.inbox.facets import Cube
from conversations.inbox.filters import Filters
from conversations.inbox.whole import whole_of
from intent import vocabulary as intent
from workspaces.models import User, Workspace

MOST_COUNTED: Final = 20_000
"""Rows that are counted one by one for the menus, where no cell tells them apart; beyond that no numbers are shown."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`whole` counts the workspace, `of_campaigns` what the filters' campaigns leave of it, and `cube` what their scores leave
    of that, or more columns where that is `told`.

    `told`: whether `cube` counts exactly what other values of the small filters would show, so that its numbers may stand
    beside them. `scored` {intent: rows that have the filters' scores, counted no further than a little beyond
    `stretches.SCORED`}, where they name scores; intents that they leave out are absent.
    """

    whole: Cube
    cube: Cube
    told: bool
    of_campaigns: Cube
    scored: Mapping[str, int] = field(default_factory=dict)

    @property
    def everything(self) -> int:
        """How many conversations `whole` counts."""
        return sum(self.whole.counts.values())

    def beginning(self, filters: Filters) -> Cube:
        """What `cube` begins with for other filters than its own, with the same campaigns and scores or without them."""
        cube = self.of_campaigns if filters.campaigns else self.whole
        if filters.score == (None, None):
            return cube
        return facets.with_intents(cube, [one for one in intent.Status.values if self.scored.get(one, 1)])


def counted(workspace: Workspace, filters: Filters, user: User) -> Counted:
    """What a page is chosen by. One query, one more for campaigns, and one for scores."""
    whole = whole_of(workspace, user).cube
    of_campaigns = facets.cube_of(workspace, filters.campaigns) if filters.campaigns else whole
    counts = Counted(whole, of_campaigns, filters.exact, of_campaigns, _scored(workspace, filters))
    return replace(counts, cube=counts.beginning(filters))


def told(workspace: Workspace, filters: Filters, counts: Counted, *, most: int = MOST_COUNTED) -> Counted:
    """The same, with the numbers beside the values wherever `most` rows or fewer have to be looked at for them."""
    if counts.told or not counts.cube.counts:
        return counts
    cells = counts.cube.counts
    (stretch,) = stretches.worth_reading(workspace, filters, cells, counts.scored, begin=NONE_AT_ALL, near=most, limit=most)
    rows, own = stretch.sql()
    where, values = conditions.covered(filters)
    sql = f"""WITH looked_at AS MATERIALIZED ({rows})
        SELECT cell, count(*), count(*) FILTER (WHERE {" AND ".join(where or ["TRUE"])}) FROM looked_at c GROUP BY cell"""  # noqa: S608  our own words; values are bound
    with connection.cursor() as cursor:
        cursor.execute(sql, [*own, *values])
        found = cursor.fetchall()
    if sum(looked_at for _, looked_at, _ in found) >= stretch.limit:
        return counts
    return replace(counts, cube=Cube({cell: n for cell, _, n in found if n}), told=True)


_SCORED: Final = """
SELECT i, (SELECT count(*) FROM (
    SELECT 1 FROM conversations_conversation c
    WHERE c.workspace_id = %s AND c.intent_status = i AND c.intent_score BETWEEN %s AND %s LIMIT %s
) few) FROM unnest(%s::text[]) i"""


def _scored(workspace: Workspace, filters: Filters) -> dict[str, int]:
    if filters.score == (None, None):
        return {}
    intents = sorted(filters.allowed["intent"])
    low, high = filters.score
    scores = [0 if low is None else low, 100 if high is None else high]
    with connection.cursor() as cursor:
        cursor.execute(_SCORED, [workspace.pk, *scores, stretches.SCORED + 1, intents])
        return dict(cursor.fetchall())
