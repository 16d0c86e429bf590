"""What the last outgoing message asked, as far as a bare "yes" or "no" needs to know."""

import re
from enum import Enum
from typing import Final

from intent.text import Reading


class Asked(Enum):
    STOP = "an offer to stop"
    CONSENT = "consent to be texted"
    MIND = "whether they would mind to be texted"
    ROLE = "whether they are the right person"
    USING = "what they use today"
    QUOTE = "to send a price"
    SEND = "to send something"
    TALK = "for a conversation"
    INTEREST = "whether they are interested"
    NOTHING = "no question"
    OTHER = "something else"


_HALT = r"stop\b(?! (?:by|in|over|round|past|off)\b)"
"""To stop, not to stop by."""
_STOP = (
    r"\b(?:should|shall|can|may|do) (?:i|we)\b.{0,25}\b(?:" + _HALT + r"|close (?:your|the|this|out)|quit|remove you|"
    r"take you off|leave you (?:alone|be)|cross you|drop (?:it|this|you)\b(?! (?:off|by|in|round|over)\b)|let (?:this|it) go"
    r"|no longer|archive|give up|unsubscribe|delete your|not (?:text|contact|message|reach))"
    r"|\bwant (?:me|us) to (?:" + _HALT + r"|leave you|close|quit|remove you|take you off|go away|not|delete)\b"
    r"|\b(?:like|prefer)(?: me| us)? (?:to (?:" + _HALT + r"|close|remove you|take you off|leave you|not)\b|not to|"
    r"that (?:i|we) " + _HALT + r"|if (?:i|we) stopp?e?d?\b(?! (?:by|in|over)\b))"
    r"|\b(?:time|ok(?:ay)?|fine|best) (?:to|if (?:i|we)) (?:close|" + _HALT + r"|leave|take you|remove)"
    r"|\bwould you rather (?:i|we) (?:" + _HALT + r"|didn't|not)"
    r"|\bprefer (?:no|not|to be left|to be removed|to opt out)"
    r"|¿?(?:quiere|prefiere|desea)s? que (?:deje|deje de|pare|no le)|soll(?:en)? (?:ich|wir) (?:aufh|sie nicht mehr|damit)"
    r"|(?:dois-je|voulez-vous que j['e ]).{0,12}(?:arr|cess|ferm)"
)
_MIND = (
    r"\b(?:do|would) you mind (?:if|me|us)\b.{0,30}\b(?:text|messag|sms|writ|contact|check|reach|send|keep|touch)"
    r"|\b(?:bother|annoy|disturb) you (?:if|to|that)\b.{0,30}\b(?:text|messag|sms|writ|contact|check|reach|sen[dt]|ke[ep]+t?|touch)"
)
_CONSENT = (
    r"\b(?:ok(?:ay)?|alright|fine|happy|cool|good) (?:for (?:me|us) )?(?:to|if (?:i|we)|with (?:me|us|you)|for you) "
    r".{0,40}\b(?:text|texting|sms|message|messaging|contact you|reach you)"
    r"|\b(?:may|can|could) (?:i|we) (?:\w+ ){0,5}(?:text|message|sms)(?:ing)? (?:you|this|to)|\bto this number by text"
    r"|\b(?:do you )?(?:agree|consent) to (?:receive|get|be|our)|\bby text\?"
    r"|\bstill want to (?:get|receive|hear)|\b(?:want|like) to (?:keep|continue) (?:getting|receiving)"
    r"|\bkeep you on (?:our|the|this) list"
    r"|\breply (?:y|yes)\b.{0,40}\b(?:to (?:get|receive|join|subscribe|confirm)|or n(?:o)?\b.{0,20}text)"
    r"|\bstay on (?:our|the|this) (?:text )?list"
)
_SIGN_UP: Final = re.compile(r"\b(?:reply|text|txt|send) [\"']?(?:y|yes)[\"']? (?:to (?:get|receive|join|subscribe)|or no)\b", re.I)
_ROLE = (
    r"\bare you (?:still )?(?:the (?!type|kind)|in charge|responsible|with)\b"
    r"|\bis this (?:still )?(?:the|a|your|[A-Z]?\w+(?: at\b|\?))|\bam i (?:right|speaking|texting|correct)"
    r"|\bright (?:person|contact|number)|\bbest (?:number|person|contact)|\bstill (?:the )?(?:owner|head|manager|in charge|run)"
    r"|\bdo you (?:still )?(?:handle|manage|look after|run|own|oversee|deal with|take care)"
    r"|\byou (?:still )?(?:handle|manage|look after|run|own|oversee)\b.*\?|\bthe one (?:who|to|for|that)"
    r"|¿es usted|êtes-vous (?:le|la|bien|toujours)|sind sie (?:noch |der |die |f[uü]r |zust)"
)
_USING = (
    r"\b(?:are|r) (?:you|u|they|your \w+) (?:guys |already |still |currently )*(?:using|on|with|paying|doing|running|working)\b"
    r"|\bdo you (?:already |currently )?(?:use|have)\b|\balready (?:using|have|got|work)|\bhow do you\b"
    r"|\bstill (?:on|using|doing|manual|paying|running|the same)|\bever (?:had|tried|used)\b|\bis .{3,30} still (?:manual|on)"
)
_QUOTE = (
    r"\b(?:quote|price (?:it|this|that|one)|estimate|pricing|rates?|proposal with|bid)\b.*\?"
    r"|¿.*(?:cotizaci|presupuesto)|devis|angebot|preventivo|offerte|or[cç]amento"
)
_SEND = (
    r"\b(?:send|share|forward|email|drop|mail|shoot|leave|show) (?:you|u|it|over|them|one|a|an|the|some|her|his)\b"
    r"|\b(?:want|like) (?:to see|the|a|an|one|their|to know|more|details|info)\b|\bmay i send"
    r"|\bcan i (?:send|show|leave|drop|email)"
    r"|\b(?:shall|should) i (?:send|forward|share|show|explain|email)|\bwant (?:me to send|details|a copy|the \w+\?)"
    r"|le (?:mando|env[ií]o)|quiere que le mande|je vous (?:envoie|montre)|soll ich .{0,30}(?:schicken|senden)|le mando"
)
_TALK = (
    r"\b(?:call|chat|talk|meet(?:ing)?|demo|zoom|coffee|visit|walk ?through|minutes?|mins?|min look|site|appointment|"
    r"stop by|swing by|come (?:by|out|over)|book|slot|conversation|discussion|viewing|tour)\b.*\?"
    r"|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri)\b.*\?"
    r"|llamada|reuni[oó]n|visita|rendez-vous|appel|termin|gespr[aä]ch|demo\b|incontr|sentirci|afspraak"
)
_INTEREST = (
    r"\b(?:interest(?:ed|ing)?|curious|keen|worth (?:exploring|a look|it|looking)|sound (?:good|useful|interesting)|"
    r"would (?:that|this|it) (?:help|matter|be)|want in|you in|game|up for|open to|still (?:looking|in the market|hunting|want)|"
    r"does that (?:sound|work)|u down|you down|proceed|move forward)\b.*\?"
    r"|le interesa|int[eé]ress|interesse|interessiert|tem interesse"
)

