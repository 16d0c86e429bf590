"""Replies in which the contact says nothing: marks alone, a letter by a slip, our own words sent back, a bare signature."""

import re
import unicodedata
from typing import Final

from intent.marks import unasked
from intent.text import Reading

_LEAST_WORDS: Final = 6
"""Fewer of our words, or others than the first, may be an answer: "this week", "try again next month", "stop to opt out"."""

_SIGNED: Final = re.compile(
    r"(?i:^(?:-{1,2} ?)?(?:(?:best|kind|warm|many) regards|regards|best wishes|best|sincerely|yours truly|cordialement"
    r"|bien cordialement|saludos|un saludo|mit freundlichen gr[uü](?:ß|ss)en|mfg|atenciosamente|cordiali saluti))\b[,.!]?"
    r"(?: [^\Wa-z_][\w.'&-]*,?){0,9}(?: \+?[\d() .-]{7,})?$"
)
_PHONES: Final = re.compile(
    r"^(?:sent from my|get outlook for|von meinem|envoyé de mon|enviado desde mi|inviato da) [\w ]{2,24}$", re.I
)


def nothing_said(reading: Reading) -> str:
    """Why the reply says nothing of its own; empty where it may say something."""
    if not any(_bears_meaning(char) for char in reading.reply):
        return "marks without a word"
    if unasked(reading):
        return "a letter or figure that nothing called for"
    if _only_our_words(reading):
        return "repeats our message"
    if _SIGNED.match(reading.reply) or _PHONES.match(reading.reply):
        return "a signature without a message"
    return ""


def _bears_meaning(char: str) -> bool:
    """Letters, figures, signs of money and emoji."""
    return unicodedata.category(char) in ("Sc", "So") or char.isalnum()


def _only_our_words(reading: Reading) -> bool:
    """Nothing but the message it answers from its beginning, or a marked quotation of it."""
    passage, ours = _words(reading.reply), _words(reading.asked)
    quoted = reading.reply.startswith(">") and bool(passage)
    return f" {passage} " in f" {ours} " if quoted else len(passage.split()) >= _LEAST_WORDS and ours.startswith(passage)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
