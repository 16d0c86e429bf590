"""Reminders: a message to a contact at a time, sent by itself and bound by whether they want messages (S2-58, R4).

They are scheduled messages of automation: the gate stops them for who has opted out or is excluded, whatever people may
still write themselves, and they keep the hours where the contact is.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending.advising import may_reply
from conversations.sending.compose import Outgoing, compose_typed
from conversations.sending.contents import check_length
from conversations.thread import starting
from conversations.vocabulary import Origin, State
from leads import optouts
from leads.models import Lead
from workspaces.models import Membership, User


def of(conversation: Conversation) -> list[Message]:
    """What waits for this contact, the next first."""
    rows = Message.objects.of(conversation.workspace).filter(conversation=conversation, origin=Origin.REMINDER, state=State.QUEUED)
    return list(rows.select_related("author").order_by("scheduled_at", "pk"))


def thread_of(lead: Lead) -> Conversation:
    """The thread a lead is reminded in. Raises Refused."""
    return starting.open_with_lead(lead.workspace, lead.public_id)


def remind(conversation: Conversation, body: str, at: datetime | None, *, nonce: str, by: User) -> Message:
    """Have the contact reminded at that time. The same `nonce` gives the same reminder. Raises Refused."""
    body = body.strip()
    if not body:
        raise Refused("Write what they are to be reminded of.")
    check_length(body)
    if at is None:
        raise Refused("Choose the day and time of the reminder.", field="send_at")
    if at <= timezone.now():
        raise Refused("Choose a time that is still to come.", field="send_at")
    if why := why_not(conversation):
        raise Refused(why)
    advice = may_reply(conversation, Membership.objects.of(conversation.workspace).get(user=by))
    if not advice.allowed:
        raise Refused(advice.reason)
    return compose_typed(
        Outgoing(
            conversation=conversation,
            body=body,
            origin=Origin.REMINDER,
            dedupe_key=f"reminder:{by.pk}:{nonce}",
            author=by,
            line=advice.line,
            scheduled_at=at,
        )
    )


def why_not(conversation: Conversation) -> str:
    """Why this contact gets no reminders; empty where they may. It is asked once more when one is to leave."""
    lead = conversation.lead
    values = optouts.addresses_of(conversation.workspace, conversation.address)
    if optouts.has_opted_out(conversation.workspace_id, values, lead):
        return "This contact opted out: no reminder is sent to them."
    if lead and lead.is_excluded:
        return "This contact or their company is excluded: no reminder is sent to them. Include them again first."
    return ""
