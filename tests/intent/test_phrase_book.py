"""Whole messages in scripts of which the models know little are read by what they say."""

import pytest

from intent.classifier import read
from intent.phrase_book import Phrase, phrase
from intent.vocabulary import OptOut, Reason, Status, Turn


@pytest.mark.parametrize(
    ("reply", "meant"),
    [
        ("كم السعر؟", Phrase.PRICE),
        ("Здравствуйте! Сколько стоит?", Phrase.PRICE),
        ("你好，多少钱？", Phrase.PRICE),
        ("月いくらですか？", Phrase.PRICE),
        ("얼마예요?", Phrase.PRICE),
        ("कितना है?", Phrase.PRICE),
        ("כמה זה עולה?", Phrase.PRICE),
        ("Πόσο κοστίζει;", Phrase.PRICE),
        ("ราคาเท่าไหร่คะ", Phrase.PRICE),
        ("да", Phrase.YES),
        ("Нет, спасибо", Phrase.NO),
        ("لا شكرا", Phrase.NO),
        ("谢谢！", Phrase.TALK),
        ("Хто це?", Phrase.TALK),
    ],
)
def test_a_phrase_with_its_courtesies_is_known(reply: str, meant: Phrase) -> None:
    assert phrase(reply) is meant


@pytest.mark.parametrize("reply", ["多少钱，别再发了", "Сколько можно? Больше не пишите", "لا ترسل لي", "no", "cuánto cuesta", ""])
def test_a_reply_that_says_more_is_none_nor_is_one_in_latin_letters(reply: str) -> None:
    assert phrase(reply) is None


def test_a_price_asked_for_in_arabic_is_no_suspected_opt_out() -> None:
    found = read([Turn("out", "We print menus. Would you like a price?"), Turn("in", "بكم؟")])
    assert (found.status, found.reason, found.opt_out) == (Status.POSITIVE, Reason.PRICING, OptOut.NONE)


@pytest.mark.parametrize(("asked", "reply"), [("Should I stop texting you?", "да"), ("Is it OK to text you here?", "لا")])
def test_yes_and_no_answer_what_was_asked_also_where_it_means_silence(asked: str, reply: str) -> None:
    assert read([Turn("out", asked), Turn("in", reply)]).opt_out is OptOut.SURE


def test_a_price_asked_for_takes_back_no_wish_before_it() -> None:
    thread = [Turn("out", "We print menus."), Turn("in", "больше не пишите мне"), Turn("in", "сколько стоит?")]
    assert read(thread).opt_out is not OptOut.NONE
