"""A lone letter or figure, and the words that the question gave it: "Reply 1 for a quote, 2 for a call, 9 to stop"."""

import re
from typing import Final

from intent.keywords import opt_out_keyword
from intent.text import Reading

_LONE: Final = re.compile(
    r"^[\W_]*(?:(?:option|number|no\.?) ?)?(?P<mark>[a-z]|\d{1,2})[\W_]*(?:please|pls|thanks|thx)?[\W_]*$", re.I
)
_CALLS_FOR_MARKS: Final = re.compile(
    r"\b(?:reply|press|te?xt|send|type|answer|respond|choose|pick)\b|(?<!\w)(?:1|a)\s*(?:[=):]|- )", re.I
)
_ASKS_FOR_ONE: Final = re.compile(r"\b(?:how|what|which|when|where|time|number|or)\b", re.I)
_YES_OR_NO: Final = frozenset("ynksjo")
"""Yes, no, ok, sí, ja, oui: words of one letter."""
_NEXT_MARK: Final = r"[\"'\[(]?\b(?:[a-z]|\d{1,2})[\"'\])]?\s*(?:[=:)]|-\s|(?:to|for|if)\b)"
_ENDS: Final = rf"(?=\s*(?:[,;.!?\n()]|$|\bor\b|\band\b|{_NEXT_MARK}))"


def words_offered(reading: Reading) -> str:
    """What the question says that the reply's lone mark stands for, said by the contact; empty where it says nothing of it.

    "Y" and "N" are yes and no already, unless the question makes one of them a wish for silence; and "2 to cancel" may mean
    what was booked.
    """
    found = _LONE.match(reading.reply)
    if found is None or reading.before or not _CALLS_FOR_MARKS.search(reading.asked):
        return ""
    beside = rf"(?<![\w$£€.,:/-])[\"'\[(]?{found['mark']}[\"'\])]?(?:\s*[=:)]\s*|\s+-\s+|\s+(?:to|for|if)\s+)"
    offered = re.search(rf"{beside}(?P<words>[^\d,;.!?\n()][^,;.!?\n()]{{1,60}}?){_ENDS}", reading.asked, re.I)
    if offered is None:
        return ""
    words = re.sub(r"^you\b(?: are\b)?", "I'm" if " are" in offered["words"][:8] else "I", offered["words"].strip(), flags=re.I)
    if words.lower() == "cancel" or (found["mark"] in "ynYN" and not opt_out_keyword(words)):
        return ""
    return words


def unasked(reading: Reading) -> bool:
    """Whether the reply is a letter or figure that nothing called for: a slip of the thumb."""
    found = _LONE.match(reading.reply)
    if found is None or len(found["mark"]) > 1 or found["mark"].lower() in _YES_OR_NO or reading.before:
        return False
    named = re.search(rf"(?<!\w){found['mark']}(?!\w)", reading.asked, re.I)
    return not (named or _CALLS_FOR_MARKS.search(reading.asked) or _ASKS_FOR_ONE.search(reading.asked))
