"""Whether a member may answer in a conversation, over which line, and what to warn of."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.models import Conversation
from conversations.sending.consents import had_consent
from conversations.vocabulary import Channel, Family
from leads import optouts
from lines.models import Line
from workspaces.models import Membership, Role


@dataclass(frozen=True, slots=True)
class Advice:
    """What the composer shows before anything is typed."""

    allowed: bool
    reason: str = ""  # why not, and what helps
    warning: str = ""  # allowed, but
    channel: str = Channel.IMESSAGE
    line: Line | None = None


def may_reply(
    conversation: Conversation, membership: Membership, *, opted_out: bool | None = None, consented: bool | None = None
) -> Advice:
    """Whether this member may answer here, over which line, and what to warn of (R4, S0-94).

    `opted_out`, and `consented` (had the consent message): where the caller knows; else they are looked up.
    """
    line = line_for(conversation)
    if membership.role == Role.VIEWER:
        return Advice(False, "You can read here. Ask an admin for a role that may answer.", line=line)
    if conversation.family != Family.PHONE:
        return Advice(False, "Only iMessage and SMS conversations are answered here.", line=line)
    if line is None:
        return Advice(False, "No line is set up yet. An admin can add one under Lines.")
    if _opted_out(conversation) if opted_out is None else opted_out:
        if not conversation.workspace.reply_to_opted_out:
            return Advice(
                False,
                "This contact opted out. Nothing more is sent unless they text START, or someone opts them in again.",
                line=line,
            )
        consent_first = membership.consent_first and conversation.workspace.consent_text
        if consent_first and not (had_consent(conversation) if consented is None else consented):
            return Advice(
                False,
                "This contact opted out before the consent message was sent. It goes first, once they text START or someone "
                "opts them in again.",
                line=line,
            )
        return Advice(True, warning="This contact opted out; the carrier may block what you send.", line=line)
    if not line.sends:
        return Advice(True, warning=f"{line} is {line.get_status_display().lower()}: your message waits for it.", line=line)
    return Advice(True, line=line)


def line_for(conversation: Conversation) -> Line | None:
    """The line of the conversation, else the workspace's first that sends, else its first."""
    if conversation.line:
        return conversation.line
    lines = Line.objects.of(conversation.workspace).filter(kind__in=[Line.Kind.IMESSAGE, Line.Kind.SMS]).order_by("pk")
    return lines.filter(status__in=Line.SENDING).first() or lines.first()


def wants_nothing(conversation: Conversation) -> bool:
    """Whether nobody may show the contact anything: they opted out, and the workspace lets nobody answer then."""
    return not conversation.workspace.reply_to_opted_out and _opted_out(conversation)


def _opted_out(conversation: Conversation) -> bool:
    """A thread without a lead may be with one all the same: who has opted out at another address has opted out at this one."""
    address, lead = conversation.address, conversation.lead
    theirs = [address] if lead else optouts.addresses_of(conversation.workspace, address)
    return optouts.has_opted_out(conversation.workspace_id, theirs, lead)
