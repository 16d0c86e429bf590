"""What takes a wish for silence back or limits it: negations, mistakes, hours, names."""

import re
import unicodedata
from functools import lru_cache

from intent.text import Reading

_VERB = r"(?:stop|unsubscribe|remove|cancel|take (?:me|us) off|delete|quit|opt (?:me )?out|end)"
_NEGATED = re.compile(
    rf"\b(?:(?:do not|don'?t|never|no need to|not asking (?:you|u) to|didn'?t (?:mean|want) (?:you )?to|"
    rf"no not|wouldn'?t want (?:you )?to) (?:ever |you ever |please )?{_VERB})\b",
    re.I,
)
_BY_MISTAKE = re.compile(
    rf"\b(?:{_VERB}|stopped|unsubscribed|unsub|opted out|hit stop|said stop|texted stop)\b.{{0,30}}"
    r"\b(?:by (?:mistake|accident)|accidentally)|\b(?:ignore|disregard) (?:that|the|my)\b|\blet'?s (?:stop|quit)\b",
    re.I,
)
_SCOPED = re.compile(
    r"\b(?:don'?t|do not|no|not|never|stop|quit|please avoid|avoid) (?:text|call|messag|send|writ)\w*(?: \w+){0,3}? "
    r"(?:after|before|during|past|until|till|between|at night|at work|at lunch|so (?:early|late)|"
    r"on (?:sun|mon|tues|wednes|thurs|fri|satur)days?|"
    r"on (?:the )?weekends?|in the (?:morning|evening|afternoon|night)s?)\b",
    re.I,
)
_POSTPONED = re.compile(
    r"\b(?:don'?t|do not) (?:text|call|messag|send|writ)\w*(?: \w+){0,3}? (?:this (?:week|month|morning|afternoon|evening|weekend)|"
    r"today|tonight|tomorrow|while (?:i|we)|when (?:i'?m|i am|we'?re|we are))\b",
    re.I,
)
"""For a time they name; to stop today is to stop for good."""
#: The same in Spanish, French and German: an hour or a day is named, or stopping is what they do not want.
_ELSEWHERE = re.compile(
    r"\bno (?:me |nos )?(?:escrib|llam|mand|envi)\w*(?: \w+){0,2} (?:de noche|por la noche|por las noches|tan (?:tarde|temprano)|"
    r"antes de las|despu[eé]s de las|en horas? de|los (?:domingos|s[aá]bados|fines))\b|\bno (?:pare|paren|dejen?) de (?!molest)|"
    r"\bno me (?:quite|saque|borre)s?\b|^no pares?\b|"
    r"\b(?:pas|n'\w+ pas|plus)(?: \w+){0,4} (?:avant|apr[eè]s) \d+ ?h|\b(?:pas|plus)(?: \w+){0,3} (?:le (?:soir|dimanche|week-end)|"
    r"la nuit)\b|\bn'arr[eê]tez pas\b|\bne me (?:retirez|supprimez|d[ée]sabonnez) pas\b|"
    r"\bn[aã]o mand\w+(?: \w+){0,2} (?:depois|antes) d[ao]s?\b|\bnie (?:pisać|pisz\w*|dzwonić|dzwoń\w*)(?: \w+){0,2} (?:po"
    r"|przed) \d|"
    r"\bnicht (?:mehr )?(?:vor|nach) \d+ ?uhr|\bnicht (?:mehr )?(?:sonntags|samstags|abends|nachts|am (?:wochenende|sonntag"
    r"|abend))\b|"
    r"\b(?:wag|huwag)\b.{0,40}\b(?:gabi|umaga|tanghali|madaling araw)\b|"
    r"\bnicht (?:auf(?:zu)?h[oö]ren|abmelden|l[oö]schen|austragen)\b",
    re.I,
)
_KEEP = re.compile(
    r"(?<!n't )(?<!dont )(?<!not )(?<!you )(?<!u )(?<!they )(?<!people )\bkeep (?:me (?:on|posted|subscribed)|sending|"
    r"(?:'?em|them|these|those) coming(?! and\b)|this one)\b|"
    r"(?<!n't )(?<!dont )(?<!not )\b(?:want|like|love|happy) to keep (?:getting|receiving|these|those|the|your|my)\b",
    re.I,
)
"""A wish to keep getting messages: not "don't keep sending these", nor "you keep sending these"."""
_MANNER = re.compile(
    r"\b(?:stop|quit|no more|please no|don'?t|do not) (?:(?:send|writ|text|us)\w* )?(?:in (?:caps|capitals|all)|so many|"
    r"(?:voice|audio) (?:notes?|messages?)|emojis?|gifs?|pictures?|pics|photos?|links?|capitals|caps)\b"
    r"|\b(?:nearly|almost) (?:blocked|reported|unsubscribed|deleted|opted out)\b",
    re.I,
)
"""A wish about the manner alone, and what was nearly done."""
_NAMED = re.compile(
    r"\b(?:stop|quit) calling me (?!here|at\b|on\b|every|and\b|again|please|pls|about|back|for\b|from|now|or\b|all\b|so\b)\w+",
    re.I,
)
_ABSOLUTE = re.compile(
    r"\b(?:not ever|ever again|at all|anymore|any more|never again|for good|remove|take (?:me|us|my|this) |unsubscribe me|"
    r"lose my|delete my|off (?:your|the|this) list|leave me alone|don'?t (?:text|call|contact|message) me(?: again)?[.!]|ever)\b",
    re.I,
)


def doubts_opt_out(reading: Reading) -> bool:
    """Whether the reply negates or limits a wish for silence, so that it is never a sure one.

    "Don't unsubscribe me", "I hit stop by accident", "please don't text after 9pm", "keep me on
    the list", "stop calling me sir".
    """
    return _taken_back(reading.reply)


@lru_cache(maxsize=256)
def _taken_back(reply: str) -> bool:
    for limit in (_NEGATED, _BY_MISTAKE, _SCOPED, _POSTPONED, _KEEP, _MANNER, _NAMED, _ELSEWHERE):
        rest, found = limit.subn(" ", reply)
        if found and not _ABSOLUTE.search(rest):
            return True
    return False


def hardly_known(reply: str) -> bool:
    """Whether most letters are of a script of which the models have seen little but opt-outs.

    There a greeting looks like a wish for silence, so that only a rule may be sure of one.
    """
    letters = [char for char in reply if char.isalpha()]
    return sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters) > len(letters) / 2
