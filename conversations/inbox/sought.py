"""The words of a search as PostgreSQL's index of words has them, and how many messages hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from conversations.inbox.planned import plan_of

MOST_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that have to be there as they stand, and one more that has only to begin so: people look while they type."""

    whole: tuple[str, ...]
    begun: str

    @property
    def words(self) -> str:
        return " & ".join(part for part in (self.whole_words, self.beginning) if part)

    @property
    def whole_words(self) -> str:
        return " & ".join(f"'{word}'" for word in self.whole)

    @property
    def beginning(self) -> str:
        return f"'{self.begun}':*"

    @property
    def parts(self) -> list[str]:
        """What the letters of a message must hold, for LIKE. Other alphabets have letters with several small forms: left out."""
        return ["%" + word.replace("_", r"\_") + "%" for word in (*self.whole, self.begun) if word.isascii()]


def read(text: str) -> Sought | None:
    """None without a word."""
    words = re.findall(r"\w+", text.lower())[:MOST_WORDS]
    return Sought(tuple(words[:-1]), words[-1]) if words else None


class Estimate(NamedTuple):
    """How many messages of all workspaces there are, and hold all words, the whole words, and the beginning."""

    everything: float
    together: float
    whole: float
    begun: float


def estimate(cursor: Any, sought: Sought) -> Estimate:
    """As the planner has it (`planned.plan_of`), to whom words fall by themselves: each further question would cost as much."""
    asked = [sought.whole_words, sought.beginning] if sought.whole else [sought.beginning]
    all_of_them = "SELECT 1 FROM conversations_message m"
    some = f"{all_of_them} WHERE to_tsvector('simple', m.body) @@ to_tsquery('simple', %s)"
    parts = plan_of(cursor, " UNION ALL ".join([all_of_them, *[some] * len(asked)]), asked)["Plans"]
    everything, *named, begun = [float(part["Plan Rows"]) for part in parts]
    everything = max(everything, 1)
    whole = named[0] if named else everything
    return Estimate(everything, whole * begun / everything, whole, begun)
