import pytest

from intent.doubts import doubts_opt_out
from intent.rules import Vote, vote
from intent.text import lay_out
from intent.vocabulary import REMOVE, Pair, Reason, Status, Turn

COLD = "Hi Maria, Jake with FleetPulse. We cut idle time on vans. Worth a quick call?"


def heard(asked: str, reply: str, *, before: str = "") -> Vote | None:
    thread = [Turn("out", asked), Turn("in", reply)]
    if before:
        thread = [Turn("out", "Hi Ade, how do you track leads today?"), Turn("in", before), *thread]
    return vote(lay_out(thread))


def pair(asked: str, reply: str, **more: str) -> Pair | None:
    found = heard(asked, reply, **more)
    return found.pair if found else None


@pytest.mark.parametrize(
    ("asked", "reply", "meaning"),
    [
        ("Open to a quick call this week?", "yes", Pair(Status.POSITIVE, Reason.MEETING)),
        ("Open to a quick call this week?", "nope", Pair(Status.NEGATIVE, Reason.NO_NEED)),
        ("Shall I send the deck?", "sure", Pair(Status.POSITIVE, Reason.INFO)),
        ("We cut waste by half. Interested?", "Yes!", Pair(Status.POSITIVE, None)),
        ("Are you still the owner?", "Yes", Pair(Status.NEUTRAL, None)),
        ("Are you the right person for this?", "no", Pair(Status.NEGATIVE, Reason.WRONG_PERSONA)),
        ("Are you already using something for this?", "no", Pair(Status.NEUTRAL, None)),
        ("Can I quote it for you?", "ok", Pair(Status.POSITIVE, Reason.PRICING)),
        ("I'll check back in May.", "ok", Pair(Status.NEUTRAL, None)),
        ("¿Le interesa una llamada corta?", "sí", Pair(Status.POSITIVE, Reason.MEETING)),
        ("Would it bother you if I kept you posted by text?", "yes", REMOVE),
        ("Would it bother you if I kept you posted by text?", "no", Pair(Status.NEUTRAL, None)),
    ],
)
def test_a_bare_answer_means_what_was_asked(asked: str, reply: str, meaning: Pair) -> None:
    assert pair(asked, reply) == meaning


@pytest.mark.parametrize(
    "asked",
    [
        "Should I stop reaching out?",
        "Shall I close your file?",
        "Last one from me. Want me to stop texting you?",
        "Is it time to close your file?",
        "Would you like me to take you off our list?",
    ],
)
def test_yes_to_an_offer_to_stop_decides(asked: str) -> None:
    for reply in ("Yes", "yes please", "yup", "👍", "please do", "that would be nice"):
        found = heard(asked, reply)
        assert found is not None, reply
        assert (found.pair, found.decides) == (REMOVE, True), reply
    assert pair(asked, "no") == Pair(Status.NEUTRAL, None)


@pytest.mark.parametrize("asked", ["OK to text you about your quote? Reply YES or NO.", "May we text you updates?"])
def test_no_to_a_consent_question_decides(asked: str) -> None:
    for reply in ("NO", "no thank you", "nope"):
        assert pair(asked, reply) == REMOVE, reply


@pytest.mark.parametrize("reply", ["I'd rather you didn't", "please don't", "Decline.", "Not by text, thanks", "rather not"])
def test_a_refusal_of_consent_in_words_decides(reply: str) -> None:
    vote = heard("Is it OK to text you here about your order?", reply)
    assert vote
    assert (vote.pair, vote.decides) == (REMOVE, True)
    other = heard(COLD, reply)
    assert other is None or not other.decides


def test_a_like_of_a_lone_proposal_is_a_yes() -> None:
    asked = "Quick one Dee: want me to send the comparison sheet?"
    assert pair(asked, f"Liked “{asked}”") == Pair(Status.POSITIVE, Reason.INFO)
    assert pair(asked, f"Reacted 👍 to “{asked}”") == Pair(Status.POSITIVE, Reason.INFO)


def test_a_like_of_a_cold_pitch_acknowledges_receipt() -> None:
    asked = "Hi Maria, Jake with FleetPulse. We help HVAC shops cut idle time. Worth a quick call this week?"
    assert pair(asked, f"Liked “{asked}”") == Pair(Status.NEUTRAL, None)


def test_a_like_in_an_engaged_thread_is_a_yes() -> None:
    asked = "Got it. Many teams outgrow that. Would a 20 min call help?"
    assert pair(asked, f"Loved “{asked}”", before="Excel mostly") == Pair(Status.POSITIVE, Reason.MEETING)


def test_quoted_words_never_opt_out() -> None:
    asked = "Rates may drop. Ask us how. Txt STOP to end"
    assert pair(asked, f"Emphasized “{asked}”") == Pair(Status.NEUTRAL, None)
    assert pair(asked, f"Disliked “{asked}”") == Pair(Status.NEGATIVE, None)


@pytest.mark.parametrize(
    "reply",
    [
        "I'm driving with Driving Focus turned on. I'll see your message when I get where I'm going.",
        "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get where I'm going.",
        "Thank you for contacting Patel Dental! Our office hours are Mon-Thu 8-5.",
        "Auto-reply: I am in clinic and cannot respond to texts.",
        "I am out of the office until Jan 5 with no access to email.",
        "We've received your message! Reply STOP to unsubscribe.",
        "Thanks for calling Bella's! To stop receiving messages reply STOP",
        "While you were away, two people wrote to you. Open the app to read them.",
        "We are currently closed. Please leave a message.",
        "Do not disturb is on. I'll see your message later.",
        "Your verification code is 440192. Do not share it.",
    ],
)
def test_a_machine_reply_is_neutral(reply: str) -> None:
    found = heard("Worth a call?", reply)
    assert found is not None
    assert (found.pair, found.decides) == (Pair(Status.NEUTRAL, None), True)


