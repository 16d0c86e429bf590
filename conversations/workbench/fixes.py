"""One fix, done to one message that was not delivered. Every one raises Refused where it cannot be done, with the reason.

What is sent goes through `retrying.retry`, once, and past the gate like any other message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.db.models.functions import Lower

from conversations.changes import announce
from conversations.models import Message, Repair
from conversations.refusals import Refused
from conversations.sending import again, channels, retrying
from conversations.vocabulary import Channel, MessageStatus
from leads import actions, exclusions, optouts
from leads.addresses import BadAddress, Normal, normalise
from leads.checks import starting as checks
from leads.models import Address, Lead
from lines.models import Line
from workspaces.models import User

Fix = Repair.Fix

MOST_NUMBERS: Final = 4
"""Of a lead: a primary and three alternates (S3-23)."""


@transaction.atomic
def apply(message: Message, fix: str, *, by: User, line: Line | None = None) -> None:
    """Do one of the fixes that need nothing more than themselves, or a `line`. Raises Refused.

    The message is locked and looked at again: of two who press at once, one does it and the other is told who was first.
    """
    rows = Message.objects.of(message.workspace).select_for_update(of=("self",), no_key=True).select_related("handled_by")
    held = rows.get(pk=message.pk)
    if held.status != MessageStatus.NOT_DELIVERED:
        raise Refused("It has been delivered in the meantime.")
    if held.handled_at:
        raise Refused(f"{held.handled_by or 'Somebody'} has already dealt with it: nothing more was done.")
    _FIXES[Fix(fix)](message, by, line)
    announce(message.workspace_id, [message.conversation_id])


def _retry(message: Message, by: User, line: Line | None) -> None:
    retrying.retry(message, author=by)


def _next_address(message: Message, by: User, line: Line | None) -> None:
    retrying.retry(message, author=by, address=next_address(message))


def _other_line(message: Message, by: User, line: Line | None) -> None:
    if line is None:
        raise Refused("Choose the line it is to be sent from.")
    if not line.sends:
        raise Refused(f"{line.name} is {line.get_status_display().lower()}. Choose a line that is connected.")
    if line.pk == message.line_id:
        raise Refused(f"{line.name} is the line it failed on. Choose another.")
    retrying.retry(message, author=by, line=line)


def _sms(message: Message, by: User, line: Line | None) -> None:
    retrying.retry(message, author=by, channel=Channel.SMS)


def _fallback(message: Message, by: User, line: Line | None) -> None:
    """SMS takes over if iMessage fails again; where no SMS can leave, that is told instead of trying the same once more."""
    conversation = message.conversation
    if why := channels.why_no_sms(conversation, conversation.line or message.line):
        raise Refused(f"SMS cannot take over: {why}.")
    retrying.retry(message, author=by, fallback=True)


def _recheck(message: Message, by: User, line: Line | None) -> None:
    checks.check_one(_lead(message), by=by)


def _exclude(message: Message, by: User, line: Line | None) -> None:
    exclusions.exclude(_lead(message), "Not delivered", by=by)
    again.dealt_with(message, by=by)


def _handled(message: Message, by: User, line: Line | None) -> None:
    again.dealt_with(message, by=by)


_FIXES: Final[dict[Repair.Fix, Callable[[Message, User, Line | None], None]]] = {
    Fix.RETRY: _retry,
    Fix.NEXT_ADDRESS: _next_address,
    Fix.OTHER_LINE: _other_line,
    Fix.SMS: _sms,
    Fix.FALLBACK: _fallback,
    Fix.RECHECK: _recheck,
    Fix.EXCLUDE: _exclude,
    Fix.HANDLED: _handled,
}


def _lead(message: Message) -> Lead:
    if message.conversation.lead is None:
        raise Refused("Nobody is known at this address. Save them as a lead first.")
    return message.conversation.lead


def next_address(message: Message) -> str:
    """The first of the contact's numbers, in their order, that was not tried for this message. Raises Refused."""
    tried = set(_tried(message))
    known = Address.objects.of(message.workspace).filter(lead=_lead(message), kind=Address.Kind.PHONE).order_by("rank")
    left = [one.value for one in known if one.value not in tried]
    closed = optouts.standing(message.workspace_id, left)
    for value in left:
        if value not in closed:
            return value
    raise Refused("The contact has no other number. Add one, or exclude the contact.")


def has_next_address(message: Message) -> bool:
    try:
        return bool(next_address(message))
    except Refused:
        return False


def _tried(message: Message) -> list[str]:
    """Where this message went to, and those it sends again."""
    rows = Message.objects.of(message.workspace)
    found, at = [message.address], message.retry_of_id
    while at and (earlier := rows.filter(pk=at).values_list("address", "retry_of").first()):
        found.append(earlier[0])
        at = earlier[1]
    return found


@transaction.atomic
def edit_number(message: Message, text: str, *, by: User) -> str:
    """Put another number in the place of the one that failed, and send the message there; the number. Raises Refused."""
    lead = _lead(message)
    try:
        new = normalise(text, region=message.workspace.default_region)
    except BadAddress as error:
        raise Refused(str(error), field="number") from error
    if new.kind != Address.Kind.PHONE:
        raise Refused("Write a phone number with its country code, like +12025550123.", field="number")
    if new.value == message.address:
        raise Refused("This is the number it failed at. Write the corrected one, or retry.", field="number")
    other = Address.objects.of(message.workspace).select_related("lead").filter(value=new.value).exclude(lead=lead).first()
    if other:
        raise Refused(
            f"{new.value} belongs to {other.lead.name}. Merge the two leads, or correct the number there.", field="number"
        )
    actions.edit_lead(lead, addresses=_with(lead, message.address, new), by=by)
    if message.conversation.address != new.value:
        again.write_to(message.conversation, new.value)
    apply(message, Fix.RETRY, by=by)
    return new.value


def _with(lead: Lead, old: str, new: Normal) -> list[Normal]:
    """The lead's addresses in their order with `new` instead of `old`; where `old` is gone, `new` comes first."""
    rows = list(Address.objects.of(lead.workspace).filter(lead=lead).order_by("kind", "rank"))
    kept = [new if row.value == old else Normal(Address.Kind(row.kind), row.value) for row in rows]
    kept = list(dict.fromkeys(kept if new in kept else [new, *kept]))
    if sum(one.kind == Address.Kind.PHONE for one in kept) > MOST_NUMBERS:
        raise Refused(f"{lead.name} has {MOST_NUMBERS} numbers already. Remove one at the contact first.", field="number")
    return kept


def sending_lines(message: Message) -> list[Line]:
    """Lines a message could be sent from instead."""
    rows = Line.objects.of(message.workspace).filter(kind__in=channels.KINDS, status__in=Line.SENDING)
    return list(rows.exclude(pk=message.line_id or 0).order_by(Lower("name"), "pk"))
