"""The workflows of the demo's campaigns."""

from __future__ import annotations

from typing import Any

from campaigns import node_settings
from campaigns import tree as trees
from campaigns.tree import Step
from campaigns.vocabulary import NodeKind


def _text(letter: str, body: str, **values: str) -> dict[str, str]:
    return {"letter": letter, "body": body, **values}


def _step(kind: NodeKind, name: str, *, yes: list[Step] | None = None, no: list[Step] | None = None, **settings: Any) -> Step:
    return Step(trees.new_key(), kind, name, {**node_settings.default(kind), **settings}, yes or [], no or [])


def founders() -> list[Step]:
    intro = "Hi {{ lead.first_name | there }}, it’s {{ sender.first_name }} at Northwind. Saw {{ company.name | you }} grow: "
    return [
        _step(
            NodeKind.IMESSAGE,
            "Intro iMessage",
            texts=[
                _text("A", intro + "still closing the books by hand?"),
                _text("B", intro + "how many days does your close take?"),
            ],
        ),
        _step(NodeKind.WAIT, "Wait 2 days", days=2),
        _step(
            NodeKind.IMESSAGE,
            "Follow-up iMessage",
            texts=[
                _text("A", "Is the close on your desk, {{ lead.first_name | or somebody else’s }}?"),
                _text("B", "We cut Modern Tiller’s close from 9 days to 3. Happy to show how in 15 min.", persona="Finance leader"),
            ],
        ),
        _step(NodeKind.WAIT, "Wait 3 days", days=3),
        _step(
            NodeKind.IMESSAGE,
            "Final iMessage",
            texts=[_text("A", "Closing the loop, {{ lead.first_name | then }}. Should I talk to someone else?")],
            fallback=[],
        ),
    ]


def ops() -> list[Step]:
    return [
        _step(
            NodeKind.IMESSAGE,
            "Intro iMessage",
            texts=[_text("A", "{{ lead.first_name | Hi }}, how many hours a week go into chasing proof of delivery?")],
        ),
        _step(
            NodeKind.BRANCH,
            "Replied within 2 days?",
            test="replied",
            days=2,
            yes=[_step(NodeKind.NOTIFY, "Tell the rep", text="Answered: reply today")],
            no=[
                _step(
                    NodeKind.LINKEDIN,
                    "LinkedIn note",
                    text="Connect with {{ lead.first_name | them }} and mention the dispatch backlog",
                ),
                _step(NodeKind.SMS, "Last try by SMS", texts=[_text("A", "Worth ten minutes before the quarter ends?")]),
            ],
        ),
    ]


def short(words: str) -> list[Step]:
    return [
        _step(NodeKind.IMESSAGE, "Intro iMessage", texts=[_text("A", words)]),
        _step(NodeKind.WAIT, "Until Tuesday 9:00", mode="until", weekdays=[2], at="09:00"),
        _step(NodeKind.IMESSAGE, "Follow-up", texts=[_text("A", "Did this get lost, {{ lead.first_name | perhaps }}?")]),
    ]


def drip() -> list[Step]:
    texts = [
        "The checklist I promised: shall I send it here?",
        "One team saved two days with its first page alone.",
        "Shall I close this?",
    ]
    return [
        _step(NodeKind.IMESSAGE, f"Day {days}", texts=[_text("A", body)], days=days)
        for days, body in zip((1, 3, 5), texts, strict=True)
    ]
