"""Reading the settings of a step from what is stored or posted, and writing them as JSON. What makes no sense is refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from campaigns import merge
from campaigns.node_values import BadSettings as BadSettings
from campaigns.node_values import clock, number, one_of, several, template, words
from campaigns.nodes import (
    BODY_LIMIT,
    FAILS,
    GO_ON,
    LETTERS,
    MOST_DAYS,
    MOST_TEXTS,
    STOP,
    UNSUPPORTED,
    Assign,
    Branch,
    Email,
    LinkedIn,
    Message,
    Notify,
    Settings,
    Stop,
    Tag,
    Text,
    Wait,
)
from campaigns.vocabulary import BranchTest, NodeKind, WaitMode
from intent.vocabulary import Reason, Status

SETTINGS_OF: Final[dict[str, type[Settings]]] = {
    NodeKind.IMESSAGE: Message,
    NodeKind.SMS: Message,
    NodeKind.EMAIL: Email,
    NodeKind.LINKEDIN: LinkedIn,
    NodeKind.WAIT: Wait,
    NodeKind.BRANCH: Branch,
    NodeKind.TAG: Tag,
    NodeKind.ASSIGN: Assign,
    NodeKind.NOTIFY: Notify,
    NodeKind.STOP: Stop,
}


def default(kind: str) -> dict[str, Any]:
    """The settings of a new step, as `Node.settings` holds them."""
    if kind == NodeKind.SMS:
        return plain(Message(fallback=()))
    return plain(Wait(days=2) if kind == NodeKind.WAIT else SETTINGS_OF[kind]())


def plain(settings: Settings) -> dict[str, Any]:
    """As JSON holds it."""
    return {name: _plain(value) for name, value in asdict(settings).items()}


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def parse(kind: str, stored: dict[str, Any]) -> Settings:
    """The settings of a step; what is not named has its default. Raises BadSettings."""
    settings = SETTINGS_OF.get(kind)
    if settings is None:
        raise BadSettings(f"There is no step of the kind “{kind}”.")
    names = settings.__dataclass_fields__
    if unknown := sorted(stored.keys() - names.keys()):
        raise BadSettings(f"A step of this kind has no “{unknown[0]}”.")
    return settings(**{name: _READ[name](value) for name, value in stored.items()})


def _texts(values: Any) -> tuple[Text, ...]:
    if not isinstance(values, list | tuple) or not 1 <= len(values) <= MOST_TEXTS:
        raise BadSettings(f"A message has one to {MOST_TEXTS} texts.")
    found = []
    for letter, value in zip(LETTERS, values, strict=False):
        value = asdict(value) if isinstance(value, Text) else value
        body = words(BODY_LIMIT)(value.get("body", ""))
        try:
            merge.parse(body)
        except merge.BadTemplate as bad:
            raise BadSettings(f"Text {letter}: {bad}" if len(values) > 1 else str(bad)) from None
        found.append(Text(letter, body, words(100)(value.get("persona", "")), words(100)(value.get("icp", ""))))
    return tuple(found)


_READ: Final[dict[str, Any]] = {
    "texts": _texts,
    "fallback": several(one_of(UNSUPPORTED, FAILS)),
    "on_failure": one_of(STOP, GO_ON),
    "days": number(0, MOST_DAYS),
    "hours": number(0, 23),
    "minutes": number(0, 59),
    "subject": template(200),
    "text": template(1_000),
    "to": words(40),
    "mode": one_of(*WaitMode.values),
    "weekdays": several(number(1, 7)),
    "at": clock,
    "test": one_of(*BranchTest.values),
    "values": several(words(100)),
    "statuses": several(one_of(*Status.values)),
    "reasons": several(one_of(*Reason.values)),
    "tag": words(40),
    "note": words(200),
}
