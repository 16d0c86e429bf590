"""What the composer and the thread's head show before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from conversations import channels, drafts, reading
from conversations.channels import Choice
from conversations.compose import may_reply
from conversations.drafts import Stale
from conversations.models import Conversation
from conversations.routes import sms_route
from conversations.scheduling import where_they_are
from conversations.vocabulary import Channel, FallbackCause
from leads import optouts
from leads.models import Address
from lines.models import Line
from workspaces.models import Membership, User
from workspaces.secrets import SecretUnreadable


@dataclass(frozen=True, slots=True)
class Composer:
    """Whether and how the next message would go. `says` is the line beside the text: the channel, or why not."""

    allowed: bool
    says: str
    warning: str
    channel: str
    opted_out: bool
    consent_asked: bool
    consent_sent: bool
    lines: list[Choice]
    channels: list[Choice]
    draft: str
    stale: list[Stale]
    seen: str  # public id of the newest message, "start" before the first
    last_heard: datetime | None  # when the contact last wrote
    there: str  # what their clock says


def composer(conversation: Conversation, membership: Membership, user: User) -> Composer:
    draft, newest = drafts.of(conversation, user), drafts.newest(conversation)
    advice = may_reply(conversation, membership)
    channel, says = _channel(conversation, advice.line)
    consent = reading.consent_of(conversation)
    return Composer(
        allowed=advice.allowed,
        says=says if advice.allowed else advice.reason,
        warning=advice.warning,
        channel=channel,
        opted_out=_opted_out(conversation),
        consent_asked=membership.consent_first,
        consent_sent=bool(consent.sent_at) if consent else reading.had_consent(conversation),
        lines=channels.lines(conversation, advice.line),
        channels=channels.channels(conversation, advice.line),
        draft=draft.body if draft else "",
        stale=drafts.stale(draft, conversation),
        seen=newest.public_id if newest else "start",
        last_heard=reading.last_heard(conversation),
        there=where_they_are(conversation, timezone.now()),
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
