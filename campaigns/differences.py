"""What a step says now that it did not say in the version in force, in words for the person who publishes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import Final

from campaigns import node_settings, node_words, nodes, outline
from campaigns.models import Node
from campaigns.node_settings import BadSettings
from campaigns.nodes import Email, Message, Settings, Text

SHOWN: Final = 90
BEFORE: Final = 30
"""Characters of a text around its first difference, and of those before it."""

_FAILURE: Final = {nodes.STOP: "the lead leaves the campaign", nodes.GO_ON: "they go on with the next step"}


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` it is about; what was there and what is there now, in words. Empty: nothing."""

    what: str
    was: str
    now: str


def differences(old: Node, new: Node, names: Mapping[str, str]) -> list[Difference]:
    """Between two states of one step. `names` are members by public id."""
    found = [Difference("Name", old.name, new.name)]
    try:
        was, now = node_settings.parse(old.kind, old.settings), node_settings.parse(new.kind, new.settings)
    except BadSettings:  # what is wrong with it is told above
        return _unlike(found)
    found.append(Difference("What it does", node_words.says(old.kind, was), node_words.says(new.kind, now)))
    for name, what in (("subject", "Subject"), ("text", "Text")):
        found.append(Difference(what, *_around(getattr(was, name, ""), getattr(now, name, ""))))
    if isinstance(was, Message | Email) and isinstance(now, Message | Email):
        found += _texts(was.texts, now.texts)
    if isinstance(was, Message) and isinstance(now, Message):
        found.append(Difference("When it fails", _FAILURE[was.on_failure], _FAILURE[now.on_failure]))
        sent = [outline.after_application(one.days, one.hours) for one in (was, now)]
        found.append(Difference("Sent", *sent))
    found.append(Difference("For", _whom(was, names), _whom(now, names)))
    return _unlike(found)


def _unlike(found: list[Difference]) -> list[Difference]:
    return [one for one in found if one.was != one.now]


def _texts(old: tuple[Text, ...], new: tuple[Text, ...]) -> Iterator[Difference]:
    several = len(old) > 1 or len(new) > 1
    for was, now in zip_longest(old, new):
        what = f"Text {(now or was).letter}" if several else "Text"
        yield Difference(what, *_around(was.body if was else "", now.body if now else ""))
        if was and now:
            yield Difference(f"{what} is for", _for(was), _for(now))


def _for(text: Text) -> str:
    return " · ".join(part for part in (text.persona, text.icp) if part) or "everybody"


def _whom(settings: Settings, names: Mapping[str, str]) -> str:
    to = getattr(settings, "to", "")
    return names.get(to, "somebody who has left") if to else "whoever looks after the conversation"


def _around(old: str, new: str) -> tuple[str, str]:
    """Both, shortened to what stands around the first difference."""
    if old == new:
        return old, new
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    begin = old.rfind(" ", 0, max(alike - BEFORE, 0)) + 1
    return _cut(old, begin), _cut(new, begin)


def _cut(text: str, begin: int) -> str:
    if not text:
        return ""
    end = begin + SHOWN
    return f"“{'…' if begin else ''}{' '.join(text[begin:end].split())}{'…' if end < len(text) else ''}”"
