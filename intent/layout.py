"""A reading as token ids: the reply first, then the question it answers."""

from dataclasses import dataclass
from typing import Final

from intent.text import Reading, spell_emoji
from intent.wordpiece import WordPiece

LONGEST_REPLY: Final = 64
LONGEST_QUESTION: Final = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """``kinds`` is 0 for the reply and its marks, 1 for the question."""

    ids: list[int]
    kinds: list[int]


def lay_tokens(reading: Reading, pieces: WordPiece) -> Layout:
    said = f"{reading.before} . {reading.reply}" if reading.before else reading.reply
    reply = _trimmed(pieces.ids(spell_emoji(said)), LONGEST_REPLY) or [pieces.unk]
    question = pieces.ids(spell_emoji(reading.question))[-LONGEST_QUESTION:]
    ids = [pieces.cls, *reply, pieces.sep, *question, pieces.sep]
    return Layout(ids, [0] * (len(reply) + 2) + [1] * (len(question) + 1))


def _trimmed(ids: list[int], most: int) -> list[int]:
    """The head and the tail of a long reply: the operative clause is rarely in the middle."""
    return ids if len(ids) <= most else ids[: most // 2] + ids[-most // 2 :]
