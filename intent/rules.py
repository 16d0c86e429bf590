"""The small reviewed core of rules. A rule either decides or votes; the model weighs the rest.

Rules stay few on purpose: patterns written against examples look perfect on them and catch
under half of new wordings. What stands here is closed form (keywords, tapbacks, bare answers,
machine replies), which no amount of new wording changes.
"""

import re
from dataclasses import dataclass
from typing import Final

from intent.answers import agrees_to_stop, allows, bare_answer, chosen, minds, refuses_consent
from intent.doubts import doubts_opt_out, hardly_known
from intent.keywords import opt_in_keyword, opt_out_keyword
from intent.phrase_book import Phrase, phrase
from intent.questions import Asked, asked, ending_choice
from intent.silence import wish_for_silence
from intent.text import Reading, sentences
from intent.vocabulary import REMOVE, Layer, Pair, Reason, Status
from intent.wordless import nothing_said

_NEUTRAL: Final = Pair(Status.NEUTRAL, None)
_NO_NEED: Final = Pair(Status.NEGATIVE, Reason.NO_NEED)

#: What a bare yes or no to each kind of question means (guide, section 5).
_YES_MEANS: Final = {
    Asked.STOP: REMOVE,
    Asked.CONSENT: Pair(Status.POSITIVE, None),
    Asked.MIND: REMOVE,
    Asked.ROLE: _NEUTRAL,
    Asked.USING: _NEUTRAL,
    Asked.QUOTE: Pair(Status.POSITIVE, Reason.PRICING),
    Asked.SEND: Pair(Status.POSITIVE, Reason.INFO),
    Asked.TALK: Pair(Status.POSITIVE, Reason.MEETING),
    Asked.INTEREST: Pair(Status.POSITIVE, None),
    Asked.NOTHING: _NEUTRAL,
}
_NO_MEANS: Final = {
    Asked.STOP: _NEUTRAL,
    Asked.CONSENT: REMOVE,
    Asked.MIND: _NEUTRAL,
    Asked.ROLE: Pair(Status.NEGATIVE, Reason.WRONG_PERSONA),
    Asked.USING: _NEUTRAL,
    Asked.QUOTE: _NO_NEED,
    Asked.SEND: _NO_NEED,
    Asked.TALK: _NO_NEED,
    Asked.INTEREST: _NO_NEED,
}


@dataclass(frozen=True, slots=True)
class Vote:
    """``decides`` ends the matter; otherwise the pair gains a fixed share of log-odds."""

    pair: Pair
    layer: Layer
    words: str
    why: str
    decides: bool


def vote(reading: Reading) -> Vote | None:
    """The first rule that has something to say, most certain first."""
    if reading.tapback:
        return _tapback(reading)
    keyword = opt_out_keyword(reading.reply)
    if keyword:
        return Vote(REMOVE, Layer.KEYWORD, reading.reply, f"the whole message is “{keyword}”", True)
    if opt_in_keyword(reading.reply):
        return Vote(_NEUTRAL, Layer.KEYWORD, reading.reply, "asks for messages again", True)
    if empty := nothing_said(reading):
        return Vote(_NEUTRAL, Layer.RULE, reading.reply, empty, True)
    return _machine(reading.reply) or _bare(reading) or _phrase(reading) or _wish(reading)


def never_sure(reading: Reading, heard: Vote | None) -> bool:
    """Whether an opt-out heard in this reply is to be asked about, however sure the models are of it."""
    return doubts_opt_out(reading) or (heard is None and hardly_known(reading.reply))


def _phrase(reading: Reading) -> Vote | None:
    """A whole message in a script that the models hardly know. Only what yes and no mean depends on our question."""
    meant = None if reading.before else phrase(reading.reply)
    if meant is None:
        return None
    kind = asked(reading)
    pair = {
        Phrase.PRICE: Pair(Status.POSITIVE, Reason.PRICING),
        Phrase.YES: _YES_MEANS.get(kind, _NEUTRAL),
        Phrase.NO: _NO_MEANS.get(kind, _NO_NEED),
        Phrase.TALK: _NEUTRAL,
    }[meant]
    return Vote(pair, Layer.RULE, reading.reply, meant.value, True)


def _machine(reply: str) -> Vote | None:
    """An automatic reply, unless it says that somebody left, or asks for silence in more than the footer of a machine."""
    found = _MACHINE.search(reply)
    if found is None or _GONE.search(reply) or wish_for_silence(_FOOTER.sub(" ", reply)):
        return None
    return Vote(_NEUTRAL, Layer.RULE, found[0], "an automatic reply", True)


def _wish(reading: Reading) -> Vote | None:
    words = "" if doubts_opt_out(reading) else wish_for_silence(reading.reply)
    return Vote(REMOVE, Layer.RULE, words, "asks for silence", False) if words else None


