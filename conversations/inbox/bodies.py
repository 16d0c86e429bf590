"""Messages that hold words, newest first, whatever their age: by whichever of three ways is short.

- By the index of words alone: rare words, whose messages are few.
- Where that index and the newest stretch of the workspace meet: words of middling frequency. Both are read as bitmaps, so
  that only messages which hold the words are fetched. The stretch is as long as should hold a page, and grows if it does not.
- Back from the newest message, looking at each: words that nearly every page of messages holds, and two common words, whose
  long lists the index would have to go through for the few messages where they meet.

The planner cannot weigh these by itself, because it does not know that a page is enough; its estimates of how many
messages hold the words decide here.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final, NamedTuple

from conversations.inbox.sought import Estimate, Sought, estimate
from workspaces.models import Workspace


class Said(NamedTuple):
    """A message that was found."""

    id: int
    at: datetime
    conversation: int
    public_id: str
    body: str


FEW: Final = 2_000
"""Messages that may be fetched and put in order at once."""

COMMON: Final = 0.007
"""The share of messages from which on looking at each is quicker than the index's long list: where a page is a few thousand."""

GATHERED: Final = 8
"""Messages with a beginning that the index gathers, one by one and before it does anything, in the time in which one message is
looked at ..."""

PASSED: Final = 80
"""... and messages in the list of a whole word that it passes by, ..."""

DATED: Final = 11
"""... and messages of a stretch that it gathers."""

AIM: Final = 2
"""The stretch is made so long that it should hold this many pages: estimates err, and a second look costs more."""

TOGETHER: Final = 4
"""Words stand together this much more often, for a first look, than the planner thinks, to whom each falls by itself."""

WIDER: Final = 12
EVER: Final = "-infinity"

HOLDS: Final = """CASE WHEN lower(m.body) LIKE ALL(%(parts)s)
    THEN to_tsvector('simple', m.body || '') @@ to_tsquery('simple', %(words)s) ELSE false END"""
"""Looks at a message that was come by otherwise: adding nothing to its text hides the index of words from the planner. Most are
dismissed by a plain look for the letters, which costs a tenth of taking them apart into words."""

_FOUND: Final = "SELECT m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m"
SAID: Final = "m.state NOT IN ('draft', 'discarded', 'cancelled')"
_MINE: Final = f"m.workspace_id = %(workspace)s AND {SAID} AND (m.at, m.id) < (%(at)s, %(pk)s)"
_OF_FAMILIES: Final = """AND EXISTS (
    SELECT 1 FROM conversations_conversation c WHERE c.id = m.conversation_id AND c.family = ANY(%(families)s)
)"""

# The inner part is materialised: an order and a limit beside a text index make the planner read back through all messages.
_BY_WORDS: Final = f"""
WITH hits AS MATERIALIZED (
    {_FOUND} WHERE to_tsvector('simple', m.body) @@ to_tsquery('simple', %(asked)s) AND {_MINE} AND m.at >= %(since)s {{more}}
) SELECT * FROM hits ORDER BY at DESC, id DESC LIMIT %(most)s
"""  # noqa: S608  our own words; values are bound

_BY_TIME: Final = f"""
{_FOUND} WHERE {_MINE} AND m.at >= %(since)s AND {HOLDS} {{more}} ORDER BY m.at DESC, m.id DESC LIMIT %(most)s
"""

_SINCE: Final = """
SELECT m.at FROM conversations_message m WHERE m.workspace_id = %(workspace)s AND (m.at, m.id) < (%(at)s, %(pk)s)
ORDER BY m.at DESC, m.id DESC OFFSET %(stretch)s LIMIT 1
"""


def holding(
    cursor: Any,
    workspace: Workspace,
    sought: Sought,
    start: tuple[datetime, int] | None,
    most: int,
    families: frozenset[str] = frozenset(),
) -> list[Said]:
    """Up to `most` messages that hold all the words, those after `start` in descending order; of conversations of `families`
    where not all are wanted.
    """
    at, pk = start or ("infinity", 0)
    known = estimate(cursor, sought)
    values: dict[str, Any] = {
        "workspace": workspace.pk,
        "at": at,
        "pk": pk,
        "most": most,
        "since": EVER,
        "families": sorted(families),
        "words": sought.words,
        "parts": sought.parts,
    }
    of_families = _OF_FAMILIES if families else ""
    by_time = _BY_TIME.format(more=of_families)
    if known.together > COMMON * known.everything:
        return _read(cursor, by_time, values)
    page = most * known.everything / max(known.together, 1)
    if GATHERED * page < known.begun:  # looked at no further than that: the words may avoid each other
        values["since"] = _since(cursor, values, TOGETHER * page)
        found = _read(cursor, by_time, values)
        if len(found) == most or values["since"] == EVER:
            return found
    stretch = AIM * page
    values["asked"], hits = asked_of_index(sought, known, stretch)
    by_words = _BY_WORDS.format(more=of_families if values["asked"] == sought.words else f"AND {HOLDS} {of_families}")
    stretch /= TOGETHER if sought.whole else 1
    while hits > FEW and stretch < known.everything / 2:
        values["since"] = _since(cursor, values, stretch)
        found = _read(cursor, by_words, values)
        if len(found) == most or values["since"] == EVER:
            return found
        stretch *= WIDER
    return _read(cursor, by_words, {**values, "since": EVER})


def asked_of_index(sought: Sought, known: Estimate, stretch: float = math.inf) -> tuple[str, float]:
    """What the index is asked, and how many messages it should name; the rest is looked for in the messages themselves.

    All words, but for those that many messages hold: going through their list in the index is left out where looking at what
    the rarer words name, all of them or those of a `stretch`, costs less.
    """
    whole = known.whole, sought.whole_words, PASSED
    begun = known.begun, sought.beginning, GATHERED
    (named, rarer, _), (many, _, at_once) = sorted((whole, begun))
    looked_at = named if named <= FEW else min(named, named * stretch / known.everything + stretch / DATED)
    return (rarer, named) if sought.whole and many > at_once * looked_at else (sought.words, known.together)


def _since(cursor: Any, values: dict[str, Any], stretch: float) -> datetime | str:
    """When a stretch of so many messages begins; EVER where there are fewer."""
    cursor.execute(_SINCE, {**values, "stretch": int(stretch)})
    found = cursor.fetchone()
    return found[0] if found else EVER


def _read(cursor: Any, sql: str, values: dict[str, Any]) -> list[Said]:
    cursor.execute(sql, values)
    return [Said(*row) for row in cursor.fetchall()]
