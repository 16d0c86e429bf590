"""What the composer and the thread's head show before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass

from conversations import reading
from conversations.compose import may_reply
from conversations.models import Conversation
from conversations.routes import sms_route
from conversations.vocabulary import Channel, FallbackCause
from leads import optouts
from leads.models import Address
from lines.models import Line
from workspaces.models import Membership
from workspaces.secrets import SecretUnreadable


@dataclass(frozen=True, slots=True)
class Composer:
    """Whether and how the next message would go. `says` is the line beside the text: the channel, or why not."""

    allowed: bool
    says: str
    warning: str
    channel: str
    opted_out: bool
    consent_sent: bool


def composer(conversation: Conversation, membership: Membership) -> Composer:
    advice = may_reply(conversation, membership)
    channel, says = _channel(conversation, advice.line)
    consent = reading.consent_of(conversation)
    return Composer(
        allowed=advice.allowed,
        says=says if advice.allowed else advice.reason,
        warning=advice.warning,
        channel=channel,
        opted_out=_opted_out(conversation),
        consent_sent=bool(consent and consent.sent_at),
    )


def _channel(conversation: Conversation, line: Line | None) -> tuple[str, str]:
    """The channel the next message takes, and the words for it. The route is decided anew when it is sent."""
    if line is None or line.kind == Line.Kind.SMS:
        return Channel.SMS, "SMS"
    if not _falls_back(line):
        return Channel.IMESSAGE, "iMessage · no SMS fallback on this line"
    known = Address.objects.of(conversation.workspace).filter(value=conversation.address)
    if known.filter(availability=Address.Availability.UNAVAILABLE).exists():
        return Channel.SMS, "SMS · this number has no iMessage"
    return Channel.IMESSAGE, "iMessage · SMS fallback on"


def _falls_back(line: Line) -> bool:
    try:
        return sms_route(line, FallbackCause.NOT_REGISTERED) is not None
    except SecretUnreadable:
        return False


def _opted_out(conversation: Conversation) -> bool:
    if conversation.lead and conversation.lead.opted_out_at:
        return True
    return bool(optouts.standing(conversation.workspace_id, [conversation.address]))
