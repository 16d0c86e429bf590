import pytest

from intent.rules import vote
from intent.silence import wish_for_silence
from intent.text import lay_out
from intent.vocabulary import REMOVE, Turn


@pytest.mark.parametrize(
    "reply",
    [
        "please stop texting me",
        "no more messages from your company please",
        "take my number off whatever list this is",
        "lose my number",
        "I never signed up for this",
        "we don't want calls or texts from vendors",
        "this is harassment",
        "No me escriba más",
        "borre mi número de su lista",
        "ne m'envoyez plus rien",
        "retirez-moi de vos fichiers",
        "Ich möchte keine Nachrichten mehr bekommen",
        "löschen Sie bitte meine Nummer",
        "não quero mais receber mensagens",
        "mi tolga dalla lista",
        "haal me van de lijst",
        "when will you stop",
        "what part of STOP was unclear",
        "back off, Simon",
        "you owe me $500 per text",
        "Proszę więcej do mnie nie pisać",
        "wag na po kayo mag text",
        "Не пишите мне",
        "bir daha mesaj atmayın",
        "ta bort mitt nummer",
        "we moved to Ohio, stop",
        "lovely soap but unsubscribe",
        "I asked your colleague to be taken off",
        "please don't send these",
        "do not use this number again",
        "sortez-moi de vos fichiers",
        "sprzeciwiam się przetwarzaniu danych",
    ],
)
def test_a_direct_wish_for_silence_is_heard(reply: str) -> None:
    assert wish_for_silence(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "stop by our office Tuesday",
        "how do your customers opt out of reminders?",
        "we had to remove the second slot",
        "Ich arbeite dort nicht mehr",
        "ik werk daar niet meer",
        "where did you get the number",
        "not interested",
        "",
        "when does the offer stop by us?",
        "we back off the dock at 6",
        "it costs $500 a text line",
        "nie, dziękuję",
        "text mo ako bukas",
        "skicka mer info",
    ],
)
def test_other_uses_of_the_words_are_not(reply: str) -> None:
    assert wish_for_silence(reply) == ""


def test_a_wish_votes_and_leaves_the_decision_to_the_blend() -> None:
    found = vote(lay_out([Turn("out", "Worth a call?"), Turn("in", "please stop texting me")]))
    assert found is not None
    assert (found.pair, found.decides) == (REMOVE, False)


@pytest.mark.parametrize(
    "reply",
    [
        "don't bother",
        "the bus stop, by the mall",
        "remove the second slot, keep the rest",
        "we don't use it any more",
        "I don't text, call me",
    ],
)
def test_a_keyword_or_a_verb_that_means_something_else_is_no_wish(reply: str) -> None:
    assert not wish_for_silence(reply)