@pytest.mark.parametrize(
    "reply",
    [
        "I'm out of the office for good, stop texting me",
        "We've received your message. Take us off your list.",
        "You've reached a private number. Do not contact me again. Reply STOP to end.",
    ],
)
def test_a_wish_for_silence_in_the_words_of_a_machine_is_one(reply: str) -> None:
    found = heard("Worth a call?", reply)
    assert found is not None
    assert found.pair == REMOVE


def test_somebody_who_left_is_no_mere_machine_reply() -> None:
    assert heard("Worth a call?", "Auto-reply: Ann no longer works here, ask Bo.") is None


def test_longer_replies_are_left_to_the_model() -> None:
    assert heard("Worth a call?", "yes but not before our audit is through") is None


@pytest.mark.parametrize(
    "reply",
    [
        "please don't unsubscribe me, I love these",
        "don't stop",
        "no need to stop, I enjoy them",
        "I hit stop by accident, sign me back up",
        "Please don't text after 9pm, the baby sleeps",
        "don't message me on weekends please",
        "don't text me this week, I'm at a funeral",
        "do not call me today, I'm driving",
        "no me escriba de noche por favor",
        "bitte nicht vor 9 Uhr schreiben",
        "n'écrivez pas après 20h svp",
        "I want to keep these texts",
        "don't take me off, keep them coming",
    ],
)
def test_a_negated_or_limited_wish_is_never_a_sure_opt_out(reply: str) -> None:
    assert doubts_opt_out(lay_out([Turn("out", COLD), Turn("in", reply)]))


@pytest.mark.parametrize(
    "reply",
    [
        "Don't text me. Not after 9, not ever.",
        "don't text me after this ever again",
        "stop texting me",
        "stop texting me today",
        "don't text me this week or ever",
        "take me off your list",
        "no me escriba nunca más",
        "we're good here, don't keep sending these",
        "I reply stop and you keep sending",
    ],
)
def test_an_unlimited_wish_is_not_doubted(reply: str) -> None:
    assert not doubts_opt_out(lay_out([Turn("out", COLD), Turn("in", reply)]))


KEEP_OR_STOP = "Want to keep getting our class texts, or should we take you off?"


@pytest.mark.parametrize("reply", ["the latter, please", "second one", "B", "go with the last one"])
def test_the_end_of_a_question_that_means_silence_can_be_chosen_by_its_place(reply: str) -> None:
    found = heard(KEEP_OR_STOP, reply)
    assert found is not None
    assert found.pair == REMOVE


@pytest.mark.parametrize(("asked", "reply"), [(KEEP_OR_STOP, "the first"), ("Tuesday, or would Friday suit?", "the latter")])
def test_the_other_end_of_a_question_is_no_wish_for_silence(asked: str, reply: str) -> None:
    assert pair(asked, reply) != REMOVE


@pytest.mark.parametrize(
    "asked",
    ["Shall I stop by and have a look at courts 3 and 4?", "Want me to stop in on Friday?", "Should I drop it off at noon?"],
)
def test_an_offer_to_come_by_is_no_offer_to_stop(asked: str) -> None:
    assert pair(asked, "Sure") != REMOVE
    assert pair(asked.replace("stop by", "stop").replace("stop in", "stop").replace("drop it off", "drop it"), "Sure") == REMOVE


@pytest.mark.parametrize("reply", ["!!!", "...", "--", ">", f"> {COLD}", COLD, "Sent from my iPhone", "Kind regards, Tom Lopez"])
def test_a_reply_that_says_nothing_is_neutral(reply: str) -> None:
    assert pair(COLD, reply) == Pair(Status.NEUTRAL, None)


@pytest.mark.parametrize("reply", ["this week", "Worth a call", "cut it out", "Best ask Tom", "😡", "$", "🛑"])
def test_a_reply_in_our_words_or_signs_may_still_say_something(reply: str) -> None:
    found = heard(COLD, reply)
    assert found is None or found.pair == REMOVE


def test_the_words_we_name_for_opting_out_are_an_opt_out_when_they_come_back() -> None:
    assert pair(f"{COLD} Reply STOP to opt out.", "stop to opt out") == REMOVE


@pytest.mark.parametrize(
    "reply", ["👍 to “Worth a quick call?”", "\u200b👍\u200b to “ Worth a quick call? ”", "Reacted 👍 to “Worth a quick call?”"]
)
def test_a_bare_reaction_of_a_phone_answers_the_question_it_quotes(reply: str) -> None:
    assert pair(COLD, reply) == Pair(Status.POSITIVE, Reason.MEETING)


@pytest.mark.parametrize(
    "reply", ["¿Cómo hago para que dejen de escribir?", "Wie komme ich aus dem Verteiler raus?", "how do i get off this list?"]
)
def test_a_question_how_to_get_out_is_heard(reply: str) -> None:
    assert pair(COLD, reply) == REMOVE


def test_going_ahead_is_no_complaint_where_one_was_asked_whether_one_minds() -> None:
    assert pair("Would you mind if I text you now and then?", "go ahead") == Pair(Status.NEUTRAL, None)
