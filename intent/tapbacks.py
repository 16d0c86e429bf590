"""Reactions that arrive as text, in the words of iOS and Android and in the languages they come in."""

import re
from dataclasses import dataclass

_YES = (
    "liked|loved|le gusta|le gust[oó]|le encanta|le encant[oó]|me gusta|a aim[eé]|a ador[eé]|aime|adore|"
    "gef[aä]llt|gef[aä]llt mir|liebt|hat .{0,20}geliked|gostou de|adorou|amou|ha messo mi piace a|"
    "mi piace|ha adorato|vindt .{0,20}leuk|vond .{0,20}leuk|hield van"
)
_NO = "disliked|no le gusta|no le gust[oó]|n'a pas aim[eé]|gef[aä]llt nicht|n[aã]o gostou de|non piace"
_REMARK = (
    "laughed at|emphasi[sz]ed|questioned|se ri[oó] de|le dio risa|enfatiz[oó]|pregunt[oó] por|"
    "a ri de|a ri [aà]|a mis en [eé]vidence|a questionn[eé]|lachte [uü]ber|hob hervor|hinterfragte|"
    "riu de|destacou|questionou|ha riso a|ha evidenziato|ha messo in dubbio|lachte om|benadrukte"
)
_REMOVED = "removed an? .{1,24} from|elimin[oó] .{1,24} de|a supprim[eé] .{1,24} de|entfernte .{1,24} von"
_QUOTED = r"\s*:?\s*[\"'](?P<quoted>.*?)[\"']?\s*$"
_KINDS = [
    ("removed", re.compile(rf"^(?:{_REMOVED}){_QUOTED}", re.I | re.S)),
    ("no", re.compile(rf"^(?:{_NO}){_QUOTED}", re.I | re.S)),
    ("remark", re.compile(rf"^(?:{_REMARK}){_QUOTED}", re.I | re.S)),
    ("yes", re.compile(rf"^(?:{_YES}){_QUOTED}", re.I | re.S)),
]
_OBJECT = re.compile(
    r"^(?P<verb>liked|loved|disliked|laughed at|emphasi[sz]ed|questioned) "
    r"(?:an image|a photo|a movie|an attachment|a message|a video|an audio message)$",
    re.I,
)
#: "Reacted 👍 to", and Google Messages' bare "👍 to".
_REACTED = re.compile(rf"^(?:reacted (?:with )?(?P<named>a sticker|\S+)|(?P<alone>[^\w\s\"']+)) to{_QUOTED}", re.I | re.S)
_YES_EMOJI = frozenset("👍❤😍👌✅🔥🙌💯🎉❤️‍🔥💪🙏")
_NO_EMOJI = frozenset("👎🙄😡🤬🖕💩🤮🤡")


@dataclass(frozen=True, slots=True)
class Tapback:
    """A reaction sent as text. ``kind``: yes, no, remark or removed."""

    kind: str
    quoted: str


def tapback(reply: str) -> Tapback | None:
    """The reaction a reply consists of, in iOS's and Android's words; None for ordinary text."""
    reacted = _REACTED.match(reply)
    if reacted:
        emoji = reacted["named"] or reacted["alone"]
        kind = "yes" if set(emoji) & _YES_EMOJI else "no" if set(emoji) & _NO_EMOJI else "remark"
        return Tapback(kind, reacted["quoted"])
    for kind, pattern in _KINDS:
        found = pattern.match(reply)
        if found:
            return Tapback(kind, found["quoted"])
    thing = _OBJECT.match(reply)
    if thing:
        verb = thing["verb"].lower()
        kind = "yes" if verb in ("liked", "loved") else "no" if verb == "disliked" else "remark"
        return Tapback(kind, "")
    return None
