"""BERT's uncased WordPiece, as the encoder's vocabulary expects it.

Small enough to own (the usual tokenizer libraries bring a hub client along). Words longer
than 60 characters become unknown; everything is pure Python and cached per word.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

LONGEST_WORD = 60
_PLAIN = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
"""Words and marks of lower-case ASCII."""


class WordPiece:
    """Token ids for text; ``cls``, ``sep`` and ``unk`` are the special ids."""

    def __init__(self, vocab_file: Path) -> None:
        lines = vocab_file.read_text(encoding="utf-8").splitlines()
        self._ids = {piece: index for index, piece in enumerate(lines)}
        self.cls, self.sep = self._ids["[CLS]"], self._ids["[SEP]"]
        self.unk = self._ids["[UNK]"]
        self._word = lru_cache(maxsize=20_000)(self._split)
        self.ids = lru_cache(maxsize=1_024)(self._ids_of)

    def _ids_of(self, text: str) -> tuple[int, ...]:
        return tuple(piece for word in _words(text) for piece in self._word(word))

    def _split(self, word: str) -> tuple[int, ...]:
        """Greedy longest match first; one unknown piece makes the whole word unknown."""
        if len(word) > LONGEST_WORD:
            return (self.unk,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                found = self._ids.get(piece)
                if found is not None:
                    pieces.append(found)
                    start = end
                    break
            else:
                return (self.unk,)
        return tuple(pieces)


def _words(text: str) -> list[str]:
    """Lower-case, accents dropped, split at spaces, punctuation and CJK characters."""
    if text.isascii() and text.isprintable():
        return _PLAIN.findall(text.lower())
    out: list[str] = []
    word: list[str] = []
    for char in unicodedata.normalize("NFD", text.lower()):
        category = unicodedata.category(char)
        if category == "Mn" or (category.startswith("C") and char not in "\t\n\r"):
            continue
        if char.isspace():
            _flush(word, out)
        elif _stands_alone(char, category):
            _flush(word, out)
            out.append(char)
        else:
            word.append(char)
    _flush(word, out)
    return out


def _flush(word: list[str], out: list[str]) -> None:
    if word:
        out.append("".join(word))
        word.clear()


def _stands_alone(char: str, category: str) -> bool:
    code = ord(char)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    cjk = 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF
    return ascii_mark or category.startswith("P") or cjk
