"""Template tags for messages in lists: their status and type, in words and colour."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conversations.models import Message
from conversations.vocabulary import Channel, FailReason, Hold, MessageStatus
from conversations.wording import reasons, statuses

register = template.Library()

_TONES = {MessageStatus.NOT_DELIVERED: "neg", MessageStatus.CANCELLED: "neu", MessageStatus.REPLIED: "pos"}


@register.simple_tag
def message_state(message: Message) -> SafeString:
    """One of the eight words of R1 as a chip, with the reason where there is one."""
    label = statuses.LIST_STATUS.get(message.status, MessageStatus(message.status).label)
    why = f"{label}: {reasons.reason_of(message)}" if message.reason in FailReason.values else label
    meaning = statuses.MEANING.get(message.status, "")
    return format_html(
        '<span class="chip {}" title="{}"><span class="cut">{}</span></span>', _TONES.get(message.status, ""), meaning, why
    )


@register.filter
def why_not_sent(message: Message) -> str:
    """Who or what cancelled it, why it was not used, or why it waits (S0-59, S1-11, S1-41); empty for what went its way."""
    if message.status in (MessageStatus.CANCELLED, MessageStatus.DISCARDED):
        return message.reason_detail or reasons.reason_of(message)
    if message.hold:
        return statuses.said_of(message).why or str(Hold(message.hold).label)
    return ""


@register.filter
def why_not_left(message: Message) -> str:
    """Why a scheduled message did not go: the reason, and in a word where to look (S1-41)."""
    if message.status == MessageStatus.CANCELLED:
        return message.reason_detail or reasons.reason_of(message)
    if message.reason == FailReason.EXPIRED:
        return f"{reasons.reason_of(message)}: {message.reason_detail or 'the server was down at the time'}"
    return f"{reasons.reason_of(message)} ({reasons.cause_of(message.reason)})"


@register.simple_tag
def message_type(message: Message) -> SafeString:
    """iMessage, SMS or Email, as it went or is asked to go; chosen when it leaves where nobody asked."""
    channel = message.channel or message.next_channel or message.requested_channel
    label = Channel(channel).label if channel in Channel.values else "Automatic"
    tail = " fallback" if message.fallback_cause else ""
    return format_html(
        '<span class="type"><span class="dot {}" aria-hidden="true"></span>{}{}</span>', channel or "off", label, tail
    )
