"""Workflows to start from: short ones that work. They follow what is known to help: one question a message, short texts,
an honest opener, days in between, and an end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from campaigns.models import Campaign
from campaigns.node_settings import plain
from campaigns.nodes import UNSUPPORTED, Branch, Email, LinkedIn, Message, Notify, Settings, Stop, Text, Wait
from campaigns.tree import Step, Tree
from campaigns.vocabulary import BranchTest, NodeKind, WaitMode


@dataclass(frozen=True, slots=True)
class Starter:
    """What the page of new campaigns offers; `steps` makes a fresh copy, without keys."""

    key: str
    name: str
    what: str
    steps: Callable[[], Tree]
    kind: str = Campaign.Kind.WORKFLOW

    @property
    def is_drip(self) -> bool:
        return self.kind == Campaign.Kind.DRIP

    @property
    def outline(self) -> str:
        return " → ".join(step.name for step in self.steps())


HELLO: Final = "Hi {{ lead.first_name | there }}, it’s {{ sender.first_name }} at {{ workspace.name }}. "
INTRO: Final = HELLO + "Could I ask one question about how {{ company.name | your team }} follows up with customers?"
FOLLOW_UP: Final = "Is that on your desk, {{ lead.first_name | or somebody else’s }}? A one-word answer helps me."
FINAL: Final = "Closing the loop, {{ lead.first_name | then }}. Should I talk to someone else?"


def _step(kind: NodeKind, name: str, settings: Settings, yes: Tree | None = None, no: Tree | None = None) -> Step:
    return Step("", kind, name, plain(settings), yes or [], no or [])


def _says(name: str, body: str, kind: NodeKind = NodeKind.IMESSAGE, **settings: object) -> Step:
    return _step(kind, name, Message(texts=(Text("A", body),), **settings))  # type: ignore[arg-type]


def _wait(days: int) -> Step:
    return _step(NodeKind.WAIT, f"Wait {days} day{'' if days == 1 else 's'}", Wait(days=days))


def _three_messages() -> Tree:
    return [
        _says("Intro iMessage", INTRO),
        _wait(2),
        _says("Follow-up iMessage", FOLLOW_UP),
        _wait(3),
        _says("Final iMessage", FINAL, fallback=()),
    ]


def _read_or_not() -> Tree:
    reader = [_says("For those who read it", "Too early, or not the right person? Either answer helps me.")]
    other = [_says("For those who did not", FOLLOW_UP, kind=NodeKind.SMS, fallback=())]
    return [
        _says("Intro iMessage", INTRO),
        _step(NodeKind.WAIT, "Wait until read", Wait(mode=WaitMode.READ, days=2)),
        _step(NodeKind.BRANCH, "Has it been read?", Branch(test=BranchTest.READ), reader, other),
        _wait(4),
        _says("Final iMessage", FINAL),
    ]


def _imessage_or_sms() -> Tree:
    blue = [_says("Intro iMessage", INTRO, fallback=(UNSUPPORTED,))]
    green = [_says("Intro SMS", INTRO + " Reply STOP to opt out.", kind=NodeKind.SMS, fallback=())]
    return [
        _step(NodeKind.BRANCH, "Is iMessage available?", Branch(test=BranchTest.IMESSAGE), blue, green),
        _wait(3),
        _says("Follow-up", FOLLOW_UP),
        _step(NodeKind.STOP, "End", Stop(note="Two messages are enough")),
    ]


def _all_channels() -> Tree:
    letter = HELLO + "I sent a text as well, in case that is easier: one question about how you follow up with customers."
    return [
        _says("Intro iMessage", INTRO),
        _wait(2),
        _step(
            NodeKind.EMAIL,
            "Email",
            Email(subject="One question for {{ company.name | your team }}", texts=(Text("A", letter),)),
        ),
        _wait(2),
        _step(NodeKind.LINKEDIN, "LinkedIn request", LinkedIn(text="Ask {{ lead.name }} to connect; mention the text message.")),
        _wait(3),
        _says("Final iMessage", FINAL),
        _step(NodeKind.NOTIFY, "Tell the rep", Notify(text="{{ lead.name }} has had everything and not answered. Call once?")),
    ]


def _drip() -> Tree:
    return [
        _says("Day 1", "{{ lead.first_name | Hello }}, shall I send one page on how it works, so that you need not ask?", days=1),
        _says("Day 3", FOLLOW_UP, days=3),
        _says("Day 5", FINAL, days=5),
    ]


DRIP: Final = Campaign.Kind.DRIP
ALL: Final = (
    Starter(
        "three", "Three messages", "An introduction, a follow-up and a polite end. The plainest, and a good one.", _three_messages
    ),
    Starter(
        "read",
        "By whether it was read",
        "One text for those who read the first message, another for those who did not.",
        _read_or_not,
    ),
    Starter("channel", "iMessage, else SMS", "Words of their own for phones without iMessage.", _imessage_or_sms),
    Starter("channels", "Text, email and LinkedIn", "Three ways to the same person; two of them as tasks.", _all_channels),
    Starter("empty", "An empty workflow", "Add every step yourself.", list),
    Starter("drip", "Three messages in five days", "Applied in a conversation, until the contact replies.", _drip, DRIP),
    Starter("empty_drip", "An empty drip", "Messages on days of your choice, counted from when it is applied.", list, DRIP),
)


def named(key: str) -> Starter | None:
    return next((one for one in ALL if one.key == key), None)
