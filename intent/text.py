"""How a thread is laid out for rules and models: the reply and the question it answers."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from intent.tapbacks import Tapback, tapback
from intent.vocabulary import Turn

#: Nobody writes this much in a text; of a pasted page the head and the tail are read.
LONGEST_REPLY: Final = 2_000
_TAIL: Final = 500

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_QUOTES |= str.maketrans({"„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "..."})
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060\ufe0e\ufe0f\ufeff\u00ad\u115f\u1160\u2800\u3164\uffa0\U0001f3fb-\U0001f3ff]"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+")

#: Emoji that carry meaning in a reply, in words the encoder knows.
EMOJI_WORDS: Final = {
    "👍": " thumbs up ", "👌": " ok ", "✅": " yes ", "✔": " yes ", "🙌": " great ", "🔥": " great ",
    "👎": " thumbs down ", "❌": " no ", "🚫": " no stop ", "🛑": " stop sign ", "✋": " stop hand ",
    "🖕": " middle finger ", "🙄": " eye roll ", "😂": " laughing ", "🤣": " laughing ",
    "🤔": " thinking ", "🙏": " please thanks ", "😡": " angry ", "🤬": " angry cursing ",
    "❤": " love ", "😍": " love ", "💰": " money price ", "💸": " money gone ", "💵": " money price ",
    "📞": " phone call ", "📱": " phone ", "📅": " calendar ", "🗓": " calendar ", "📧": " email ",
    "📩": " send message ", "👀": " interested eyes ", "🤷": " shrug ", "🥱": " yawn ", "💤": " boring ",
    "🤝": " deal ", "🎉": " celebrate ", "😴": " sleeping ", "🙅": " no no ", "👋": " wave ",
    "⏰": " later clock ", "⏳": " later wait ", "🔇": " mute ", "🔕": " mute ", "🗑": " trash ",
    "🤡": " clown ", "💩": " crap ", "🤮": " disgust ", "☎": " phone call ", "⛔": " stop sign no ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A thread as the classifier reads it; all texts tidy (see ``tidy``)."""

    reply: str
    before: str
    """An earlier incoming message that the reply continues, or empty."""
    asked: str
    """The last outgoing message before the reply, or empty."""
    question: str
    """Its last question, or its last sentence where it asks nothing."""
    engaged: bool
    """Whether the contact had written before that outgoing message."""
    tapback: Tapback | None


def words_in(text: str) -> frozenset[str]:
    """A word list written as text."""
    return frozenset(text.split())


@lru_cache(maxsize=4_096)
def tidy(text: str) -> str:
    """NFKC, straight quotes, no invisible marks, single spaces."""
    if len(text) > LONGEST_REPLY:
        text = f"{text[: LONGEST_REPLY - _TAIL]} {text[-_TAIL:]}"
    plain = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    return " ".join(_INVISIBLE.sub("", plain).split())


def spell_emoji(text: str) -> str:
    for emoji, words in EMOJI_WORDS.items():
        if emoji in text:
            text = text.replace(emoji, words)
    return " ".join(text.split())


def without_accents(text: str) -> str:
    """Most texts have none, and are not looked through."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text) if part]


def question_of(text: str) -> str:
    """The last sentence that asks, or the last one."""
    parts = sentences(text)
    asking = [part for part in parts if "?" in part]
    return (asking or parts or [""])[-1]


def lay_out(thread: Sequence[Turn]) -> Reading:
    """Read a thread whose last incoming message is the reply.

    Raises ValueError where nothing has come in.
    """
    last_in = max((i for i, turn in enumerate(thread) if turn.direction == "in"), default=None)
    if last_in is None:
        raise ValueError("a thread without an incoming message cannot be read")
    head = thread[:last_in]
    last_out = max((i for i, turn in enumerate(head) if turn.direction == "out"), default=None)
    reply = tidy(_without_quoted_mail(thread[last_in].text))
    asked = tidy(head[last_out].text) if last_out is not None else ""
    since = head[last_out + 1 :] if last_out is not None else head
    return Reading(
        reply=reply,
        before=tidy(since[-1].text) if since else "",
        asked=asked,
        question=question_of(asked),
        engaged=any(turn.direction == "in" for turn in head[: last_out or 0]),
        tapback=tapback(reply),
    )


_QUOTE_HEAD = re.compile(
    r"\n[^\S\n]*(?:>|-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine)|"
    r"(?:on|am|le|el) .{5,60} (?:wrote|schrieb|a écrit|escribió):)",
    re.I,
)


def _without_quoted_mail(text: str) -> str:
    """Only the contact's own words count: what stands below a quotation head is ours."""
    found = _QUOTE_HEAD.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text
