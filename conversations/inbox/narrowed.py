"""Words in a list that is narrowed: the conversations of the list, in its order, that hold them, each with its newest message
that does.

Either the messages that hold the words are few, and their conversations are held against the filters; or the list is read
from its beginning, a page after the other, each larger than the one before, until enough of its threads hold the words or so
many do not that the words must be rarer than was thought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conversations.inbox import conditions, selecting
from conversations.inbox.bodies import HOLDS, MEMORY, SAID, Said, asked_of_index
from conversations.inbox.conditions import array, joined
from conversations.inbox.counting import Counted
from conversations.inbox.filters import RANKS, Filters
from conversations.inbox.places import Place, Span, bounds
from conversations.inbox.sought import Estimate, Sought, estimate
from workspaces.models import Workspace

LARGEST: Final = 4_000
"""Conversations of the list whose threads are looked through at once."""

MOST: Final = 10_000
"""Conversations that are looked through in all, for words that the index should name many messages of."""

LARGER: Final = 4

Hits = list[tuple[Place, Said]]


def holding(
    cursor: Any, workspace: Workspace, sought: Sought, filters: Filters, counts: Counted, start: Place | None, most: int
) -> Hits:
    """Up to `most`, those after `start` in the list. Call in a transaction of its own: it changes settings of it."""
    matching = counts.cube.matching(filters.allowed)
    if not matching:
        return []
    known = estimate(cursor, sought)
    cursor.execute("SET LOCAL work_mem = %s", [MEMORY])
    asked, hits = asked_of_index(sought, known)
    if hits <= _cost_along(sum(matching.values()), counts.everything, known, most):
        return _by_words(cursor, workspace, sought, asked, filters, matching, start, most)
    found: Hits = []
    looked_at = 0
    for places in _pages(workspace, filters, counts, start, most):
        found += _in_threads(cursor, sought, places)
        looked_at += len(places)
        if len(found) >= most:
            return found[:most]
        if looked_at >= MOST:  # the words are rarer here than the planner thinks
            return _by_words(cursor, workspace, sought, asked, filters, matching, start, most)
    return found


def _cost_along(narrowed: int, everything: int, known: Estimate, most: int) -> float:
    """How many messages are looked at along the list: until a page is full, or all of it."""
    each = known.everything / max(everything, 1)
    return min(narrowed * each, most * known.everything / max(known.together, 1))


def _pages(workspace: Workspace, filters: Filters, counts: Counted, start: Place | None, size: int) -> Iterator[list[Place]]:
    while True:
        page = selecting.page(workspace, filters, counts, Span(size, after=start))
        if page.places:
            yield list(page.places)
        if len(page.places) < size:
            return
        start, size = page.places[-1], min(LARGER * size, LARGEST)


_IN_THREADS: Final = f"""
SELECT k.n, h.* FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k(id, n) CROSS JOIN LATERAL (
    SELECT m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m
    WHERE m.conversation_id = k.id AND {SAID} AND {HOLDS} ORDER BY m.at DESC, m.id DESC LIMIT 1
) h ORDER BY k.n
"""  # noqa: S608  our own words; values are passed apart


def _in_threads(cursor: Any, sought: Sought, places: list[Place]) -> Hits:
    """Those of the places whose threads hold the words."""
    ids = array(place.pk for place in places)
    cursor.execute(_IN_THREADS, {"ids": ids, "words": sought.words, "parts": sought.parts})
    return [(places[number - 1], Said(*row)) for number, *row in cursor.fetchall()]


_BY_WORDS: Final = f"""
WITH hits AS MATERIALIZED (
    SELECT DISTINCT ON (m.conversation_id) m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m
    WHERE to_tsvector('simple', m.body) @@ to_tsquery('simple', %s) AND m.workspace_id = %s AND {SAID} {{all_words}}
    ORDER BY m.conversation_id, m.at DESC, m.id DESC
), ranks AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::int[]) AS k(rank, cell))
SELECT k.rank, c.last_at, h.* FROM hits h JOIN conversations_conversation c ON c.id = h.conversation_id JOIN ranks k USING (cell)
WHERE {{where}} ORDER BY k.rank, c.last_at DESC, c.id DESC LIMIT %s
"""  # noqa: S608


def _by_words(
    cursor: Any,
    workspace: Workspace,
    sought: Sought,
    asked: str,
    filters: Filters,
    matching: Mapping[int, int],
    start: Place | None,
    most: int,
) -> Hits:
    all_words: list[Any] = [] if asked == sought.words else [sought.parts, sought.words]
    where, narrow = joined((["TRUE"], []), conditions.columns(filters), bounds(Span(most, after=start), "k.rank"))
    ranked = [(RANKS[filters.sort](cell), cell) for cell in matching]
    ranked = [(rank, cell) for rank, cell in ranked if not start or rank >= start.rank]  # those before are done with
    ranks = [array(rank for rank, _ in ranked), array(cell for _, cell in ranked)]
    holds = f"AND {HOLDS.replace('%(parts)s', '%s').replace('%(words)s', '%s')}" if all_words else ""
    cursor.execute(
        _BY_WORDS.format(all_words=holds, where=" AND ".join(where)),
        [asked, workspace.pk, *all_words, *ranks, *narrow, most],
    )
    return [(Place(rank, at, said[2]), Said(*said)) for rank, at, *said in cursor.fetchall()]
