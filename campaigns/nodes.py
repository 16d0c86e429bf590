"""What each kind of step can be told: one frozen dataclass per kind. `campaigns.node_settings` reads them from what is stored.

An unfinished step, such as one whose text is still empty, is valid while it is edited; `campaigns.node_words.problems` says what
it lacks before anything is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from campaigns.vocabulary import BranchTest, WaitMode
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
