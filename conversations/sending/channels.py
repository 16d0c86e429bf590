"""What a person can choose for a reply, the line and the type, and why some of it cannot be chosen (S1-16 to S1-20, R16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from conversations.models import Conversation
from conversations.refusals import Refused
from conversations.sending.routes import line_for_sms
from conversations.vocabulary import Channel
from leads.checks import answers
from leads.models import Address
from lines.models import Line

KINDS: Final = (Line.Kind.IMESSAGE, Line.Kind.SMS)
NO_SMS: Final = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `why_not` is empty where it can be chosen."""

    value: str
    label: str
    why_not: str = ""


def lines(conversation: Conversation, usual: Line | None) -> list[Choice]:
    """The lines a reply may go over, the usual one first and without a value. One that does not send cannot be chosen."""
    found = Line.objects.of(conversation.workspace).filter(kind__in=KINDS).order_by("name", "pk")
    ordered = sorted(found, key=lambda line: not (usual and line.pk == usual.pk))
    return [
        Choice("", _label(line)) if line == usual else Choice(line.public_id, _label(line), "" if line.sends else _away(line))
        for line in ordered
    ]


def _label(line: Line) -> str:
    return f"{line.name} ({line.get_kind_display()})"


def _away(line: Line) -> str:
    return line.get_status_display().lower() + (f": {line.status_detail}" if line.status_detail else "")


def channels(conversation: Conversation, line: Line | None, known: Address.Availability | None = None) -> list[Choice]:
    """Automatic, iMessage and SMS, as far as `line` and the contact's number carry them. `known`: whether it has iMessage,
    where the caller has looked it up."""
    return [
        Choice("", "Automatic"),
        Choice(Channel.IMESSAGE, "iMessage", why_no_imessage(conversation, line, known)),
        Choice(Channel.SMS, "SMS", why_no_sms(conversation, line)),
    ]


def why_no_imessage(conversation: Conversation, line: Line | None, known: Address.Availability | None = None) -> str:
    if line and line.kind == Line.Kind.SMS:
        return f"{line.name} sends SMS only"
    if (known or answers.known(conversation.workspace, conversation.address)) == Address.Availability.UNAVAILABLE:
        return f"this {'address' if '@' in conversation.address else 'number'} has no iMessage"
    return ""


def why_no_sms(conversation: Conversation, line: Line | None) -> str:
    if not takes_sms(conversation.address):
        return "this is not a mobile number"
    if line and line.kind == Line.Kind.IMESSAGE and not line_for_sms(line):
        return f"{line.name} has no SMS fallback"
    return ""


def chosen(conversation: Conversation, line: Line | None, channel: str) -> Line | None:
    """The line a message of this type leaves over, when `line` is the one a person sees. Raises Refused."""
    if channel == Channel.IMESSAGE and (why := why_no_imessage(conversation, line)):
        raise Refused(f"It cannot go as iMessage: {why}. Choose Automatic or SMS.", field="channel")
    if channel == Channel.SMS:
        if why := why_no_sms(conversation, line):
            raise Refused(f"It cannot go as SMS: {why}. Choose Automatic or another line.", field="channel")
        if line and line.kind == Line.Kind.IMESSAGE:
            return line_for_sms(line)
    if channel not in ("", Channel.IMESSAGE, Channel.SMS):
        raise Refused("Only iMessage and SMS are sent from here.", field="channel")
    return line


def line_of(conversation: Conversation, public_id: str) -> Line | None:
    """The line that was chosen; None where none was. Raises Refused for one that is gone or does not send."""
    if not public_id:
        return None
    line = (
        Line.objects.of(conversation.workspace)
        .select_related("fallback_line", "workspace")
        .filter(kind__in=KINDS, public_id=public_id)
        .first()
    )
    if line is None:
        raise Refused("That line no longer exists. Choose another.", field="line")
    if not line.sends and line.pk != conversation.line_id:
        raise Refused(f"{line.name} is {_away(line)}. Choose another line.", field="line")
    return line


def takes_sms(address: str) -> bool:
    """Whether it can be a mobile number."""
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) not in NO_SMS
