import pytest

from intent.keywords import opt_in_keyword, opt_out_keyword
from intent.text import tidy

LISTED = [
    "stop",
    "STOP",
    "Stop.",
    "stop!!!",
    " stop ",
    "“Stop”",
    "stop please",
    "pls stop",
    "STOP 🛑",
    "stop stop stop",
    "stopall",
    "STOP ALL",
    "end",
    "END",
    "quit",
    "cancel",
    "Cancel.",
    "unsubscribe",
    "revoke",
    "opt out",
    "OPT-OUT",
    "optout",
    "remove",
    "please remove",
    "alto",
    "BAJA",
    "arrêt",
    "Arret",
    "stopp",
    "Abmelden",
    "désabonner",
    "sair",
    "PARAR",
    "basta",
    "cancella",
    "afmelden",
    "🛑",
    "🛑🛑",
    "🛑✋",
    "stop thanks",
    "s t o p",
    "s t o p p l e a s e",
    "StopStopStop",
    "unsubscribed",
    "unsub me",
    "STOP\n\nSent from my iPhone",
    "停止",
    "توقف",
    "opt out opt out",
    "STOP ALL STOP",
    "unsubscribe me, stop",
    "arrêttttt",
]
MASKED = [
    "ЅТОР", "STΟP", "ＳＴＯＰ", "𝐒𝐓𝐎𝐏", "ꜱᴛᴏᴘ", "🅂🅃🄾🄿", "ST0P", "5top", "$top", "СANCEL", "ΕND", "st\u200bop", "STOP\ufeff",
]  # fmt: skip
TYPOS = [
    "sotp", "stpo", "stopp", "stoop please", "syop", "dtop", "stip", "stp", "unsuscribe", "unsubcribe", "qiut",
    "cancle", "canel", "remvoe", "edn", "unsubscrbe", "revoek", "etop", "sop", "xstop", "qut",
    "opt ot", "opt uot", "sto p", "arrete",
]  # fmt: skip
OTHER = [
    "shop", "step", "top", "spot", "and", "send", "quite", "quit my job", "cancel my other meeting", "stop by Tuesday",
    "don't stop", "end of month", "remove the second slot", "no", "yes", "ok", "thanks", "please", "start", "👎", "👍",
    "✋ question", "unsubscribe rate is the problem", "halt mal", "", "   ", "...", "can't stop laughing", "salt", "auto",
    "aló", "nuit", "snd", "anmelden", "slut", "hasta", "cancelled", "2 stop at 5", "a b c", "τοπ", "st",
]  # fmt: skip


@pytest.mark.parametrize("text", LISTED)
def test_a_message_that_is_only_a_keyword_opts_out(text: str) -> None:
    assert opt_out_keyword(text)


@pytest.mark.parametrize("text", MASKED)
def test_a_keyword_is_read_in_letters_that_only_look_like_its_own(text: str) -> None:
    assert opt_out_keyword(tidy(text))


@pytest.mark.parametrize("text", TYPOS)
def test_one_letter_typos_of_a_keyword_are_forgiven(text: str) -> None:
    assert opt_out_keyword(text)


@pytest.mark.parametrize("text", OTHER)
def test_a_keyword_inside_other_words_is_no_keyword(text: str) -> None:
    assert opt_out_keyword(text) is None


@pytest.mark.parametrize("text", ["START", "unstop", "Start please", "add me back", "opt in"])
def test_words_that_ask_for_messages_again(text: str) -> None:
    assert opt_in_keyword(text)
    assert opt_out_keyword(text) is None


def test_start_inside_a_sentence_asks_for_nothing() -> None:
    assert opt_in_keyword("when do we start?") is None
