"""A reply of one letter or figure means what the question says it means, and nothing where nothing called for it."""

import pytest

from intent.classifier import read
from intent.marks import words_offered
from intent.rules import vote
from intent.text import lay_out
from intent.vocabulary import Layer, OptOut, Pair, Reason, Status, Turn

MENU = "Reply 1 for a quote, 2 for a call, 9 to stop."


@pytest.mark.parametrize(
    ("asked", "reply", "words"),
    [
        (MENU, "9", "stop"),
        (MENU, "2.", "a call"),
        ("Reply C to confirm or R to reschedule.", "r", "reschedule"),
        ("1) call me 2) send info 3) not interested", "#3", "not interested"),
        ("Txt 1 = yes pls 2 = stop", "2 pls", "stop"),
        ("Press 1 to stay, press 2 if you want out", "2", "I want out"),
        ("Reply Y to keep the texts, N to stop", "n", "stop"),
    ],
)
def test_a_lone_mark_stands_for_the_words_offered_beside_it(asked: str, reply: str, words: str) -> None:
    assert words_offered(lay_out([Turn("out", asked), Turn("in", reply)])) == words


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        (MENU, "3"),
        (MENU, "9 texts is enough"),
        ("Thurs 3 or Fri 11? Reply with one", "3"),
        ("We cut it from 8 to 3 hours. Text me back?", "8"),
        ("Reply Y to get deals", "Y"),
        ("You are booked for Tuesday. Reply 1 to confirm, 2 to cancel.", "2"),
    ],
)
def test_what_was_not_offered_stands_for_nothing(asked: str, reply: str) -> None:
    assert words_offered(lay_out([Turn("out", asked), Turn("in", reply)])) == ""


def test_a_mark_that_means_stop_is_a_sure_opt_out_and_the_evidence_is_what_was_written() -> None:
    verdict = read([Turn("out", MENU), Turn("in", "9")])
    assert (verdict.reason, verdict.opt_out) == (Reason.REQUESTED_REMOVE, OptOut.SURE)
    assert [(one.layer, one.words) for one in verdict.evidence] == [(Layer.RULE, "9")]


@pytest.mark.parametrize(
    ("asked", "reply", "nothing"),
    [
        ("Is your crew due?", "1", True),
        ("We open on Monday.", "g", True),
        ("Is your crew due?", "y", False),
        ("How many trucks do you run?", "7", False),
        ("Tuesday at 3?", "3", False),
        ("Keep the texts, or take you off?", "b", False),
    ],
)
def test_a_slip_of_the_thumb_says_nothing(asked: str, reply: str, nothing: bool) -> None:
    found = vote(lay_out([Turn("out", asked), Turn("in", reply)]))
    assert (found is not None and found.decides and found.pair == Pair(Status.NEUTRAL, None)) is nothing