_ORDER: Final = [
    (Asked.STOP, re.compile(_STOP, re.I)),
    (Asked.MIND, re.compile(_MIND, re.I)),
    (Asked.CONSENT, re.compile(_CONSENT, re.I)),
    (Asked.ROLE, re.compile(_ROLE, re.I)),
    (Asked.TALK, re.compile(_TALK, re.I)),
    (Asked.QUOTE, re.compile(_QUOTE, re.I)),
    (Asked.SEND, re.compile(_SEND, re.I)),
    (Asked.INTEREST, re.compile(_INTEREST, re.I)),
    (Asked.USING, re.compile(_USING, re.I)),
]
_KINDS: Final = dict(_ORDER)

_ENDS: Final = re.compile(
    r"\b(?:take you off|stop(?!ping by| by| in)|remove you|leave you (?:alone|be|in peace)"
    r"|not (?:bother|hear|text|write|contact|message)|rather not (?:hear|get|be)"
    r"|unsubscribe you|opt you out|drop you|no more|never again)\b",
    re.I,
)


def ending_choice(reading: Reading) -> int | None:
    """Of a question with two ends ("keep the texts, or should we take you off?"), which one means silence: 1, 2 or None."""
    first, parted, second = reading.question.rpartition(" or ")
    if not parted or "?" not in second:
        return None
    ends = (bool(_ENDS.search(first)), bool(_ENDS.search(second)))
    return {(True, False): 1, (False, True): 2}.get(ends)


def asked(reading: Reading) -> Asked:
    """The kind of question the reply answers; the closing question counts."""
    if not reading.asked:
        return Asked.NOTHING
    if _SIGN_UP.search(reading.asked):
        return Asked.CONSENT
    if _KINDS[Asked.MIND].search(reading.question):
        return Asked.MIND
    if _KINDS[Asked.CONSENT].search(reading.asked) and "?" in reading.asked:
        return Asked.CONSENT
    if "?" not in reading.question:
        return Asked.NOTHING
    for kind, pattern in _ORDER:
        if pattern.search(reading.question):
            return kind
    return Asked.OTHER
