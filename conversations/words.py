"""What the thread and the list say about a message, in sentences: its status, why, and what helps.

One place for the words, so that a state is named the same way wherever it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from conversations.holding_words import HELD_UNTIL, WHERE, held, lower
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

FAILED: Final[dict[str, str]] = {
    FailReason.INVALID_NUMBER: "Correct the contact's number; nobody can be reached at this one.",
    FailReason.UNREACHABLE: "Check the number, or try another address of the contact.",
    FailReason.CARRIER_ISSUE: "The carrier refused it. Try again later, or shorten the text and leave out links.",
    FailReason.IMESSAGE_ISSUE: "Retry, or give the line an SMS fallback so that the next one can go as SMS.",
    FailReason.LINE_ISSUE: "Open the line and test its connection, then retry.",
    FailReason.CHANNEL_LIMIT: "The channel's limit is reached. Retry later, or from another line.",
    FailReason.CONTACT_DATA: "Check the contact's address, then retry.",
    FailReason.MESSAGE_RESTRICTION: "Change the text or the attachment and send it again.",
    FailReason.EXPIRED: "It waited too long and was not sent. Retry if it still holds.",
    FailReason.OUTCOME_UNKNOWN: "The line never said whether it went out, and it is not sent twice by itself. "
    "Look on the line's device before you retry.",
    FailReason.SENDER_CRASHED: "Retry once; if it breaks off again, tell whoever runs this console.",
    FailReason.CONSENT_FAILED: "The consent message has to arrive first. See why it failed, then retry both.",
}

CAUSE: Final[dict[str, str]] = {
    FailReason.INVALID_NUMBER: "Recipient address invalid",
    FailReason.UNREACHABLE: "Recipient address invalid",
    FailReason.CONTACT_DATA: "Recipient address invalid",
    FailReason.LINE_ISSUE: "Line not active or misconfigured",
    FailReason.CHANNEL_LIMIT: "Line not active or misconfigured",
    FailReason.EXPIRED: "Line not active or misconfigured",
    FailReason.CARRIER_ISSUE: "Server connection issue",
    FailReason.IMESSAGE_ISSUE: "Server connection issue",
    FailReason.MESSAGE_RESTRICTION: "Server connection issue",
    FailReason.OUTCOME_UNKNOWN: "Server connection issue",
    FailReason.SENDER_CRASHED: "Server connection issue",
    FailReason.CONSENT_FAILED: "Recipient address invalid",
}
"""Every reason in one of three words, for who only wants to know where to look (S1-21, S1-60, S1-61)."""

CANCELLED: Final[dict[str, str]] = {
    CancelReason.USER: "",
    CancelReason.OPTED_OUT: "Nothing more is sent unless they text START, or someone opts them in again.",
    CancelReason.EXCLUDED: "Automated messages to them stay off.",
    CancelReason.REPLIED: "Their answer is in this thread.",
    CancelReason.LINE_REMOVED: "Send it again from another line.",
    CancelReason.NOT_NEEDED: "",
    CancelReason.CAMPAIGN: "",
}

LIST_STATUS: Final[dict[str, str]] = {
    MessageStatus.QUEUED: MessageStatus.SCHEDULED.label,
    MessageStatus.SENDING: MessageStatus.SCHEDULED.label,
    MessageStatus.DELIVERED: MessageStatus.SENT.label,
}
"""Lists show eight words (R1): what is not handed over yet is Scheduled, what is delivered is Sent."""

_REASONS: Final = dict([*FailReason.choices, *CancelReason.choices])


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
            why = _REASONS.get(message.reason, message.reason)
            return Said(label, "neg", at=message.at, why=why, helps=FAILED.get(message.reason, ""))
        case MessageStatus.CANCELLED:
            why = _REASONS.get(message.reason, message.reason)
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


def fallback_of(message: Message) -> str:
    """Why a message went as SMS instead of iMessage, in words; empty when it did not."""
    return FallbackCause(message.fallback_cause).label if message.fallback_cause else ""


def channel_of(message: Message) -> str:
    """The channel it went or came as; before it has gone, the one it is meant for."""
    return message.channel or message.next_channel or message.requested_channel or _own_channel(message)


def _own_channel(message: Message) -> str:
    return message.line.kind if message.line else Channel.IMESSAGE


def reason_of(message: Message) -> str:
    """The reason of a message that failed or was cancelled, in words."""
    return word_of(message.reason) or message.reason


def word_of(reason: str) -> str:
    """A FailReason or CancelReason in words; empty for any other."""
    return str(_REASONS.get(reason, ""))


def cause_of(reason: str) -> str:
    """Where to look: the recipient's address, the line, or what lies behind it."""
    return CAUSE.get(reason, "Server connection issue")


def gone(message: Message) -> str:
    """Why a message that was to go is out of the thread (R2); empty for any other."""
    if message.status == MessageStatus.CANCELLED:
        return f"A message was not sent: {lower(reason_of(message))}"
    if message.status == MessageStatus.DISCARDED:
        return "A message was prepared and not used"
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
    return AttemptState(state).label + (f": {_REASONS.get(reason, reason)}" if reason else "")
