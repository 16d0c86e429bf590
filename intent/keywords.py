"""Whole-message opt-out and opt-in words, as this classifier knows them.

Wider than the list that opts out by itself (`leads.keywords`): local forms and one-letter slips
are read too. Only a message that is nothing but keyword and courtesy counts.
"""

import re
import unicodedata
from typing import Final

from intent.slips import OTHER_WORDS, is_slip, unmasked
from intent.text import without_accents, words_in


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
    frameld slutt avslutt sluta lopeta wypisz rezygnuje odhlasit iptal dur durdur itigil tigil berhenti unsubscribed halt arrete
    cesser cessez annuler annulla annuleren aufhoeren loeschen detener quitar ferma отписаться стоп отписка отпишите отмена
    退订 停止 停 取消 解除 中止 수신거부 중지 그만 توقف قف الغاء
    """
)
OUT_PHRASES: Final = phrases_in(
    """
    opt out; opt me out; stop all; end all; cancel all; opting out; stop it; stop this; stop now; take me off;
    remove me; unsubscribe me; no mas; dar de baja; darme de baja; de baja; me desinscrire; stop sms;
    stop pub; stop texts; stop texting; stop text; end texts; quit it; cancel texts; unsub me; stop
    messages; stop msgs; stop txts; stop messaging;
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
    gracias svp merci bitte danke per grazie favore aub graag dank yes just and immediately asap today right away hello sir
    maam mate bro dude man lol xx x
    """
)
_STOP_SIGNS: Final = frozenset("🛑⛔✋🚫🙅❌🤚")
_SIGNATURE: Final = re.compile(
    r"\b(?:sent (?:from my|via)|get outlook for|envoyé (?:de|depuis) mon|von mein\w+ \w+ gesendet|enviado desde mi|"
    r"inviato da)\b.{0,30}$",
    re.I,
)
_COMMON: Final = words_in(
    """
    stop end quit cancel unsubscribe revoke optout remove stopall unsub stopp baja alto basta sair arret arreter arretez
    desabonner desabonnement desinscription desinscrire desuscribir cancelar eliminar abmelden abmeldung abbestellen austragen
    aufhoren loschen cancella disiscrivi rimuovi afmelden uitschrijven stoppen avregistrera afmeld rezygnuje odhlasit
    """
)
"""Those of which one-letter slips are read, too."""


def opt_out_keyword(text: str) -> str | None:
    """The keyword a whole message consists of, or None.

    Case, accents, punctuation, emoji, repetition, courtesy, one-letter slips, letters that look alike and a phone's
    signature are ignored.
    """
    text = _SIGNATURE.sub("", text)
    words = _words(text)
    if not words:
        return "🛑" if text.strip() and _only_stop_signs(text) else None
    found = _whole(words, OUT_WORDS, OUT_PHRASES, slips=True)
    return found or _whole(_words(unmasked(text)), OUT_WORDS, OUT_PHRASES, slips=False)


def opt_in_keyword(text: str) -> str | None:
    """START and its kin as a whole message."""
    return _whole(_words(text), IN_WORDS, IN_PHRASES, slips=False)


def _whole(words: list[str], single: frozenset[str], phrases: frozenset[str], slips: bool) -> str | None:
    words = _unspelled(words)
    core = [word for word in words if word not in _COURTESY]
    if not core or len(words) > 8:
        return None
    found = _in_turn(core, single, phrases, slips)
    if found:
        return min(found)
    phrase, joined = " ".join(core), "".join(core)
    if joined in single:
        return joined
    if len(core) == 2 and (phrase.startswith("o") or min(map(len, core)) == 1):  # "opt ot", "sto p"
        return _keyword(joined, single, slips)
    return None


def _in_turn(core: list[str], single: frozenset[str], phrases: frozenset[str], slips: bool) -> list[str] | None:
    """Words and phrases that make up the whole of ``core``, one after another ("opt out, stop"), or None."""
    if not core:
        return []
    for size in (3, 2, 1):
        head = " ".join(core[:size])
        keyword = head if head in phrases else _keyword(core[0], single, slips) if size == 1 else None
        if keyword and (rest := _in_turn(core[size:], single, phrases, slips)) is not None:
            return [keyword, *rest]
    return None


def _unspelled(words: list[str]) -> list[str]:
    """Letters parted by spaces as the one word they spell, courtesy apart: "s t o p p l e a s e"."""
    if len(words) < 3 or any(len(word) > 1 for word in words):
        return words
    spelled = "".join(words)
    for ending in ("please", "pls", "plz", "now"):
        if spelled.endswith(ending) and spelled != ending:
            return [spelled.removesuffix(ending), ending]
    return [spelled]


def _keyword(word: str, single: frozenset[str], slips: bool) -> str | None:
    if word in single:
        return word
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    if squeezed in single and word not in OTHER_WORDS:
        return squeezed
    for once in (r"\1", r"\1\1"):  # "arrettttt", "stopallll"
        if (shorter := re.sub(r"(.)\1{2,}", once, word)) != word and shorter in single:
            return shorter
    if repeated := re.fullmatch(r"(\w{3,}?)\1+", word):
        return repeated[1] if repeated[1] in single else None
    return next((meant for meant in sorted(_COMMON) if is_slip(word, meant)), None) if slips else None


def _words(text: str) -> list[str]:
    bare = without_accents(text.lower().replace("ß", "ss").replace("ł", "l"))
    return re.findall(r"[^\W\d_]+", bare.replace("'", ""))


def _only_stop_signs(text: str) -> bool:
    marks = [char for char in text if not char.isspace() and unicodedata.category(char) not in ("Mn", "Sk", "Cf")]
    marks = [char for char in marks if not unicodedata.category(char).startswith("P")]
    return any(char in "🛑⛔" for char in marks) and all(char in _STOP_SIGNS for char in marks)
