"""The words of a search as PostgreSQL's index of words has them, and how many messages hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from conversations.inbox.planned import plan_of

MOST_WORDS: Final = 8

LATIN: Final = r"0-9A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0300-\u036f\u1e00-\u1eff\u2c60-\u2c7f"
"""Digits and Latin letters with all their marks, large and small, as a class of a regular expression: PostgreSQL and Python read
it alike."""

BREAKS: Final = (
    r"\u0001-\u002f:-@\[-`{-\u00a9\u00ab-\u00b9\u00bb-\u00bf\u00d7\u00f7"  # ASCII and Latin-1
    r"\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"  # Armenian to Devanagari
    r"\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb"  # quotes, dashes, symbols; Chinese and Japanese
    r"\ufe00-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U000e0fff"
)
"""What stands between words: spaces, punctuation, symbols, pictures."""

_WORD: Final = re.compile(rf"[{LATIN}]+|[^\0\ud800-\udfff{LATIN}{BREAKS}]+")
"""A run of Latin letters and digits, or a run of anything else: what the function `conversations_words` finds in a message
(migration 0023), and nothing that no message can hold. That a Latin word ends where another alphabet begins is why all letters
that may continue one can be named."""

_CONTINUES: Final = [letter for letter in map(chr, range(0x2C80)) if re.match(f"[{LATIN}]", letter) and letter == letter.lower()]


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
    def longer(self) -> str:
        """Words that begin so and go on, for an ASCII beginning: by each letter that may come next."""
        return " | ".join(f"'{self.begun.lower()}{letter}':*" for letter in _CONTINUES)

    @property
    def parts(self) -> list[str]:
        """What the letters of a message must hold, for LIKE. Other alphabets have letters with several small forms: left out."""
        return [f"%{word.lower()}%" for word in (*self.whole, self.begun) if word.isascii()]


def read(text: str) -> Sought | None:
    """None without a word."""
    words = words_of(text)[:MOST_WORDS]
    return Sought(tuple(words[:-1]), words[-1]) if words else None


def words_of(text: str) -> list[str]:
    """As they stand in it: PostgreSQL makes small letters of them as it does of messages."""
    return _WORD.findall(text)


class Estimate(NamedTuple):
    """How many messages of all workspaces there are, and hold all words, the whole words, the beginning, and it as a word."""

    everything: float
    together: float
    whole: float
    begun: float
    exact: float = 0


def estimate(cursor: Any, sought: Sought) -> Estimate:
    """As the planner has it (`planned.plan_of`), to whom words fall by themselves: each further question would cost as much."""
    asked = [sought.whole_words, f"'{sought.begun}'", sought.beginning] if sought.whole else [sought.beginning]
    all_of_them = "SELECT 1 FROM conversations_message m"
    some = f"{all_of_them} WHERE conversations_words(m.body) @@ to_tsquery('simple', %s)"
    parts = plan_of(cursor, " UNION ALL ".join([all_of_them, *[some] * len(asked)]), asked)["Plans"]
    everything, *named, begun = [float(part["Plan Rows"]) for part in parts]
    everything = max(everything, 1)
    whole, exact = named or (everything, 0)
    return Estimate(everything, whole * begun / everything, whole, begun, exact)
