"""What the thread and the list say about a message, in sentences: its status, why, and what helps.

One place for the words, so that a state is named the same way wherever it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from conversations.models import Message
from conversations.vocabulary import (
    AttemptState,
    CancelReason,
    Channel,
    FailReason,
    FallbackCause,
    MessageStatus,
    Origin,
)
from conversations.wording.holds import HELD_UNTIL, WHERE, held, lower
from conversations.wording.reasons import CANCELLED, FAILED, reason_of, word_of

READ_UNAVAILABLE: Final = (
    "The recipient's device settings: read receipts can be off there.",
    "The iMessage read-receipt setting: each person decides it, for everyone or for one chat.",
    "SMS fallback: an SMS carries no read receipt.",
    "The carrier: not every carrier reports what happens to a message.",
    "The device's behaviour: a message read in a notification or on a watch may not count as read.",
    "Delivery limits: a message that is still on its way cannot be read yet.",
    "Tracking availability: the line's gateway may not pass receipts on.",
)
"""Why a message may show no read although it was read (S0-62)."""

MEANING: Final[dict[str, str]] = {
    MessageStatus.DRAFT: "Written, not sent.",
    MessageStatus.SCHEDULED: "Will be sent at the chosen time.",
    MessageStatus.QUEUED: "Accepted here and waiting to be handed to the line.",
    MessageStatus.SENDING: "Being handed to the line right now.",
    MessageStatus.SENT: "The line has taken it over. Delivery is not confirmed yet.",
    MessageStatus.DELIVERED: "It arrived on the contact's device.",
    MessageStatus.READ: "A read receipt came back. It is a sign of interest, not an answer.",
    MessageStatus.REPLIED: "The contact answered after this message.",
    MessageStatus.NOT_DELIVERED: "It did not arrive.",
    MessageStatus.CANCELLED: "It was to be sent and was stopped before it left.",
    MessageStatus.DISCARDED: "It was prepared and not used.",
}

LIST_STATUS: Final[dict[str, str]] = {
    MessageStatus.QUEUED: MessageStatus.SCHEDULED.label,
    MessageStatus.SENDING: MessageStatus.SCHEDULED.label,
    MessageStatus.DELIVERED: MessageStatus.SENT.label,
}
"""Lists show eight words (R1): what is not handed over yet is Scheduled, what is delivered is Sent."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message's status line. `until` is the time a waiting message waits for."""

    status: str
    tone: str = ""  # "", neu or neg
    at: datetime | None = None
    why: str = ""
    helps: str = ""
    until: datetime | None = None
    ticks: int = 0
    where: str = ""  # where what holds it is set, as WHERE names it


def said_of(message: Message) -> Said:
    """What happened to an outgoing message, or what it waits for. Loads nothing but its line."""
    label = MessageStatus(message.status).label
    match message.status:
        case MessageStatus.REPLIED:
            return Said(label, at=message.replied_at, ticks=2)
        case MessageStatus.READ:
            return Said(label, at=message.read_at, ticks=2)
        case MessageStatus.DELIVERED:
            return Said(label, at=message.delivered_at, ticks=2)
        case MessageStatus.SENT:
            return Said(label, at=message.sent_at, ticks=1)
        case MessageStatus.SENDING:
            return Said("Sending…", at=message.at)
        case MessageStatus.NOT_DELIVERED:
            why = reason_of(message)
            return Said(label, "neg", at=message.at, why=why, helps=_what_helps(message))
        case MessageStatus.CANCELLED:
            why = reason_of(message)
            return Said(label, "neu", at=message.at, why=why, helps=CANCELLED.get(message.reason, ""))
        case MessageStatus.QUEUED | MessageStatus.SCHEDULED if message.hold:
            until = message.run_at if message.hold in HELD_UNTIL else None
            return Said("Held", "neu", why=held(message), until=until, where=WHERE.get(message.hold, ""))
        case MessageStatus.SCHEDULED:
            return Said(label, at=message.scheduled_at)
        case MessageStatus.QUEUED:
            return Said("Sending…", at=message.created_at)
        case _:
            return Said(label, at=message.at)


def _what_helps(message: Message) -> str:
    """What helps with a failure. What a line does not take is known to the line alone, so its words stand there too."""
    helps = FAILED.get(message.reason, "")
    if message.reason == FailReason.MESSAGE_RESTRICTION and message.reason_detail:
        return f"{helps} It says: “{message.reason_detail}”"
    return helps


def fallback_of(message: Message) -> str:
    """Why a message went as SMS instead of iMessage, in words; empty when it did not."""
    return FallbackCause(message.fallback_cause).label if message.fallback_cause else ""


def channel_of(message: Message) -> str:
    """The channel it went or came as; before it has gone, the one it is meant for."""
    return message.channel or message.next_channel or message.requested_channel or _own_channel(message)


UNDECIDED: Final = "iMessage or SMS"


def undecided(message: Message) -> bool:
    """Whether only the attempt will show which of the two it goes as."""
    decided = message.channel or message.next_channel or message.requested_channel
    return not decided and _own_channel(message) == Channel.IMESSAGE


def _own_channel(message: Message) -> str:
    return message.line.kind if message.line else Channel.IMESSAGE


def gone(message: Message) -> str:
    """Why a message that was to go is out of the thread (R2); empty for any other."""
    detail = message.reason_detail
    if message.status == MessageStatus.CANCELLED:
        by_hand = message.reason == CancelReason.USER and detail  # which says who it was
        words = detail if by_hand else ". ".join(filter(None, [reason_of(message), detail]))
        return f"A message was not sent: {lower(words)}"
    if message.status == MessageStatus.DISCARDED:
        return "A message was prepared and not used" + (f": {detail}" if detail else "")
    return ""


def _step_of(message: Message) -> str:
    """Which step of which campaign a message is (S0-46)."""
    campaign = message.campaign.name if message.campaign else message.conversation.campaign_name
    step = message.execution.node.name if message.execution else ""
    return " · ".join(filter(None, [step, campaign])) or "Sent by a campaign"


def origin_of(message: Message) -> str:
    """Why they got it: who or what caused an outgoing message, where it was not simply a person of the workspace."""
    match message.origin:
        case Origin.CONSENT:
            return "Consent message: this workspace asks for it before the first message to a contact"
        case Origin.CONFIRMATION:
            return "Opt-out confirmation: they opted out, and are told so once"
        case Origin.AUTO:
            return f"Automatic reply: {message.canned}" if message.canned else "Automatic reply"
        case Origin.DEVICE:
            return "Written on the line's own device"
        case Origin.API:
            return "Sent through the API"
        case Origin.BATCH:
            return "Sent to many leads at once"
        case Origin.REMINDER:
            return "Reminder"
        case Origin.CAMPAIGN:
            return _step_of(message)
        case _:
            return ""


def attempt_outcome(state: str, reason: str) -> str:
    return AttemptState(state).label + (f": {word_of(reason) or reason}" if reason else "")
