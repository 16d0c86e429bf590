"""A reading as token ids: the reply first, then the question it answers."""

from dataclasses import dataclass
from math import log1p
from typing import Final, NamedTuple

from intent.ngrams import plain, said, tokens
from intent.text import Reading, spell_emoji
from intent.wordpiece import WordPiece

LONGEST_REPLY: Final = 64
LONGEST_QUESTION: Final = 16
MOST_WORDS: Final = 200
_PIECES_A_WORD: Final = 1.15
"""In plain English."""


@dataclass(frozen=True, slots=True)
class Layout:
    """``kinds`` is 0 for the reply and its marks, 1 for the question."""

    ids: list[int]
    kinds: list[int]


def lay_tokens(reading: Reading, pieces: WordPiece) -> Layout:
    written = f"{reading.before} . {reading.reply}" if reading.before else reading.reply
    reply = _trimmed(pieces.ids(spell_emoji(written)), LONGEST_REPLY) or (pieces.unk,)
    question = pieces.ids(spell_emoji(reading.question))[-LONGEST_QUESTION:]
    ids = [pieces.cls, *reply, pieces.sep, *question, pieces.sep]
    return Layout(ids, [0] * (len(reply) + 2) + [1] * (len(question) + 1))


class Manner(NamedTuple):
    """How a reply is written, as far as it says which model to trust.

    ``broken``: how many more pieces its words break into than plain English (0 to 1.5), high in other languages and typos;
    ``length``: the logarithm of its words, about 0.2 to 1.8.
    """

    broken: float
    length: float


def manner(reading: Reading, pieces: WordPiece | None) -> Manner:
    """Without ``pieces`` (no encoder installed) nothing counts as broken."""
    words = max(len(tokens(plain(said(reading)))[:MOST_WORDS]), 1)
    broken = len(pieces.ids(spell_emoji(said(reading)))[:MOST_WORDS]) / words - _PIECES_A_WORD if pieces else 0.0
    return Manner(min(max(broken, 0.0), 1.5), log1p(words) / 3)


def _trimmed(ids: tuple[int, ...], most: int) -> tuple[int, ...]:
    """The head and the tail of a long reply: the operative clause is rarely in the middle."""
    return ids if len(ids) <= most else ids[: most // 2] + ids[-most // 2 :]
