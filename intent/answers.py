"""Answers that say nothing but yes or no, and what only an offer to stop or a request for consent can be answered with."""

import re
from typing import Final

from intent.text import words_in

_YES_WORDS: Final = words_in(
    """
    y ya yah yea yeah yeahh yep yepp yes yess yesss yup yupp sure ok okay k kk fine absolutely definitely correct
    certainly indeed affirmative right totally si claro dale vale oui ouais volontiers ja jo gerne jawohl sim pode
    graag prima certo aye please do go ahead thanks thank you thing of course sounds good why not 👍 👌 ✅ 🙏
    """
)
_NO_WORDS: Final = words_in(
    """
    n no nope nah naw na nooo nee nein non nao never 👎 thanks thank you sir ma'am maam sorry not really absolutely
    definitely certainly way gracias merci danke obrigado obrigada grazie bedankt dank je ty thx u
    """
)
_YES_HEADS: Final = _YES_WORDS - words_in(
    """
    thanks thank you thing of course do ahead good not right why
    """
)
_NO_HEADS: Final = words_in(
    """
    n no nope nah naw na nooo nee nein non nao never not 👎
    """
)
_CHOICE: Final = re.compile(
    r"^(?:i'd say |i'd take |i'll take |i pick |go with |option |number )?(?:the |option |number )?"
    r"(?:(?P<first>first|1st|former|one|1|a)|(?P<second>second|2nd|latter|last|two|2|b))"
    r"(?: (?:one|option|choice|thing))?(?: (?:please|pls|plz|thanks|thank you|thx|definitely|i think))*[.! ]*$",
    re.I,
)


def chosen(reply: str) -> int | None:
    """Which of two ends the reply names by its place: "the latter, please" is 2."""
    found = _CHOICE.match(reply.replace(",", ""))
    if found is None:
        return None
    return 1 if found["first"] else 2


_WORD: Final = re.compile(r"[\w']+|[👍👌✅🙏👎]")


_AGREES_TO_STOP: Final = re.compile(
    r"^(?:yes |yeah |yep |ok )?(?:please do|you should|you (?:can|may)|probably|i (?:think|guess) so|afraid so|"
    r"that would be (?:nice|best|great|good|appreciated|lovely|ideal)|that'd be (?:nice|best|great|good)|"
    r"(?:go ahead (?:and )?)?close(?: it| the file| my file)?|drop it|let it go|uh huh|might as well|i'd say so|for good|"
    r"it(?:'s| is)(?: time)?|i'd (?:like|appreciate|prefer) that)"
    r"(?: yes)?(?: please| thanks| thank you)?[.! ]*$",
    re.I,
)


def agrees_to_stop(reply: str) -> bool:
    """Ways of saying yes that only an offer to stop can mean."""
    return bool(_AGREES_TO_STOP.match(reply.replace(",", "")))


_REFUSES: Final = re.compile(
    r"^(?:(?:no|nope|nah) i'm good|(?:no |nope |nah )?(?:"
    r"(?:i'd |i would |we'd )?(?:much )?(?:rather|sooner|prefer) (?:not|no|you (?:didn't|don't|not))|"
    r"(?:please |pls )?(?:don't|dont|do not)(?: (?:text|message|contact)(?: me)?)?|don't (?:you )?dare|"
    r"(?:i |we )?decline|i don't agree|not (?:by|via) text|(?:no|not) texts?|"
    r"it isn't|(?:that's |it's )?not (?:ok|okay|alright|fine|really)|"
    r"(?:no |nope |nah |honestly )?(?:not any ?more|i don't|i'm done|no more|no longer)"
    r"))(?: (?:please|thanks|thank you|thank u|sorry|no|at all|ever|with me))*[.! ]*$",
    re.I,
)


def refuses_consent(reply: str) -> bool:
    """Ways of saying no that to "may we text you?" can mean only this."""
    return bool(_REFUSES.match(reply.replace(",", "")))


_MINDS: Final = re.compile(
    r"^(?:yes |yeah |yep )?(?:i (?:do|would)(?: mind)?|i'd mind|i mind|it would|please don't|don't)"
    r"(?: (?:yes|actually|please|rather|thanks))*[.! ]*$",
    re.I,
)


_ALLOWS: Final = re.compile(
    r"^(?:(?:go (?:right )?ahead|sure|ok(?:ay)?|fine|please do|feel free|of course)\b[ ,]*)+(?:thanks|thing|please)?[.! ]*$", re.I
)


def allows(reply: str) -> bool:
    """Ways of saying that one would not mind, in words that are a yes elsewhere."""
    return bool(_ALLOWS.match(reply))


def minds(reply: str) -> bool:
    """Ways of saying that one would mind."""
    return bool(_MINDS.match(reply.replace(",", "")))


def bare_answer(reply: str) -> bool | None:
    """True for a bare yes, False for a bare no, None for anything that says more."""
    words = _WORD.findall(reply.lower().replace("não", "nao").replace("sí", "si").replace("sì", "si"))
    if not words or len(words) > 5 or "?" in reply:
        return None
    if (words[0] in _NO_HEADS or (words[-1] == "not" and words != ["why", "not"])) and all(word in _NO_WORDS for word in words):
        return False
    heads = (
        words == ["why", "not"] or words[0] in _YES_HEADS or words[:2] in (["of", "course"], ["go", "ahead"], ["sounds", "good"])
    )
    if heads and all(word in _YES_WORDS for word in words) and words != ["thanks"]:
        return True
    return None
