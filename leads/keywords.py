"""Whole-message opt-out and opt-in keywords (R20; 47 CFR 64.1200(a)(10)).

Only the whole message counts: "Count me in! We have got to STOP this bill" opts nobody out.
"""

from __future__ import annotations

import re
import unicodedata

OPT_OUT = frozenset(["stop", "end", "quit", "cancel", "unsubscribe", "stopall", "revoke", "optout"])
OPT_OUT_PHRASES = frozenset({"stop all", "opt out"})
OPT_IN = frozenset({"start", "unstop"})
_COURTESY = frozenset({"please", "pls", "plz"})

# Longer texts are no keywords, and nothing below should have to read them.
_LONGEST = 80
_APART = re.compile(r"[\W_]+")


def _words(text: str) -> list[str]:
    """The words of `text` in lower case, without courtesy; punctuation, emoji and spaces only part them."""
    if len(text) > _LONGEST:
        return []
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in _APART.split(folded) if word and word not in _COURTESY]


def is_opt_out(text: str) -> bool:
    """True for a keyword alone, once or repeated, in any case, with any punctuation around it."""
    words = _words(text)
    return bool(words) and (set(words) <= OPT_OUT or " ".join(words) in OPT_OUT_PHRASES)


def is_opt_in(text: str) -> bool:
    words = _words(text)
    return bool(words) and set(words) <= OPT_IN
