"""Which line and channel the next attempt of a message takes."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.models import Message
from conversations.vocabulary import Channel, FallbackCause
from lines.gateways.base import Capability, FallbackWhen
from lines.models import Line
from lines.wire import capabilities_of


@dataclass(frozen=True, slots=True)
class Route:
    line: Line
    channel: Channel
    cause: str = ""  # FallbackCause, when SMS takes the place of iMessage


def route(message: Message, line: Line, *, without_imessage: bool) -> Route:
    """The channel asked for, or decided by an earlier attempt; else iMessage, unless the address is known to have none."""
    fixed = message.next_channel or message.requested_channel
    if fixed:
        return Route(line, Channel(fixed), message.fallback_cause)
    own = Channel.SMS if line.kind == Line.Kind.SMS else Channel.IMESSAGE
    if own == Channel.IMESSAGE and FallbackWhen.UNSUPPORTED in message.fallback and without_imessage:
        return sms_route(line, FallbackCause.NOT_REGISTERED) or Route(line, own)
    return Route(line, own)


def sms_route(line: Line, cause: FallbackCause) -> Route | None:
    """How this line's messages go as SMS: over its fallback line, else by itself; None when they cannot."""
    if line.fallback_line and line.fallback_line.workspace_id == line.workspace_id:
        return Route(line.fallback_line, Channel.SMS, cause)
    if Capability.FORCE_SMS in capabilities_of(line):
        return Route(line, Channel.SMS, cause)
    return None


def line_for_sms(line: Line) -> Line | None:
    """The line that carries this line's SMS; None when none does."""
    found = sms_route(line, FallbackCause.NOT_REGISTERED)
    return found.line if found else None
