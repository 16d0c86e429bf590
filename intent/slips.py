"""Words that were meant to be a keyword: one letter slipped, or letters that only look like those they stand for."""

import re
from typing import Final

from intent.text import words_in

#: Words of their own, one letter away from a keyword; never read as a slip of it.
OTHER_WORDS: Final = words_in(
    """
    shop step top slop stow atop spot strop stomp swop tsp estop stope stops stopped stopper stopping stoppa
    and ned send bend fend lend mend rend tend vend wend ende ends ended ending endo enc snd
    quid quiz quip quin suit quilt quite quiet quoit quoits quits quint quirt quot qui uit huit nuit
    cuit fuit luit puit buit ruit kuit quitter quitting
    alta alts also auto halt salt malt aldo alot alo apto baha baka bata bala caja raja paja faja naja
    cancer cancels canceled cancelled canceler chancel remote remover removed removes renove move evoke invoke revoked revokes
    pasta bast basto bask vasta hasta casta bastar arrest garret barret anmelden anmeldung ausfragen auftragen
    wpisz slut sluts rimuovo
    """
)
_KEYS_AROUND: Final = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk", "o": "ipkl",
    "p": "ol", "a": "qwsz", "s": "adwezx", "d": "sferxc", "f": "dgrtcv", "g": "fhtyvb", "h": "gjyubn", "j": "hkuinm",
    "k": "jliom", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def is_slip(word: str, meant: str) -> bool:
    """Whether one letter of ``meant`` was swapped with the next, left out, put in, or replaced.

    "Stop", "quit" and longer words allow any letter; in "end", "alto", "baja", "sair", where every other letter makes a
    word of some language, a letter is doubled or replaced by a key beside it.
    """
    if word in OTHER_WORDS or abs(len(word) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    end = 0
    while end < min(len(word), len(meant)) - start and word[-1 - end] == meant[-1 - end]:
        end += 1
    wrote, wanted = word[start : len(word) - end], meant[start : len(meant) - end]
    if len(wrote) == 2 and wrote == wanted[::-1]:
        return True
    if len(wrote) > 1 or len(wanted) > 1:
        return False
    if len(meant) > 4 or meant in ("stop", "quit"):
        return True
    if not wanted:
        return wrote in meant[max(0, start - 1) : start + 1]
    return wrote != "" and wrote in _KEYS_AROUND.get(wanted, "")


_LETTERS: Final = str.maketrans(
    "асԁеһіјкмпорԛѕтухвзᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢαβεηικμνορτυχζ",
    "acdehijkmnopqstyxbzabcdefghijklmnoprstuvwyzabehikmnoptyxz",
)
_BOXED: Final = str.maketrans({chr(first + at): chr(97 + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)})
_FIGURES: Final = str.maketrans("01345$@€", "oieassae")
_FIGURED: Final = re.compile(r"\S*[a-z]\S*")


def unmasked(text: str) -> str:
    """Lower case, with Cyrillic and Greek letters, letters in boxes and figures inside words as the Latin ones they look like."""
    plain = text.translate(_BOXED).lower().translate(_LETTERS)
    return _FIGURED.sub(lambda found: found[0].translate(_FIGURES), plain)
