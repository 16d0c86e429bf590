"""The settings of each kind of step: one frozen dataclass per kind, read from and written to `Node.settings`.

`parse` takes what is stored or posted and refuses what makes no sense; an unfinished step (a text still empty) is let
through while it is edited, and `problems` says what it lacks before anything is published.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import time
from typing import Any, Final

from campaigns import merge
from campaigns.node_values import BadSettings as BadSettings
from campaigns.node_values import clock, number, one_of, several, template, words
from campaigns.vocabulary import BranchTest, NodeKind, WaitMode
from intent.vocabulary import Reason, Status
from lines.gateways.vocabulary import FallbackWhen

MOST_DAYS: Final = 365
MOST_TEXTS: Final = 8
BODY_LIMIT: Final = 5_000
LETTERS: Final = "ABCDEFGH"

STOP, GO_ON = "stop", "go_on"
UNSUPPORTED, FAILS = "unsupported", "fails"
_WHEN: Final = {UNSUPPORTED: FallbackWhen.UNSUPPORTED, FAILS: FallbackWhen.FAILS}
FALLBACKS: Final = {
    "both": (UNSUPPORTED, FAILS),
    "unsupported": (UNSUPPORTED,),
    "fails": (FAILS,),
    "never": (),
}
"""When SMS takes over from an iMessage, as a form offers it."""


@dataclass(frozen=True, slots=True)
class Text:
    """One wording. `persona` and `icp` say whom it is for; empty: everybody. Several alike are shared out evenly."""

    letter: str
    body: str
    persona: str = ""
    icp: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """An iMessage or SMS. `fallback`: when SMS takes over. `days` and `hours` count from the moment a drip is applied."""

    texts: tuple[Text, ...] = (Text("A", ""),)
    fallback: tuple[str, ...] = (UNSUPPORTED, FAILS)
    on_failure: str = STOP
    days: int = 0
    hours: int = 0

    @property
    def falls_back(self) -> tuple[FallbackWhen, ...]:
        """`fallback` as lines call it: a workflow is stored in words of its own."""
        return tuple(_WHEN[one] for one in self.fallback)

    def variant(self, letter: str) -> str:
        """What tells this wording from the others; empty where there is but one."""
        return letter if len(self.texts) > 1 else ""


@dataclass(frozen=True, slots=True)
class Email:
    """No gateway here sends email: the person named in `to` sends it by hand, from the task that the step creates."""

    subject: str = ""
    texts: tuple[Text, ...] = (Text("A", ""),)
    to: str = ""


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """A task for a person. `to`: a membership's public id; empty: who looks after the conversation, else the sender."""

    text: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """`mode` a WaitMode. TIME: for days (same time of day where the lead is), hours and minutes. UNTIL: the next of
    `weekdays` (1 Monday to 7 Sunday; none: any day) at `at` where the lead is. READ: until the last message is read, at most
    `days`."""

    mode: str = WaitMode.TIME
    days: int = 0
    hours: int = 0
    minutes: int = 0
    weekdays: tuple[int, ...] = ()
    at: str = "09:00"

    @property
    def time(self) -> time:
        return time.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Branch:
    """`test` a BranchTest. REPLIED, READ: within `days` of the last message. ICP, PERSONA: one of `values`. INTENT: one of
    `statuses` and, where there are any, one of `reasons`."""

    test: str = BranchTest.REPLIED
    days: int = 2
    values: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """`to`: a membership's public id."""

    to: str = ""


@dataclass(frozen=True, slots=True)
class Notify:
    """A task due at once. `to` as in LinkedIn."""

    text: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    note: str = ""


Settings = Message | Email | LinkedIn | Wait | Branch | Tag | Assign | Notify | Stop

FORMS: Final[dict[str, type[Settings]]] = {
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
    return plain(Wait(days=2) if kind == NodeKind.WAIT else FORMS[kind]())


def plain(settings: Settings) -> dict[str, Any]:
    """As JSON holds it."""
    return {name: _plain(value) for name, value in asdict(settings).items()}


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def parse(kind: str, stored: dict[str, Any]) -> Settings:
    """The settings of a step; what is not named has its default. Raises BadSettings."""
    form = FORMS.get(kind)
    if form is None:
        raise BadSettings(f"There is no step of the kind “{kind}”.")
    names = form.__dataclass_fields__
    if unknown := sorted(stored.keys() - names.keys()):
        raise BadSettings(f"A step of this kind has no “{unknown[0]}”.")
    return form(**{name: _READ[name](value) for name, value in stored.items()})


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
