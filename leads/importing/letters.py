"""Which of the encodings from before Unicode a text is in: the one in which its letters are everyday ones.

It is a guess, and a person sees it: the columns page says how the file was read, shows the first rows, and lets choose.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

WESTERN: Final = "cp1252"

# Two bytes a character. An everyday one begins with a byte of these (kana, the common ideographs, whole syllables), and has
# another beside it: in Western text a mistaken one stands alone between letters. Of two that fit, the first.
_WIDE: Final = {
    "cp932": re.compile(rb"[\x81-\x83\x88-\x97][\x40-\xfc]"),
    "cp949": re.compile(rb"[\xb0-\xc8][\xa1-\xfe]"),
    "gb18030": re.compile(rb"[\xb0-\xd7][\xa1-\xfe]"),
    "euc_jp": re.compile(rb"[\xa4\xa5\xb0-\xcf][\xa1-\xfe]"),
    "cp950": re.compile(rb"[\xa4-\xc6][\x40-\xfe]"),
}
_MOST: Final = 0.7
"""Of a text's letters beyond ASCII, so many are everyday ones in the encoding that it is in."""

# The letters that a language writes most. Accents of Latin stand among ASCII letters; other scripts fill whole words.
_LATIN: Final = {
    WESTERN: "éèêëàâçñáíóúüöäßåøæãõôîïœùìòý",
    "cp1250": "ąćęłńóśźżčďěňřšťůýžáéíúőűöüăâîșț",
    "cp1254": "ğşıiçöüâî",
}
_OTHER: Final = {
    "cp1251": "оеаинтсрвлкмі",
    "koi8_r": "оеаинтсрвлкм",
    "cp1253": "αοιετσνρηκυάίόή",
    "cp1255": "יהולאתרמבשנחםדכ",
    "cp1256": "اليمنرتبعدوهـة",
    "cp874": "านรกอเงมยลวด่้ัี",
}
_IN_A_ROW: Final = re.compile(rb"[\x80-\xff]{3,}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_BEYOND: Final = re.compile(r"[^\x00-\x7f]")


def guess(head: bytes) -> str:
    """The Python name of the encoding of the beginning of a text that is no Unicode."""
    wide = {encoding: _everyday(head, encoding) for encoding in _WIDE}
    best = max(wide, key=lambda encoding: wide[encoding])
    if wide[best] >= _MOST:
        return best
    letters = len(_HIGH.findall(head))
    whole_words = sum(map(len, _IN_A_ROW.findall(head))) > letters // 2
    usual = {encoding: _common(head, encoding, most) for encoding, most in (_OTHER if whole_words else _LATIN).items()}
    return max(usual, key=lambda encoding: usual[encoding])


def decoded(head: bytes, encoding: str) -> str | None:
    """The beginning of a text, that may end within a character; None where it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None


def _everyday(head: bytes, encoding: str) -> float:
    """Which part of the letters beyond ASCII are everyday ones with another beside them, from 0 to 1."""
    if (text := decoded(head, encoding)) is None:
        return 0.0
    usual = [ord(letter) > 127 and bool(_WIDE[encoding].fullmatch(letter.encode(encoding))) for letter in text]
    beside = sum(here and (left or right) for left, here, right in zip([False, *usual], usual, [*usual[1:], False], strict=False))
    return beside / max(1, len(_BEYOND.findall(text)))


def _common(head: bytes, encoding: str, most: str) -> float:
    """Which part of the letters beyond ASCII are among the most common of the language, from 0 to 1.

    Capitals count less within a word, and nothing after a small letter: another script's letters read like that.
    """
    if (text := decoded(head, encoding)) is None:
        return 0.0
    found = [
        (letter.lower() in most) * (1.0 if not letter.isupper() or not before.isalpha() else 0.5 * before.isupper())
        for before, letter in zip(" " + text, text, strict=False)
        if ord(letter) > 127 and (letter.isalpha() or letter.isnumeric() or not letter.isprintable())
    ]
    return sum(found) / max(1, len(found))
