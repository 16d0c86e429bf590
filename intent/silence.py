"""Direct wishes for silence in the languages people write to us, as votes.

These never decide alone: they raise the odds the models give, which know context. They are
here because a direct request is worth more than its likeness to what was trained on, most of
all in the languages the encoder was not made for.
"""

import re
from typing import Final

from intent.text import words_in
from intent.wishes import ASKING, ENGLISH
from intent.wishes_elsewhere import OTHERS


def alternatives(pattern: str) -> list[str]:
    """What stands between the bars of a pattern, those inside brackets left alone."""
    depth, found = 0, [""]
    for piece in re.findall(r"\\.|\[[^\]]*\]|.", pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


def one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the patterns. Nearly all begin at the edge of a word, which is looked for once instead of 300 times at each letter."""
    whole = [one for pattern in patterns for one in alternatives(pattern)]
    at_edges = [one[2:] for one in whole if one.startswith(r"\b")]
    elsewhere = [one for one in whole if not one.startswith(r"\b")]
    return re.compile("|".join([*elsewhere, rf"\b(?:{'|'.join(at_edges)})"]), re.I)


_WISH: Final = one_of(ENGLISH + OTHERS)
_ASKING: Final = re.compile("|".join(ASKING), re.I)
_PLEA: Final = re.compile(r"(?:when|why|what|which)\b", re.I)
_ABOUT_ME: Final = re.compile(r"\b(?:me|my|us|our|this number|mich|mir|meine|me|moi|mon|mi|mio|mijn|meu|minha)\b", re.I)


def wish_for_silence(reply: str) -> str:
    """The words that ask for silence, or an empty string.

    A question is not taken for a request unless it is about the writer ("can you take me off?").
    """
    found = _ASKING.search(reply)
    if found is not None and "?" in reply:
        return found[0].strip()
    found = _WISH.search(reply)
    if found is None:
        return _lone_keyword(reply)
    if "?" in reply and not _ABOUT_ME.search(reply) and not _PLEA.match(found[0]):
        return _lone_keyword(reply)
    return found[0].strip()


#: Words that can mean one thing only where they are all that a part of a sentence says. "Cancel" and "end" may mean a date.
_ALONE: Final = words_in("stop stopp stahp enough discontinue chega basta unsubscribe unsub remove quit optout desist cease")
_BESIDE: Final = words_in(
    "please pls plz just now ok okay so and but then it this me us thanks thank you ty thx lol bro sis man dude sir guys asap hun"
)
_PARTS: Final = re.compile(r"[.!,;:\n]+|\s-+\s|\b(?:and|but)\b", re.I)


def _lone_keyword(reply: str) -> str:
    """A part of the reply that is nothing but a keyword with courtesy: "moved to Ohio, stop", "love you but stop"."""
    for part in _PARTS.split(reply):
        words = re.findall(r"[^\W\d_]+", part.lower())
        if "?" not in part and _ALONE.intersection(words) and not set(words) - _ALONE - _BESIDE:
            return part.strip()
    return ""
