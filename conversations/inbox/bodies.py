"""Messages that hold words, newest first, whatever their age: by whichever of three ways is short.

- By the index of words alone: rare words, whose messages are few.
- Where that index and the newest stretch of the workspace meet: words of middling frequency. Both are read as bitmaps, so
  that only messages which hold the words are fetched. The stretch is as long as should hold a page, and grows if it does not.
- Back from the newest message, looking at each: words that nearly every page of messages holds.

The planner cannot weigh these by itself, because it does not know that a page is enough; its estimate of how many
messages hold the words decides here.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final, NamedTuple

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

AIM: Final = 2
"""The stretch is made so long that it should hold this many pages: estimates err, and a second look costs more."""

WIDER: Final = 12
MEMORY: Final = "64MB"
"""So that long lists stay exact: in less, PostgreSQL remembers pages instead of messages and reads each again."""


def words_of(text: str) -> str:
    """A query for PostgreSQL's word index: all words, the last one from its beginning. Empty without a word."""
    words = re.findall(r"\w+", text.lower())[:8]
    return " & ".join([f"'{word}'" for word in words[:-1]] + [f"'{word}':*" for word in words[-1:]])


_HOLDS: Final = "to_tsvector('simple', m.body) @@ to_tsquery('simple', %(words)s)"
_FOUND: Final = "SELECT m.id, m.at, m.conversation_id, m.public_id, m.body FROM conversations_message m"
_MINE: Final = """m.workspace_id = %(workspace)s AND m.state NOT IN ('draft', 'discarded', 'cancelled')
    AND (m.at, m.id) < (%(at)s, %(pk)s)"""

# The inner part is materialised: an order and a limit beside a text index make the planner read back through all messages.
_BY_WORDS: Final = f"""
WITH hits AS MATERIALIZED ({_FOUND} WHERE {_HOLDS} AND {_MINE} AND m.at >= %(since)s)
SELECT * FROM hits ORDER BY at DESC, id DESC LIMIT %(most)s
"""  # noqa: S608  our own words; values are passed apart

# The planner must not use the word index here: adding nothing to the text hides it. Most messages are dismissed by a plain
# look for the letters, which costs a tenth of taking them apart into words.
_BY_TIME: Final = f"""
{_FOUND} WHERE {_MINE} AND CASE WHEN lower(m.body) LIKE ALL(%(parts)s)
    THEN to_tsvector('simple', m.body || '') @@ to_tsquery('simple', %(words)s) ELSE false END
ORDER BY m.at DESC, m.id DESC LIMIT %(most)s
"""

_SINCE: Final = """
SELECT m.at FROM conversations_message m WHERE m.workspace_id = %(workspace)s AND (m.at, m.id) < (%(at)s, %(pk)s)
ORDER BY m.at DESC, m.id DESC OFFSET %(stretch)s LIMIT 1
"""


def holding(cursor: Any, workspace: Workspace, words: str, start: tuple[datetime, int] | None, most: int) -> list[Said]:
    """Up to `most` messages that hold all `words` (see `words_of`), those after `start` in descending order.

    Call in a transaction of its own: it changes settings of it.
    """
    at, pk = start or ("infinity", 0)
    values = {"words": words, "workspace": workspace.pk, "at": at, "pk": pk, "most": most, "since": "-infinity"}
    hits, everything = _estimate(cursor, words)
    cursor.execute("SET LOCAL work_mem = %s", [MEMORY])
    if hits > COMMON * everything:
        return _read(cursor, _BY_TIME, {**values, "parts": _parts(words)})
    stretch = AIM * most * everything / max(hits, 1)
    while hits > FEW and stretch < everything / 2:
        cursor.execute(_SINCE, {**values, "stretch": int(stretch)})
        since = cursor.fetchone()
        if since is None:
            break
        found = _read(cursor, _BY_WORDS, {**values, "since": since[0]})
        if len(found) == most:
            return found
        stretch *= WIDER
    return _read(cursor, _BY_WORDS, values)


def _parts(words: str) -> list[str]:
    """What the letters of a message must hold, for LIKE. Other alphabets have letters with several small forms: left out."""
    return [f"%{word.replace('_', chr(92) + '_')}%" for word in re.findall(r"'(\w+)'", words) if word.isascii()]


def _read(cursor: Any, sql: str, values: dict[str, Any]) -> list[Said]:
    cursor.execute(sql, values)
    return [Said(*row) for row in cursor.fetchall()]


def _estimate(cursor: Any, words: str) -> tuple[float, float]:
    """How many messages of all workspaces hold the words, and how many there are, as the planner has it."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM conversations_message m WHERE {_HOLDS}", {"words": words})  # noqa: S608
    answer = cursor.fetchone()[0]
    plans = json.loads(answer) if isinstance(answer, str) else answer
    cursor.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'conversations_message'::regclass")
    return float(plans[0]["Plan"]["Plan Rows"]), float(cursor.fetchone()[0])
