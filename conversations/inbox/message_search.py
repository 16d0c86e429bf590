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

from datetime import datetime
from typing import Any, Final, NamedTuple

from conversations.inbox import word_index
from conversations.inbox.search_words import Sought, estimate
from conversations.inbox.word_index import HOLDS, Asked, asked_of_index
from workspaces.models import Workspace


class Said(NamedTuple):
    """A message that was found."""

    id: int
    at: datetime
    conversation: int
    public_id: str
    body: str


COMMON: Final = 0.007
"""The share of messages from which on looking at each is quicker than the index's long list: where a page is a few thousand."""

AIM: Final = 2
"""The stretch is made so long that it should hold this many pages: estimates err, and a second look costs more."""

TOGETHER: Final = 4
"""Words stand together this much more often, for a first look, than the planner thinks, to whom each falls by itself."""

WIDER: Final = 12
EVER: Final = "-infinity"

_FOUND: Final = "SELECT m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m"
SAID: Final = "m.state NOT IN ('draft', 'discarded', 'cancelled')"
_MINE: Final = f"m.workspace_id = %(workspace)s AND {SAID} AND (m.at, m.id) < (%(at)s, %(pk)s)"
_OF_FAMILIES: Final = """AND EXISTS (
    SELECT 1 FROM conversations_conversation c WHERE c.id = m.conversation_id AND c.family = ANY(%(families)s)
)"""

# The inner part is materialised: an order and a limit beside a text index make the planner read back through all messages.
_BY_WORDS: Final = f"""
WITH hits AS MATERIALIZED (
    {_FOUND} WHERE {{named}} AND {_MINE} AND m.at >= %(since)s {{more}}
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
    if word_index.GATHERED * page < known.begun:  # looked at no further than that: the words may avoid each other
        values["since"] = _since(cursor, values, TOGETHER * page)
        found = _read(cursor, by_time, values)
        if len(found) == most or values["since"] == EVER:
            return found

    def by_words(asked: Asked, since: datetime | str) -> list[Said]:
        sql = _BY_WORDS.format(named=asked.condition, more=of_families)
        return _read(cursor, sql, {**values, **asked.values, "since": since})

    stretch = AIM * page
    asked = asked_of_index(sought, known, stretch)
    stretch /= TOGETHER if sought.whole else 1
    while asked.hits > word_index.FEW and stretch < known.everything / 2:
        since = _since(cursor, values, stretch)
        found = by_words(asked, since)
        if len(found) == most or since == EVER:
            return found
        stretch *= WIDER
    return by_words(asked_of_index(sought, known), EVER)


def _since(cursor: Any, values: dict[str, Any], stretch: float) -> datetime | str:
    """When a stretch of so many messages begins; EVER where there are fewer."""
    cursor.execute(_SINCE, {**values, "stretch": int(stretch)})
    found = cursor.fetchone()
    return found[0] if found else EVER


def _read(cursor: Any, sql: str, values: dict[str, Any]) -> list[Said]:
    cursor.execute(sql, values)
    return [Said(*row) for row in cursor.fetchall()]
