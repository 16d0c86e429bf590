"""Words in a list that is narrowed: the conversations of the list, in its order, that hold them, each with its newest message
that does.

Either the messages that hold the words are few, and their conversations are held against the filters; or the list is read
from its beginning, a page after the other, until enough of its threads hold the words or so many do not that the words must
be rarer than was thought.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from conversations.inbox import conditions, selecting
from conversations.inbox.conditions import array, joined
from conversations.inbox.counting import Counted
from conversations.inbox.filters import RANKS, Filters
from conversations.inbox.message_search import SAID, Said
from conversations.inbox.positions import Position, Span, bounds
from conversations.inbox.search_words import Estimate, Sought, estimate
from conversations.inbox.word_index import HOLDS, Asked, asked_of_index
from workspaces.models import Workspace

LARGEST: Final = 4_000
"""Conversations of the list whose threads are looked through at once."""

MOST: Final = 10_000
"""Conversations that are looked through in all, for words that the index should name many messages of."""

LARGER: Final = 4

Hits = list[tuple[Position, Said]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Up to `most` conversations of the list of `filters`, those after `start` in its order, that hold `words`."""

    workspace: Workspace
    words: Sought
    filters: Filters
    counts: Counted
    start: Position | None
    most: int


def holding(cursor: Any, wanted: Wanted) -> Hits:
    narrowed = wanted.counts.cube.total(wanted.filters.allowed)
    if not narrowed:
        return []
    known = estimate(cursor, wanted.words)
    asked = asked_of_index(wanted.words, known)
    if asked.hits <= _cost_along(narrowed, wanted, known):
        return _by_words(cursor, wanted, asked)
    along = _along(cursor, wanted, known)
    return _by_words(cursor, wanted, asked) if along is None else along


def _cost_along(narrowed: int, wanted: Wanted, known: Estimate) -> float:
    """How many messages are looked at along the list: until a page is full, or all of it."""
    each = known.everything / max(wanted.counts.everything, 1)
    return min(narrowed * each, wanted.most * known.everything / max(known.together, 1))


def _along(cursor: Any, wanted: Wanted, known: Estimate) -> Hits | None:
    """From the list's beginning; None where the words are so much rarer than the planner thinks that it was given up.

    The first page is as long as should do, each later one as what was found so far makes likely.
    """
    found: Hits = []
    start, looked_at = wanted.start, 0
    size = _of_size(wanted.most * wanted.counts.everything / max(known.together, 1), wanted)
    while looked_at < MOST:
        positions = selecting.page(wanted.workspace, wanted.filters, wanted.counts, Span(size, after=start)).each
        found += _in_threads(cursor, wanted.words, positions)
        looked_at += len(positions)
        if len(found) >= wanted.most or len(positions) < size:
            return found[: wanted.most]
        start = positions[-1]
        likely = looked_at * (wanted.most - len(found)) / len(found) if found else LARGER * size
        size = _of_size(min(likely, LARGER * size), wanted)
    return None


def _of_size(conversations: float, wanted: Wanted) -> int:
    """Somewhat more than so many, within what is read at once."""
    return min(max(int(1.25 * conversations), wanted.most), LARGEST)


_IN_THREADS: Final = f"""
SELECT k.n, h.* FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k(id, n) CROSS JOIN LATERAL (
    SELECT m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m
    WHERE m.conversation_id = k.id AND {SAID} AND {HOLDS} ORDER BY m.at DESC, m.id DESC LIMIT 1
) h ORDER BY k.n
"""  # noqa: S608  our own words; values are bound


def _in_threads(cursor: Any, sought: Sought, positions: Sequence[Position]) -> Hits:
    """Those of the positions whose threads hold the words."""
    ids = array(one.pk for one in positions)
    cursor.execute(_IN_THREADS, {"ids": ids, "words": sought.words, "parts": sought.parts})
    return [(positions[number - 1], Said(*row)) for number, *row in cursor.fetchall()]


_BY_WORDS: Final = f"""
WITH hits AS MATERIALIZED (
    SELECT DISTINCT ON (m.conversation_id) m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m
    WHERE {{named}} AND m.workspace_id = %(workspace)s AND {SAID}
    ORDER BY m.conversation_id, m.at DESC, m.id DESC
), ranks AS MATERIALIZED (SELECT * FROM unnest(%(ranks)s::int[], %(cells)s::int[]) AS k(rank, cell))
SELECT k.rank, c.last_at, h.* FROM hits h JOIN conversations_conversation c ON c.id = h.conversation_id JOIN ranks k USING (cell)
WHERE {{where}} ORDER BY k.rank, c.last_at DESC, c.id DESC LIMIT %(most)s
"""  # noqa: S608  our own words; values are bound


def _by_words(cursor: Any, wanted: Wanted, asked: Asked) -> Hits:
    """What the index of words names, held against the filters."""
    start, most = wanted.start, wanted.most
    where, narrow = joined((["TRUE"], []), conditions.columns(wanted.filters), bounds(Span(most, after=start), "k.rank"))
    number = count()
    named = re.sub("%s", lambda _: f"%(narrow{next(number)})s", " AND ".join(where))
    rank_of = RANKS[wanted.filters.sort]
    ranked = [(rank_of(cell), cell) for cell in wanted.counts.cube.matching(wanted.filters.allowed)]
    ranked = [(rank, cell) for rank, cell in ranked if not start or rank >= start.rank]  # those before are done with
    values = {
        "workspace": wanted.workspace.pk,
        "ranks": array(rank for rank, _ in ranked),
        "cells": array(cell for _, cell in ranked),
        "most": most,
        **{f"narrow{place}": value for place, value in enumerate(narrow)},
        **asked.values,
    }
    cursor.execute(_BY_WORDS.format(named=asked.condition, where=named), values)
    return [(Position(rank, at, said[2]), Said(*said)) for rank, at, *said in cursor.fetchall()]
