"""Take out of a message what points to a person, and leave what it means.

Addresses of mail and web, phone numbers, names and the values of numbers go; words stay. Used for what leaves the
workspace: corrections that are exported for training, and questions to a language model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from intent import examples
from intent.text import words_in

_MAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LINK: Final = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,10})/\S+|\b[\w-]+\.(?:com|net|org|io|co|de|fr|es|it|nl|pl|ph|at|ch|uk|us|example)\b", re.I)  # fmt: skip  # noqa: E501
_PHONE: Final = re.compile(r"(?<!\w)\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?!\d)")
_HANDLE: Final = re.compile(r"(?<!\w)@\w{2,}")
_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))*")
#: After these a word that nobody else writes is taken for a name, in small letters too.
_BEFORE_NAME: Final = re.compile(
    r"\b(?:i'?m|i am|this is|it'?s|my name is|name'?s|ask|call|text|contact|mr|mrs|ms|dr|hi|hey|hello|hola|bonjour|hallo|dear|"
    r"señor|señora|herr|frau|monsieur|madame|sr|sra|regards|cheers)[.,]?\s+$",
    re.I,
)
_SENTENCE_STARTS: Final = re.compile(r"(?:^|[.!?…:\n]\s*|[-–—\"“(]\s*)$")
NAME, NUMBER, MAIL, LINK = "[name]", "[number]", "[email]", "[link]"


def mask(text: str, names: Iterable[str] = ()) -> str:
    """`text` without mail addresses, links, phone numbers, names and the values of numbers.

    `names` are known ones (contact, company, colleagues): each of their words goes wherever it stands, in any case.
    Other names are found by their capital or by what stands before them ("ask dana"), where our own replies do not use
    the word often in small letters. A name that is also a common word, and unknown, stays: read what you hand on.
    """
    for pattern, stands in ((_MAIL, MAIL), (_LINK, LINK), (_PHONE, NUMBER), (_HANDLE, NAME)):
        text = pattern.sub(stands, text)
    known = {word.casefold() for name in names for word in _WORD.findall(name) if len(word) > 1} - _KEPT
    masked = _WORD.sub(lambda found: _word(found, known), text)
    masked = re.sub(r"\[name\](?:\s+(?:(?:de|van|von|la|del|der)\s+)?\[name\])+", NAME, masked)
    return re.sub(r"\d", "0", masked)


#: Words of these brackets, and what a name of a firm shares with any sentence.
_KEPT: Final = frozenset({"name", "number", "email", "link", "the", "and", "of", "for", "inc", "llc", "ltd", "gmbh", "co"})


def _word(found: re.Match[str], known: set[str]) -> str:
    word, low = found[0], found[0].casefold()
    before, after = found.string[: found.start()], found.string[found.end() :]
    if before.endswith("[") and after.startswith("]"):
        return word
    bare = re.sub(r"['’]s$", "", low)
    if low in known or bare in known:
        return NAME
    often = max(_used().get(low, 0), _used().get(bare, 0))
    if len(word) == 1 or often >= 6:
        return word
    titled = word[0].isupper() and not word.isupper()
    if _BEFORE_NAME.search(before):
        return NAME
    if titled and not _SENTENCE_STARTS.search(before):
        return NAME if often < 3 else word
    return NAME if titled and not often else word


@cache
def _used() -> dict[str, int]:
    """In how many scenarios our own labelled replies use a word: what is used in several is nobody's name.

    In small letters a word counts double: German writes its nouns like names.
    """
    seen: dict[str, set[tuple[str, bool]]] = {}
    for example in examples.load(examples.training_files()):
        for word in _WORD.findall(example.thread[-1].text):
            if not word.isupper():
                seen.setdefault(word.casefold(), set()).update({(example.seed, False), (example.seed, word.islower())})
    return {word: len(places) for word, places in seen.items() if word not in _FIRST_NAMES} | dict.fromkeys(_CALENDAR, 1_000)


_CALENDAR: Final = words_in(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january february
    march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    i i'm i'll i'd i've ok english spanish french german sms imessage crm hr it us uk eu
    """
)
#: First names that our replies also hold in small letters ("talk to dana").
_FIRST_NAMES: Final = words_in(
    """
    dana dave mike tony karen sam alex chris jess kim ben tom dan joe rob nina lena priya marco carl kevin steve maria ana
    paul peter anna mark-anthony luis juan pedro carlos jean pierre hans lukas jan piet sofia laura james john david sarah
    emma olivia noah liam lucy fay deb gus rae theo noor finn jules walt carla greta emil bob zoe felix tess wu linda gary
    """
)
