"""Whole-message opt-out and opt-in keywords (R20; 47 CFR 64.1200(a)(10)).

Only the whole message counts: "Count me in! We have got to STOP this bill" opts nobody out. Seven words always hold; a
workspace adds its own (`Workspace.opt_out_words`, `opt_in_words`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from workspaces.models import Workspace
from workspaces.models.workspace import more_opt_in_words, more_opt_out_words

ALWAYS_OUT: Final = ("STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE")
ALWAYS_IN: Final = ("START", "UNSTOP")

_COURTESY: Final = frozenset({"please", "pls", "plz"})
# Longer texts are no keywords, and nothing below should have to read them.
_LONGEST: Final = 80
_APART: Final = re.compile(r"[\W_]+")


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case, without courtesy; punctuation, emoji and spaces only part them."""
    if len(text) > _LONGEST:
        return []
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in _APART.split(folded) if word and word not in _COURTESY]


def opt_out_keyword(text: str, workspace: Workspace | None = None) -> str:
    """The keyword that `text` is, as it is listed; empty where it is none.

    A keyword alone, once or repeated, in any case, with any punctuation around it.
    """
    return _keyword(text, [*ALWAYS_OUT, *(workspace.opt_out_words if workspace else more_opt_out_words())])


def opt_in_keyword(text: str, workspace: Workspace | None = None) -> str:
    return _keyword(text, [*ALWAYS_IN, *(workspace.opt_in_words if workspace else more_opt_in_words())])


def is_opt_out(text: str, workspace: Workspace | None = None) -> bool:
    return bool(opt_out_keyword(text, workspace))


def is_opt_in(text: str, workspace: Workspace | None = None) -> bool:
    return bool(opt_in_keyword(text, workspace))


def _keyword(text: str, listed: Iterable[str]) -> str:
    words = words_of(text)
    if not words:
        return ""
    by_words = {tuple(words_of(keyword)): keyword for keyword in reversed(list(listed))}
    if found := by_words.get(tuple(words)):
        return found
    singles = {key[0]: keyword for key, keyword in by_words.items() if len(key) == 1}
    return singles[words[0]] if set(words) <= singles.keys() else ""
