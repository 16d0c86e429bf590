"""What the composer and the thread's head show before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from conversations import drafts
from conversations.drafts import Stale
from conversations.models import Conversation
from conversations.sending import channels
from conversations.sending.advising import may_reply
from conversations.sending.channels import Choice
from conversations.sending.routes import line_for_sms
from conversations.sending.scheduling import where_they_are
from conversations.thread.contact import Contact, Facts
from conversations.vocabulary import Channel
from leads.models import Address
from lines.models import Line
from workspaces.models import Membership, User


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
    words_first: bool  # nothing has come or gone yet, so that a file alone is not taken
    seen: str  # public id of the newest message, "start" before the first
    last_heard: datetime | None  # when the contact last wrote
    there: str  # what their clock says


def composer(conversation: Conversation, membership: Membership, user: User, contact: Contact, facts: Facts) -> Composer:
    draft = drafts.of(conversation, user)
    opted_out = _opted_out(conversation, contact)
    advice = may_reply(conversation, membership, opted_out=opted_out, consented=facts.had_consent)
    channel, says = _channel(advice.line, contact)
    return Composer(
        allowed=advice.allowed,
        says=says if advice.allowed else advice.reason,
        warning=advice.warning,
        channel=channel,
        opted_out=opted_out,
        consent_asked=membership.consent_first,
        consent_sent=bool(facts.consent_sent_at) if facts.consent else facts.had_consent,
        lines=channels.lines(conversation, advice.line),
        channels=channels.channels(conversation, advice.line, contact.imessage),
        draft=draft.body if draft else "",
        stale=drafts.stale(draft, conversation),
        words_first=not facts.exchanged,
        seen=facts.newest or "start",
        last_heard=facts.last_heard,
        there=where_they_are(conversation, timezone.now()),
    )


def _channel(line: Line | None, contact: Contact) -> tuple[str, str]:
    """The channel the next message takes, and the words for it. The route is decided again when it is sent."""
    if line is None or line.kind == Line.Kind.SMS:
        return Channel.SMS, "SMS"
    if not line_for_sms(line):
        return Channel.IMESSAGE, "iMessage · no SMS fallback on this line"
    if contact.imessage == Address.Availability.UNAVAILABLE:
        return Channel.SMS, "SMS · this number has no iMessage"
    return Channel.IMESSAGE, "iMessage · SMS fallback on"


def _opted_out(conversation: Conversation, contact: Contact) -> bool:
    here = [one for one in contact.opt_outs if one.value == conversation.address and one.lifted_at is None]
    return bool(here or (conversation.lead and conversation.lead.opted_out_at))
