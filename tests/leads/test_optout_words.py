"""Which words opt somebody out, which ask for removal, and which do neither (R4, R20; 47 CFR 64.1200(a)(10))."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.consent_phrases import removal_phrase
from leads.keywords import ALWAYS_IN, ALWAYS_OUT, is_opt_in, is_opt_out, opt_out_keyword
from workspaces.models import Workspace

OUT = [*ALWAYS_OUT, "STOPALL", "STOP ALL", "REVOKE", "OPTOUT", "OPT OUT", "OPT-OUT"]
AROUND = st.text(alphabet=" \t\n.,;:!?-_'\"()*…👍🛑\u200b\u00a0", max_size=6)


@given(st.sampled_from(OUT), st.data(), AROUND, AROUND)
def test_a_keyword_in_any_case_with_anything_around_it(word: str, data: st.DataObject, before: str, after: str) -> None:
    said = "".join(data.draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in word)
    assert is_opt_out(f"{before}{said}{after}")
    assert not is_opt_in(f"{before}{said}{after}")


@given(st.sampled_from([*ALWAYS_IN, "OPTIN", "SUBSCRIBE"]), AROUND, AROUND)
def test_a_keyword_back_in(word: str, before: str, after: str) -> None:
    assert is_opt_in(f"{before}{word.lower()}{after}")
    assert not is_opt_out(f"{before}{word.lower()}{after}")


@pytest.mark.parametrize(
    "text", ["stop", "ｓｔｏｐ", "Stop.", "STOP STOP STOP", "stop please", "Please stop", "pls STOP!!", "stop\n\nstop", "“stop”"]
)
def test_opts_out(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "Count me in! We have got to STOP this bill", "Stop by our booth!", "non-stop", "stop it", "the end", "quit smoking",
        "I want to cancel my order", "start", "yes", "", " ", "👍", "st op", "stopped", "no end", "Cancelled", "not stop",
        "S.T.O.P", "stop" + " very" * 40, "end of day works", "Opt me out of the webinar only", "all stop",
    ],
)  # fmt: skip
def test_is_no_keyword(text: str) -> None:
    assert not is_opt_out(text)


def test_a_workspace_has_its_own_words_beside_those_that_always_hold() -> None:
    ours = Workspace(opt_out_words=["Arrêt", "no gracias"], opt_in_words=["Oui"])
    assert opt_out_keyword("ARRÊT!", ours) == "Arrêt"
    assert opt_out_keyword("No, gracias.", ours) == "no gracias"
    assert is_opt_in("oui", ours)
    assert is_opt_out("stop", ours)
    assert is_opt_in("UNSTOP", ours)
    assert not is_opt_out("revoke", ours)


ASKS = """
remove me | Please remove me | take me off your list | Please take me off your list.
Hi, can you please take me off this list? Thanks!
stop texting me | STOP TEXTING ME!!! | Please stop messaging me | stop contacting us | Don't text me again | do not contact me
Do not message this number again. | don’t text me | no more texts | No more messages please | leave me alone | Lose my number
unsubscribe me | Please unsubscribe me from this list | opt me out | I want to opt out | I'd like to opt out of these messages
ok stop now | Not interested, please remove me | No thanks. Take me off. | Remove my number from your list | delete my number
remove us from your database | I want to be removed from your list | Quit texting me
never text me again | Take my name off your list
I don't want to receive any more texts | I do not want your messages | no más | No más mensajes | Quíteme de la lista | Stop this!
could you please stop texting | stop bothering me | I asked you to stop | Wrong number, remove me | This is spam - stop it
please remove my info | get me off this list | Remove me from all of your lists | REMOVE | please, remove me now
"""
DOES_NOT = """
Stop by our booth! | Stop by tomorrow? | We have got to STOP this bill, count me in | don't remove me | take me off mute
Please don't remove me from the list | Can you remove me from cc and add Bob instead? | I can't stop laughing | non stop flights
I'll call you when I get off work | Not interested | no thanks | Who is this? | What's your cancellation policy | don't stop
Please remove the second invoice | take your time | do not text me after 9pm | don't call before noon | Send me more info
can we stop and talk about pricing | we don't want to stop | my number changed | leave it with me | Text me tomorrow
no more questions from me | call me | How do I remove a user from my list? | Will you be at the stop? | Let me know when to stop
I never got your text | Remove the intro and it reads better | I was on your list last year | Happy to be on the list!
"""


def listed(text: str) -> list[str]:
    return [one.strip() for line in text.strip().splitlines() for one in line.split("|") if one.strip()]


@pytest.mark.parametrize("text", [text for text in listed(ASKS) if text != "REMOVE"])
def test_asks_to_be_left_alone(text: str) -> None:
    assert removal_phrase(text)


@pytest.mark.parametrize("text", listed(DOES_NOT))
def test_asks_for_nothing_of_the_kind(text: str) -> None:
    assert not removal_phrase(text)


WORDS = [
    "no",
    "please",
    "stop",
    "text",
    "me",
    "thanks",
    "i",
    "want to",
    "off",
    "your",
    "list",
    "remove",
    "don't",
    "more",
    "and",
    ",",
]


@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_any_text_is_read_quickly(words: list[str]) -> None:
    began = time.perf_counter()
    removal_phrase(" ".join(words))
    assert time.perf_counter() - began < 0.2
