"""The words of a search, marked in the message that holds them."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Final

from conversations.inbox.search_words import words_of

AROUND: Final = 20
"""Characters shown before the first of the words; eight times as many are shown in all."""


def marked(text: str, sought: str) -> str:
    """The part of a message around the first of the words, with all of them marked. Escaped."""
    pattern = _any_of(sought)
    if not text or not pattern:
        return ""
    first = pattern.search(text)
    begin = max(0, first.start() - AROUND) if first else 0
    begin = text.find(" ", begin, first.start()) + 1 if first and begin else 0
    part = ("…" if begin else "") + text[begin : begin + 8 * AROUND]
    pieces = pattern.split(part)
    return "".join(f"<mark>{escape(piece)}</mark>" if number % 2 else escape(piece) for number, piece in enumerate(pieces))


@lru_cache
def _any_of(sought: str) -> re.Pattern[str] | None:
    words = "|".join(words_of(sought))
    return re.compile(rf"(?<![^\W_])({words})", re.IGNORECASE) if words else None
