"""Whole-message opt-out and opt-in words, as this classifier knows them.

Wider than the keyword list that lines obey (leads.optouts): local forms and one-letter typos
are read here too. Only a message that is nothing but keyword and courtesy counts.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from intent.text import words_in


def phrases_in(text: str) -> frozenset[str]:
    """Phrases parted by semicolons."""
    return frozenset(phrase.strip() for phrase in " ".join(text.split()).split(";") if phrase.strip())


#: English first, then Spanish, Portuguese, French, German, Italian, Dutch, Nordic and others; without accents.
OUT_WORDS: Final = words_in(
    """
    stop stopall sopt end quit cancel unsubscribe unsub revoke optout remove endall cancelall stoptexts stoptext stopit
    stopnow optmeout unsubscribeall alto baja pare parar basta cancelar eliminar desuscribir desuscribirme sair
    remover descadastrar descadastre cancele arret arreter arretez desabonner desabonnement desinscription
    desinscrire resilier stopsms stoppub stopp abmelden abmeldung austragen abbestellen aufhoren loschen cancella
    cancellami disiscrivi disiscrivimi rimuovi fermati afmelden uitschrijven stoppen avregistrera avsluta afmeld
    frameld slutt avslutt wypisz rezygnuje odhlasit iptal отписаться стоп отписка 退订 停止
    """
)
OUT_PHRASES: Final = phrases_in(
    """
    opt out; opt me out; stop all; end all; cancel all; opting out; stop it; stop this; stop now; take me off;
    remove me; unsubscribe me; no mas; dar de baja; darme de baja; de baja; me desinscrire; stop sms;
    stop pub; stop texts; stop texting; stop text; end texts; quit it; cancel texts;
    """
)
IN_WORDS: Final = words_in(
    """
    start unstop subscribe optin resubscribe resume reactivate restart alta reprendre
    """
)
IN_PHRASES: Final = phrases_in(
    """
    opt in; opt me in; add me back; sign me back up; start again; subscribe me; resubscribe me; start texts; put
    me back on;
    """
)
_COURTESY: Final = words_in(
    """
    please pls plz plse pleas thanks thank you thx ty now ok okay kindly hey hi sorry bye the a por favor porfa
    gracias svp merci bitte danke per grazie favore aub graag dank yes just and immediately asap today
    """
)
_STOP_SIGNS: Final = frozenset("🛑⛔✋🚫🙅❌🤚")
#: English words one letter away from a keyword; never read as a typo of it.
_OTHER_WORDS: Final = words_in(
    """
    shop step top slop stow atop spot strop stomp swop sop tsp and en ned send bend fend lend mend rend tend vend
    wend ends ended endo ens quid quiz suit quilt quite quiet quoit quits alta alts also auto halt salt malt aldo
    baha baka bata bala caja raja paja faja para paro care bare dare fare mare pars par pera cancer canal camel
    remover removed removes remote renove revoked unsubscribed canceled cancels cancelled stops stopped stopper
    stopping quitting quitter ending pasta bast basto bask vasta hair said sail air sai canceler optus rimuovo
    """
)
_NEIGHBOURS: Final = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb",
    "h": "gjyn", "j": "hkum", "k": "jli", "l": "ko", "z": "asx", "x": "zsc", "c": "xdv",
    "v": "cfb", "b": "vgn", "n": "bhm", "m": "nj",
}  # fmt: skip


def opt_out_keyword(text: str) -> str | None:
    """The keyword a whole message consists of, or None.

    Case, accents, punctuation, emoji, repetition, courtesy and one-letter typos are ignored.
    """
    words = _words(text)
    if not words:
        return "🛑" if text.strip() and _only_stop_signs(text) else None
    return _whole(words, OUT_WORDS, OUT_PHRASES, typos=True)


def opt_in_keyword(text: str) -> str | None:
    """START and its kin as a whole message."""
    return _whole(_words(text), IN_WORDS, IN_PHRASES, typos=False)


def _whole(words: list[str], single: frozenset[str], phrases: frozenset[str], typos: bool) -> str | None:
    core = [word for word in words if word not in _COURTESY]
    if not core or len(words) > 8:
        return None
    phrase = " ".join(core)
    if phrase in phrases:
        return phrase
    found = {_keyword(word, single, typos) for word in core}
    if None in found or not found:
        joined = "".join(core)
        return joined if joined in single else None
    return str(sorted(word for word in found if word)[0])


def _keyword(word: str, single: frozenset[str], typos: bool) -> str | None:
    if word in single:
        return word
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    if squeezed in single and word not in _OTHER_WORDS:
        return squeezed
    if typos and word not in _OTHER_WORDS:
        return _typos().get(word)
    return None


@cache
def _typos() -> dict[str, str]:
    """Every one-letter slip of the common keywords that is no other word."""
    out: dict[str, str] = {}
    common = (
        "stop", "end", "quit", "cancel", "unsubscribe", "revoke", "optout", "remove", "stopall",
        "unsub", "abmelden", "desabonner", "afmelden", "cancelar", "basta", "stopp", "baja", "alto",
    )  # fmt: skip
    for word in common:
        for slip in _slips(word):
            if slip not in _OTHER_WORDS and slip not in OUT_WORDS and slip not in _COURTESY:
                out.setdefault(slip, word)
    return out


def _slips(word: str) -> set[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    out: set[str] = set()
    for at in range(len(word)):
        before, char, after = word[:at], word[at], word[at + 1 :]
        out.add(before + char + char + after)
        out |= {before + near + after for near in _NEIGHBOURS.get(char, "")}
        if after:
            out.add(before + after[0] + char + after[1:])
        if len(word) >= 4:
            out.add(before + after)
            out |= {before + char + near + after for near in _NEIGHBOURS.get(char, "")}
        if len(word) >= 5:
            out |= {before + other + after for other in letters}
            out |= {before + other + char + after for other in letters}
    if len(word) == 4:
        # A letter put for any other, but only in the middle: "stip", not "shop".
        out |= {word[0] + other + word[2:] for other in letters}
        out |= {word[:2] + other + word[3:] for other in letters}
    out.discard(word)
    return out


def _words(text: str) -> list[str]:
    spelled = unicodedata.normalize("NFD", text.lower().replace("ß", "ss").replace("ł", "l"))
    bare = "".join(char for char in spelled if unicodedata.category(char) != "Mn")
    return re.findall(r"[^\W\d_]+", bare.replace("'", ""))


def _only_stop_signs(text: str) -> bool:
    marks = [char for char in text if not char.isspace() and unicodedata.category(char) not in ("Mn", "Sk", "Cf")]
    marks = [char for char in marks if not unicodedata.category(char).startswith("P")]
    return any(char in "🛑⛔" for char in marks) and all(char in _STOP_SIGNS for char in marks)
