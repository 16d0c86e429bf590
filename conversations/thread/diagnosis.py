"""Why a message was not delivered: the seven checks with what holds right now (S0-74, S0-141)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from conversations.models import Message
from conversations.sending.new_conversations import new_among
from conversations.vocabulary import NOT_AUTOMATED, Origin
from conversations.wording.reasons import FAILED, reason_of
from leads import optouts
from leads.models import Address, Company, Lead
from lines.meters import room_of


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer now. `good` is None where nothing can be said. `url` leads to what it is about."""

    question: str
    answer: str
    good: bool | None
    url: str = ""


def checks(message: Message) -> list[Check]:
    """The seven, in the order in which they are worth looking at. A handful of queries."""
    return [
        _number(message),
        _line(message),
        _campaign(message),
        _limit(message),
        _contact(message),
        _exclusions(message),
        _failure(message),
    ]


def _number(message: Message) -> Check:
    question = "Is the phone number valid?"
    lead = message.conversation.lead
    url = _url(message, "lead", lead.public_id) if lead else ""
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(message.address))
    except phonenumbers.NumberParseException:
        valid = False
    return Check(question, "Yes" if valid else "No: nobody can have this number. Correct it at the contact.", valid, url)


def _line(message: Message) -> Check:
    question = "Is the line connected?"
    line = message.line
    if line is None:
        return Check(question, "The line it was sent over was removed.", False)
    words = f"{line.name} is {line.get_status_display().lower()}" + (f": {line.status_detail}" if line.status_detail else "")
    return Check(question, words, line.sends, _url(message, "line", line.public_id))


def _campaign(message: Message) -> Check:
    question = "How does its campaign stand?"
    campaign = message.campaign or message.conversation.campaign
    if message.origin != Origin.CAMPAIGN or campaign is None:
        return Check(question, "No campaign sent it.", None)
    words = f"{campaign.name} is {campaign.get_status_display().lower()}"
    runs = campaign.status in (campaign.Status.RUNNING, campaign.Status.FINISHED)
    return Check(question, words, runs, _url(message, "campaign", campaign.public_id))


def _limit(message: Message) -> Check:
    """The strictest of all limits that one more message to this contact over the line would meet (S0-113)."""
    question, line, now = "Is there room in the line's daily limit?", message.line, timezone.now()
    if line is None:
        return Check(question, "The line was removed.", None)
    url = _url(message, "line", line.public_id)
    if message.origin not in NOT_AUTOMATED and line.rest_until and line.rest_until > now:
        return Check(question, f"{line.name} rests from automated messages until {_time(message, line.rest_until)}.", False, url)
    room = room_of(line, new=bool(new_among([(0, line, message.address, 0)], now)), now=now)
    if room is None:
        return Check(question, "It starts no conversation, and nothing limits the messages of this line.", True, url)
    words = f"{max(0, room.left)} of {room.ceiling} {room.of_what}"
    words += f"; more from {_time(message, room.opens)}" if room.opens else ", the least that any limit leaves"
    return Check(question, words, room.opens is None, url)


def _time(message: Message, at: datetime) -> str:
    return date_format(at.astimezone(message.workspace.zone), "D j M, H:i")


def _contact(message: Message) -> Check:
    question = "How does the contact stand?"
    lead = message.conversation.lead
    if lead is None:
        return Check(question, "Nobody is known at this address.", None)
    known = Address.objects.of(message.workspace).filter(value=message.address).first()
    words = f"{lead.name}: {lead.get_status_display().lower()}" + (
        f", iMessage: {known.get_availability_display().lower()}" if known else ""
    )
    return Check(question, words, lead.status != Lead.Status.EXCLUDED, _url(message, "lead", lead.public_id))


def _exclusions(message: Message) -> Check:
    question = "Is anybody excluded or opted out?"
    lead = message.conversation.lead
    found = []
    if optouts.standing(message.workspace_id, optouts.addresses_of(message.workspace, message.address)):
        found.append("the contact opted out")
    if lead and lead.status == Lead.Status.EXCLUDED:
        found.append("the contact is excluded")
    if lead and lead.company and lead.company.status == Company.Status.EXCLUDED:
        found.append("the company is excluded")
    return Check(question, (", ".join(found).capitalize() + ".") if found else "Nobody is.", not found)


def _failure(message: Message) -> Check:
    last = message.attempts.order_by("-n").first()
    code = f" ({last.vendor_code})" if last and last.vendor_code else ""
    own = message.reason_detail or (last.detail if last else "")
    helps = FAILED.get(message.reason, "")
    words = f"{reason_of(message)}{code}" + (f": {own.rstrip('.')}" if own else "") + (f". {helps}" if helps else "")
    return Check("What did the gateway say?", words, None)


def _url(message: Message, name: str, public_id: str) -> str:
    return reverse(name, args=[message.workspace.slug, public_id])
