"""What the chips of a conversation say, and what helps with an intent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from conversations.models import Conversation
from conversations.vocabulary import Direction, MessageStatus
from conversations.wording.reasons import word_of
from conversations.wording.statuses import LIST_STATUS
from intent import vocabulary as intent


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str = ""


class Summary(Protocol):
    """What the chips of a conversation are made of, whoever holds it."""

    @property
    def last_direction(self) -> str: ...
    @property
    def last_status(self) -> str: ...
    @property
    def last_reason(self) -> str: ...
    @property
    def intent_status(self) -> str: ...
    @property
    def intent_reason(self) -> str: ...
    @property
    def intent_score(self) -> int | None: ...


def row_chip(row: Summary) -> Chip | None:
    """The one chip of a list row: what became of our message, or what theirs means."""
    if row.last_direction == Direction.OUTGOING and row.last_status:
        label = LIST_STATUS.get(row.last_status, MessageStatus(row.last_status).label)
        if row.last_status == MessageStatus.NOT_DELIVERED:
            reason = word_of(row.last_reason)
            return Chip(f"{label} · {reason}" if reason else label, "neg")
        return Chip(label)
    return intent_chip(row)


def intent_chip(row: Summary) -> Chip | None:
    """Status, reason and score of what the contact wrote, together (S0-80); None while nothing is known."""
    if not row.intent_status:
        return None
    words = [_INTENT[row.intent_status], _INTENT.get(row.intent_reason, "")]
    score = "" if row.intent_score is None else f" {row.intent_score}"
    return Chip(" · ".join(word for word in words if word) + score, tone_of(row.intent_status))


_INTENT: Final[dict[str, str]] = {str(value): str(word) for value, word in [*intent.Status.choices, *intent.Reason.choices]}


def tone_of(intent_status: str) -> str:
    return {"positive": "pos", "neutral": "neu", "negative": "neg"}.get(intent_status, "")


NEXT_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "positive": (
        "Reply quickly.",
        "Answer the request directly.",
        "Move it forward: offer a time or the next step.",
        "Update the contact, and stop follow-ups that are not needed any more.",
    ),
    "neutral": (
        "Read the whole thread.",
        "Look at the contact and the company.",
        "Decide whether a follow-up is useful.",
        "Ask one clear question.",
    ),
    "negative": (
        "Stop outreach where it is wanted.",
        "Exclude the contact if they should never be asked again.",
        "Respect an opt-out.",
        "Use what they say for the next list.",
    ),
}
"""What to do about an intent (S0-83 to S0-85)."""


def next_steps(conversation: Conversation) -> tuple[str, ...]:
    """What helps with what they wrote; nothing once somebody has answered it. An answer that failed answers nothing."""
    answered = conversation.last_direction == Direction.OUTGOING and not conversation.waiting_since
    return () if answered else NEXT_STEPS.get(conversation.intent_status, ())


NEXT_STEP: Final[dict[str, str]] = {
    "positive": "Reply quickly and answer the request directly.",
    "neutral": "Read the whole thread, look at contact and company, and ask one clear question if it is worth it.",
    "negative": "Stop outreach where it is wanted, and respect an opt-out.",
}
"""The same in a sentence."""
