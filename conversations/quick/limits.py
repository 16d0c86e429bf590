"""The rules for what is sent with Quick Send, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.sending.routes import line_for_sms
from lines.models import Line
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Limit:
    """One rule for what is sent here (S1-27)."""

    words: str
    broken: bool = False


def limits(workspace: Workspace, lines: Sequence[Line]) -> list[Limit]:
    """What can be sent, in sentences; those that stop it now first."""
    sends = any(line.sends for line in lines)
    text = any(line.kind == Line.Kind.SMS or line_for_sms(line) for line in lines)
    return [
        Limit("An active line is needed." if sends else "No line is active: nothing leaves until one is.", not sends),
        Limit(
            "To a number without iMessage it goes as SMS." if text else "No line sends SMS: only iMessage can be used.", not text
        ),
        Limit("A message has at most 5,000 characters. As SMS it is cut into parts of 160, or 70 with emoji."),
        Limit("The first message to somebody counts for the line’s new conversations of the day."),
    ]
