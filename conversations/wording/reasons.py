"""Why a message did not go: each reason in words, what helps, and where to look."""

from __future__ import annotations

from typing import Final

from conversations.models import Message
from conversations.vocabulary import CancelReason, FailReason

FAILED: Final[dict[str, str]] = {
    FailReason.INVALID_NUMBER: "Correct the contact's number; nobody can be reached at this one.",
    FailReason.UNREACHABLE: "Check the number, or try another address of the contact.",
    FailReason.CARRIER_ISSUE: "The carrier refused it. Try again later, or shorten the text and leave out links.",
    FailReason.IMESSAGE_ISSUE: "The address may not have iMessage. Send it as SMS, try another address, or give the line an SMS "
    "fallback.",
    FailReason.LINE_ISSUE: "Open the line and test its connection, then retry.",
    FailReason.CHANNEL_LIMIT: "The channel's limit is reached. Retry later, or from another line.",
    FailReason.CONTACT_DATA: "Check the contact's address, then retry.",
    FailReason.MESSAGE_RESTRICTION: "The line does not take it as it is. Change what it complains of and send it as a new message.",
    FailReason.EXPIRED: "It waited too long and was not sent. Retry if it still holds.",
    FailReason.OUTCOME_UNKNOWN: "The line never said whether it went out, and it is never sent again automatically. "
    "Look on the line's device before you retry.",
    FailReason.SENDER_CRASHED: "Retry once; if it breaks off again, tell the operator of this console.",
    FailReason.CONSENT_FAILED: "The consent message has to arrive first. See why it failed, then retry both.",
}

CAUSE: Final[dict[str, str]] = {
    FailReason.INVALID_NUMBER: "Recipient address invalid",
    FailReason.UNREACHABLE: "Recipient address invalid",
    FailReason.CONTACT_DATA: "Recipient address invalid",
    FailReason.IMESSAGE_ISSUE: "Recipient address invalid",  # line and server were there: Apple refused this address
    FailReason.LINE_ISSUE: "Line not active or misconfigured",
    FailReason.CHANNEL_LIMIT: "Line not active or misconfigured",
    FailReason.EXPIRED: "Line not active or misconfigured",
    FailReason.CARRIER_ISSUE: "Server connection issue",
    FailReason.MESSAGE_RESTRICTION: "Server connection issue",
    FailReason.OUTCOME_UNKNOWN: "Server connection issue",
    FailReason.SENDER_CRASHED: "Server connection issue",
    FailReason.CONSENT_FAILED: "Recipient address invalid",
}
"""Every reason as one of three, for people who only want to know where to look (S1-21, S1-60, S1-61)."""

CANCELLED: Final[dict[str, str]] = {
    CancelReason.USER: "",
    CancelReason.OPTED_OUT: "Nothing more is sent unless they text START, or someone opts them in again.",
    CancelReason.EXCLUDED: "Automated messages to them stay off.",
    CancelReason.REPLIED: "Their answer is in this thread.",
    CancelReason.LINE_REMOVED: "Send it again from another line.",
    CancelReason.NOT_NEEDED: "",
    CancelReason.CAMPAIGN: "",
}

_REASONS: Final = dict([*FailReason.choices, *CancelReason.choices])


def reason_of(message: Message) -> str:
    """The reason of a message that failed or was cancelled, in words."""
    return word_of(message.reason) or message.reason


def word_of(reason: str) -> str:
    """A FailReason or CancelReason in words; empty for any other."""
    return str(_REASONS.get(reason, ""))


def cause_of(reason: str) -> str:
    """Where to look: the recipient's address, the line, or what lies behind it."""
    return CAUSE.get(reason, "Server connection issue")