def _tapback(reading: Reading) -> Vote:
    """A reaction is a yes only to a lone proposal, or once the contact has engaged."""
    assert reading.tapback
    words, kind, quoted = reading.reply.split('"')[0].strip() or reading.reply, reading.tapback.kind, reading.tapback.quoted
    if kind == "no":
        return Vote(Pair(Status.NEGATIVE, None), Layer.RULE, words, "a reaction of dislike", True)
    if kind == "yes" and "?" in quoted and (reading.engaged or _is_lone_question(quoted)):
        question = asked(reading)
        pair = _YES_MEANS.get(question, Pair(Status.POSITIVE, None))
        return Vote(pair, Layer.RULE, words, f"a like is a yes here, asked {question.value}", True)
    return Vote(_NEUTRAL, Layer.RULE, words, "a reaction acknowledges receipt", True)


def _is_lone_question(quoted: str) -> bool:
    """Whether our message was one question and nothing else, a greeting apart."""
    parts = sentences(quoted)
    if quoted.endswith("?") and len(parts) <= 1 and quoted.count("?") == 1:
        return True
    return len([part for part in parts if not _GREETING.match(part)]) == 1


def _bare(reading: Reading) -> Vote | None:
    if reading.before:
        return None
    kind = asked(reading)
    if kind is Asked.STOP and agrees_to_stop(reading.reply):
        return Vote(REMOVE, Layer.RULE, reading.reply, "agrees to an offer to stop", True)
    if kind is Asked.CONSENT and refuses_consent(reading.reply):
        return Vote(REMOVE, Layer.RULE, reading.reply, "declines to be texted", True)
    if kind is Asked.MIND and minds(reading.reply):
        return Vote(REMOVE, Layer.RULE, reading.reply, "would mind", True)
    choice = chosen(reading.reply)
    if choice is not None and choice == ending_choice(reading):
        return Vote(REMOVE, Layer.RULE, reading.reply, "chooses to hear no more", False)
    answer = bare_answer(reading.reply)
    if answer is None:
        return None
    if kind is Asked.MIND and allows(reading.reply):
        answer = False
    pair = (_YES_MEANS if answer else _NO_MEANS).get(kind)
    if pair is None:
        return None
    why = f"{'yes' if answer else 'no'}, asked {kind.value}"
    certain = kind in (Asked.STOP, Asked.CONSENT) and pair == REMOVE
    return Vote(pair, Layer.RULE, reading.reply, why, certain)


_GREETING = re.compile(r"^(?:hi|hey|hello|hola|bonjour|hallo|good \w+)\b[^?]{0,40}$", re.I)
_MACHINE = re.compile(
    r"^auto(?:matic)?[- ]?(?:reply|response)\b|\bout of (?:the )?office\b|\bdriving focus\b|"
    r"\bnotifications (?:silenced|turned off)|\bnot receiving notifications\b|"
    r"^i(?:'| a)?m driving\b.{0,60}(?:turned on|will (?:see|reply|respond)|i'll (?:see|get|call|reply))|"
    r"^(?:hi,? )?(?:thank(?:s| you) for (?:contacting|texting|calling) [a-z]|thank(?:s| you) for your message[.!] (?:we|our)\b|"
    r"you've reached (?!the end|your|my|me\b)|you have reached (?!a |the end))|"
    r"^thank(?:s| you) for (?:reaching out to|messaging) [a-z]|"
    r"message blocking is active|(?:does|can) ?not (?:accept|receive) (?:incoming|text) messages|"
    r"\bmessage could not be delivered|\binbox (?:is not|isn't) monitored|^abwesenheit|"
    r"\bnicht im b[uü]ro\b|^absente? (?:du|jusqu)|\bfuera de (?:la )?oficina\b|^estoy de vacaciones hasta|"
    r"\bsono fuori ufficio\b|^sorry, i (?:can't talk right now|missed your call)|^can't talk right now\. what's up\?$|"
    r"^can i call you later\?$|^i'm in a meeting\. i'll (?:text|call)|\bwe(?:'ve| have) received your message\b|"
    r"^while (?:you (?:slept|were (?:away|out|asleep|sleeping))|we(?:'re| are) (?:away|closed))\b|\bour (?:\w+ )?hours are\b|"
    r"^(?:we(?:'re| are)|(?:the|our) (?:shop|office|store|team) is) (?:currently|temporarily) (?:closed|offline|away)[.!]|"
    r"^(?:do not disturb|sleep mode) is on\b|\b(?:verification|security|log-?in|one[- ]time) (?:pass)?code is\b",
    re.I,
)
_FOOTER: Final = re.compile(
    r"\bto (?:stop|end|opt[- ]?out|unsubscribe)\b[^.!?]{0,40}\b(?:reply|te?xt|send)\b[^.!?]*|"
    r"\b(?:reply|te?xt|send) \W?stop\b[^.!?]*|\bdo not disturb (?:is|while|mode|turned)\b",
    re.I,
)
"""What machines add themselves, and what a telephone says for its owner: no wish of the contact's."""
_GONE = re.compile(r"no longer (?:works?|with|in|employed|here)|has left|left the company|longer in service", re.I)
