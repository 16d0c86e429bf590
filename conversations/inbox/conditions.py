"""What narrows a list, as conditions on a conversation `c`; their values are passed apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from conversations.inbox.facets import barred
from conversations.inbox.filters import NONE, Filters
from workspaces.models import Workspace

Conditions = tuple[list[str], list[Any]]
"""Conditions that hold together, and their values in order."""

NONE_AT_ALL: Final[Conditions] = [], []

_TAGGED: Final = "EXISTS (SELECT 1 FROM conversations_conversationtag t WHERE t.conversation_id = c.id AND t.tag_id = ANY(%s))"


def all_of(workspace: Workspace, filters: Filters) -> Conditions:
    """All that narrows a list."""
    cells: Conditions = [], []
    for mask, codes in barred(filters.allowed):
        cells = joined(cells, (["c.cell & %s <> ALL(%s)"], [mask, codes]))
    return joined((["c.workspace_id = %s"], [workspace.pk]), columns(filters), cells)


def columns(filters: Filters) -> Conditions:
    """What is in no cell."""
    return joined(covered(filters), uncovered(filters))


def covered(filters: Filters) -> Conditions:
    """What is in no cell but in the indexes of a list: it is looked at without fetching the row."""
    named = [
        ("c.campaign_id", filters.campaigns),
        ("c.company_id", filters.companies),
        ("c.assignee_id", filters.assignees),
    ]
    return joined(*[one_of(column, wanted) for column, wanted in named], score(filters), days(filters))


def uncovered(filters: Filters) -> Conditions:
    tagged: Conditions = ([_TAGGED], [list(filters.tags)]) if filters.tags else ([], [])
    return joined(tagged, (["c.excluded"], []) if filters.record == "excluded" else ([], []))


def one_of(column: str, wanted: tuple[int, ...]) -> Conditions:
    if NONE in wanted:
        return [f"({column} IS NULL OR {column} = ANY(%s))"], [[one for one in wanted if one != NONE]]
    if len(wanted) == 1:  # an index that begins with it gives its rows in the list's order: a page of them is enough
        return [f"{column} = %s"], list(wanted)
    return ([f"{column} = ANY(%s)"], [list(wanted)]) if wanted else ([], [])


def score(filters: Filters) -> Conditions:
    found = [(sign, limit) for limit, sign in zip(filters.score, (">=", "<="), strict=True) if limit is not None]
    return [f"c.intent_score {sign} %s" for sign, _ in found], [limit for _, limit in found]


def days(filters: Filters) -> Conditions:
    found = [(sign, moment) for moment, sign in ((filters.since, ">="), (filters.before, "<")) if moment]
    return [f"c.last_at {sign} %s" for sign, _ in found], [moment for _, moment in found]


def array(numbers: Iterable[int]) -> str:
    """For `%s::int[]`: the cells of a list are hundreds, and a text is written at once."""
    return "{" + ",".join(map(str, numbers)) + "}"


def joined(*parts: Conditions) -> Conditions:
    return [one for where, _ in parts for one in where], [one for _, values in parts for one in values]
