"""Worded requests to be left alone: "please take me off your list" (R4; gateways.md 9, rule 2).

Cautious on purpose: a whole clause has to be such a request, so that "Stop by our booth!", "take me off mute" and
"don't remove me" are none. What this misses, the reading of intent finds; what it finds waits for a person's judgement.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 300
"""Characters; a longer text says more than a wish to be left alone."""

_CLAUSES: Final = re.compile(r"[.,;:!?\n()…–—-]+|\b(?:and|but|so)\b")
_NO_WORD: Final = re.compile(r"[^\w' ]+")

# Around a request, and meaning nothing for it.
_BEFORE: Final = (
    r"(?:(?:hi|hello|hey|ok|okay|yo|sorry|no|nope|no thanks|no thank you|not interested|look|guys|please|pls|plz|kindly|just|"
    r"can you|could you|would you|will you|you need to|you can|"
    r"i (?:would like|d like|'d like|want|need|wish) (?:you )?to|i'd like (?:you )?to|"
    r"i am asking you to|i'm asking you to|i asked you to|now) )*"
)
_AFTER: Final = (
    r"(?: (?:please|pls|plz|thanks|thank you|thx|now|right now|immediately|asap|already|at once|today|again|anymore|any more|ever|"
    r"ever again|for good|from now on|sir|guys|here|man|dude))*"
)

_CONTACTING: Final = (
    r"(?:text(?:ing)?|texts|messag(?:e|ing)|messages|contact(?:ing)?|call(?:ing)?|email(?:ing)?|writing(?: to)?|write(?: to)?|"
    r"bother(?:ing)?|spam(?:ming)?|harass(?:ing)?|bug(?:ging)?|reach(?:ing)? out(?: to)?|sending)"
)
_ME: Final = r"(?: (?:me|us|this (?:number|phone)|my (?:number|phone|cell|mobile)))?"
_THINGS: Final = r"(?: (?:texts|messages|emails|me))?"
_LIST: Final = (
    r"(?:(?:your|this|the|that|any|all(?: of)? your) )?"
    r"(?:(?:mailing|text|texting|contact|call|calling|sms|marketing|email|outreach|message) )?"
    r"(?:list|lists|database|system|campaign|campaigns|distribution|distro|contacts|records|crm|"
    r"text|texts|messages|group|thread|blast|sequence)"
)
_WHO: Final = r"(?:me|us|my (?:number|name|info|information|contact|contacts|details|data|phone|email)|this number)"
_OPTING_OUT: Final = r"(?:opt out|opting out|unsubscribe)(?: (?:from|of) .{0,30})?"
_WISHES: Final = r"(?:(?:want|wanna|wish|need) (?:to (?:be|get) )?)"
_NO_WISH: Final = r"i (?:do not|don't|dont|never) (?:want|wish|like|consent)"
_GETTING: Final = r"(?: (?:to (?:receive|get|hear)|to|any(?: more)?|your|these)){1,2}"
_SENT: Final = r"(?: .{0,30})?(?:text|texts|messages|emails|from you|contacted|calls)"

_REQUESTS: Final = (
    ("remove me", rf"(?:remove|delete|take|drop|scratch|strike) {_WHO}(?: (?:off|from|out of|out)(?: of)?(?: {_LIST})?)?"),
    ("take me off", rf"(?:take|get|cross|leave|keep) {_WHO} (?:off|out)(?: of)?(?: {_LIST})?"),
    ("off your list", rf"(?:i )?{_WISHES}(?:off|removed|taken off|out of|unsubscribed)(?: (?:from|of))?(?: {_LIST})?"),
    ("unsubscribe me", rf"(?:unsubscribe|opt|unlist|deregister) {_WHO}(?: out)?(?: (?:from|of) {_LIST})?"),
    ("opt me out", rf"(?:i )?(?:want to |would like to |'d like to |d like to )?{_OPTING_OUT}"),
    ("stop texting", rf"(?:stop|quit|cease) {_CONTACTING}{_ME}{_THINGS}"),
    ("stop", r"(?:stop|make it stop|stop it|stop this|stop that)"),
    ("do not text", rf"(?:do not|don't|dont|do n't|never|no more|no longer) {_CONTACTING}{_ME}{_THINGS}"),
    ("no more texts", r"no more (?:texts?|messages?|emails?|calls?|sms|spam|of these(?: texts| messages)?)"),
    ("leave me alone", r"leave (?:me|us) (?:alone|be)"),
    ("lose my number", r"(?:lose|forget|erase|delete|remove) (?:my|this) (?:number|contact|info)"),
    ("I do not want messages", rf"{_NO_WISH}{_GETTING}{_SENT}"),
    ("no más", r"(?:no mas|no más|ya no)(?: (?:mensajes|textos|me (?:escriba|escriban|mande|manden|contacten)))?"),
    ("quítame", r"(?:qu[ií]t[ea]me|elim[ií]neme|b[oó]rreme|s[aá]queme)(?: de (?:la|su|tu) lista)?"),
)
_PATTERNS: Final = [(name, re.compile(rf"{_BEFORE}{pattern}{_AFTER}")) for name, pattern in _REQUESTS]


def removal_phrase(text: str) -> str:
    """Which request a clause of `text` is, by its short name; empty where none is one."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("`", "'")
    for clause in _CLAUSES.split(folded):
        words = " ".join(_NO_WORD.sub(" ", clause).split())
        for name, pattern in _PATTERNS:
            if words and pattern.fullmatch(words):
                return name
    return ""
