"""What the index of words is asked for a search, and what is looked for in the messages that it names.

All words, but for those that many messages hold, where going through their list costs more than looking at the messages that the
rarer words name.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from conversations.inbox.search_words import Estimate, Sought

FEW: Final = 2_000
"""Messages that may be fetched and put in order at once."""

GATHERED: Final = 8
"""Messages with a beginning that the index gathers, one by one and before it does anything, in the time in which one message is
looked at ..."""

PASSED: Final = 80
"""... and messages in the list of a whole word that it passes by, ..."""

DATED: Final = 11
"""... and messages of a stretch that it gathers."""

LETTERS: Final = 2_000
"""Messages that could be looked at while each letter is tried that may continue a word."""

HOLDS: Final = """CASE WHEN lower(m.body) LIKE ALL(%(parts)s)
    THEN conversations_words(m.body || '') @@ to_tsquery('simple', %(words)s) ELSE false END"""
"""Looks at a message that was come by otherwise: adding nothing to its text hides the index of words from the planner. Most are
dismissed by a plain look for the letters, which costs a tenth of taking them apart into words."""

_NAMED: Final = "conversations_words(m.body) @@ to_tsquery('simple', %(asked)s)"

# Only the list of a whole word can be passed by. Hence a beginning that is itself a word of very many messages is asked for apart
# from the words that go on; by subqueries, or the planner would weigh each of hundreds of letters.
_NAMED_APART: Final = """(
    conversations_words(m.body) @@ (SELECT to_tsquery('simple', %(exact)s))
    OR conversations_words(m.body) @@ (SELECT to_tsquery('simple', %(whole)s) && %(longer)s::tsquery)
)"""


class Asked(NamedTuple):
    """A condition on messages `m` by the index, with its values, and how many messages the index should name."""

    condition: str
    values: dict[str, Any]
    hits: float


def asked_of_index(sought: Sought, known: Estimate, stretch: float = math.inf) -> Asked:
    """What finds the messages that hold all words: all of them, or those of a `stretch` of so many messages."""
    values = {"words": sought.words, "parts": sought.parts}
    gathered = known.begun / GATHERED
    apart = _apart(sought, known) if stretch == math.inf else math.inf
    whole = known.whole, sought.whole_words, known.whole / PASSED
    begun = known.begun, sought.beginning, min(gathered, apart)
    (named, rarer, _), (_, _, effort) = sorted((whole, begun))
    looked_at = named if named <= FEW else min(named, named * stretch / known.everything + stretch / DATED)
    if sought.whole and effort > looked_at:
        return Asked(f"{_NAMED} AND {HOLDS}", {**values, "asked": rarer}, named)
    if apart < gathered:
        exact = f"{sought.whole_words} & '{sought.begun}'"
        return Asked(_NAMED_APART, {**values, "exact": exact, "whole": sought.whole_words, "longer": sought.longer}, known.together)
    return Asked(_NAMED, {**values, "asked": sought.words}, known.together)


def _apart(sought: Sought, known: Estimate) -> float:
    """What asking for a beginning apart costs, in messages that are looked at; infinite where it cannot be."""
    if not sought.whole or not sought.begun.isascii():
        return math.inf
    return known.exact / PASSED + (known.begun - known.exact) / GATHERED + LETTERS
