"""How a thread is laid out for rules and models: the reply, the question it answers, tapbacks."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from intent.vocabulary import Turn

#: Nobody writes this much in a text; a pasted page is read by its head only.
LONGEST_REPLY: Final = 2_000

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_QUOTES |= str.maketrans({"„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "..."})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufe0e\ufe0f\ufeff\u00ad\U0001f3fb-\U0001f3ff]")
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
class Tapback:
    """A reaction sent as text. ``kind``: yes, no, remark or removed."""

    kind: str
    quoted: str


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
    plain = unicodedata.normalize("NFKC", text[:LONGEST_REPLY].translate(_QUOTES))
    return " ".join(_INVISIBLE.sub("", plain).split())


def spell_emoji(text: str) -> str:
    for emoji, words in EMOJI_WORDS.items():
        if emoji in text:
            text = text.replace(emoji, words)
    return " ".join(text.split())


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


# ---------------------------------------------------------------- tapbacks

_YES = (
    "liked|loved|le gusta|le gust[oó]|le encanta|le encant[oó]|me gusta|a aim[eé]|a ador[eé]|aime|adore|"
    "gef[aä]llt|gef[aä]llt mir|liebt|hat .{0,20}geliked|gostou de|adorou|amou|ha messo mi piace a|"
    "mi piace|ha adorato|vindt .{0,20}leuk|vond .{0,20}leuk|hield van"
)
_NO = "disliked|no le gusta|no le gust[oó]|n'a pas aim[eé]|gef[aä]llt nicht|n[aã]o gostou de|non piace"
_REMARK = (
    "laughed at|emphasi[sz]ed|questioned|se ri[oó] de|le dio risa|enfatiz[oó]|pregunt[oó] por|"
    "a ri de|a ri [aà]|a mis en [eé]vidence|a questionn[eé]|lachte [uü]ber|hob hervor|hinterfragte|"
    "riu de|destacou|questionou|ha riso a|ha evidenziato|ha messo in dubbio|lachte om|benadrukte"
)
_REMOVED = "removed an? .{1,24} from|elimin[oó] .{1,24} de|a supprim[eé] .{1,24} de|entfernte .{1,24} von"
_QUOTED = r"\s*:?\s*[\"'](?P<quoted>.*?)[\"']?\s*$"
_KINDS = [
    ("removed", re.compile(rf"^(?:{_REMOVED}){_QUOTED}", re.I | re.S)),
    ("no", re.compile(rf"^(?:{_NO}){_QUOTED}", re.I | re.S)),
    ("remark", re.compile(rf"^(?:{_REMARK}){_QUOTED}", re.I | re.S)),
    ("yes", re.compile(rf"^(?:{_YES}){_QUOTED}", re.I | re.S)),
]
_OBJECT = re.compile(
    r"^(?P<verb>liked|loved|disliked|laughed at|emphasi[sz]ed|questioned) "
    r"(?:an image|a photo|a movie|an attachment|a message|a video|an audio message)$",
    re.I,
)
_REACTED = re.compile(rf"^reacted (?P<emoji>\S+) to{_QUOTED}", re.I | re.S)
_YES_EMOJI = frozenset("👍❤😍👌✅🔥🙌💯🎉❤️‍🔥💪🙏")
_NO_EMOJI = frozenset("👎🙄😡🤬🖕💩🤮🤡")


def tapback(reply: str) -> Tapback | None:
    """The reaction a reply consists of, in iOS's and Android's words; None for ordinary text."""
    reacted = _REACTED.match(reply)
    if reacted:
        emoji = reacted["emoji"]
        kind = "yes" if set(emoji) & _YES_EMOJI else "no" if set(emoji) & _NO_EMOJI else "remark"
        return Tapback(kind, reacted["quoted"])
    for kind, pattern in _KINDS:
        found = pattern.match(reply)
        if found:
            return Tapback(kind, found["quoted"])
    thing = _OBJECT.match(reply)
    if thing:
        verb = thing["verb"].lower()
        kind = "yes" if verb in ("liked", "loved") else "no" if verb == "disliked" else "remark"
        return Tapback(kind, "")
    return None


_QUOTE_HEAD = re.compile(
    r"\n\s*(?:>|-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine)|"
    r"(?:on|am|le|el) .{5,60} (?:wrote|schrieb|a écrit|escribió):)",
    re.I,
)


def _without_quoted_mail(text: str) -> str:
    """Only the contact's own words count: what stands below a quotation head is ours."""
    found = _QUOTE_HEAD.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text
