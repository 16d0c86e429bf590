"""Opting a contact out or in, and cancelling what is queued for people who opted out or are excluded.

Linearised with the gate by `leads.optouts`: no attempt begins after the opt-out has committed.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from campaigns import settling
from conversations import summary
from conversations.changes import announce
from conversations.models import Conversation, Message
from conversations.sending import step_outcomes
from conversations.vocabulary import CancelReason, Direction, Hold, Origin, State
from leads import consent, exclusions, optouts
from leads.consent_ledger import Proof
from leads.models import Lead, OptOut
from workspaces import audit
from workspaces.models import User, Workspace


@transaction.atomic
def opt_out_contact(conversation: Conversation, *, by: User) -> bool:
    """A person enters that the contact wants no more messages; False when that stood already."""
    workspace = conversation.workspace
    optouts.hold_alone([(workspace.pk, conversation.address)])
    proof = Proof(source=OptOut.Source.PERSON, rule="Entered in the thread", by=by)
    made = optouts.opt_out(workspace, conversation.address, proof)
    cancel_queued(workspace, conversation.address)
    if made:
        audit.record(by, workspace, "contact.opted_out", target=str(conversation), address=conversation.address)
    if not workspace.reply_to_opted_out:
        needs_no_reply(conversation)
    announce(workspace.pk, [conversation.pk])
    return bool(made)


@transaction.atomic
def opt_in_contact(conversation: Conversation, *, by: User, note: str = "") -> bool:
    """A person enters that the contact wants messages again; False when nothing stood against it. Raises Refused."""
    lifted = consent.opt_in(conversation.workspace, [conversation.address], by=by, note=note)
    announce(conversation.workspace_id, [conversation.pk])
    return lifted


@transaction.atomic
def opted_out_at_gateway(message: Message, detail: str) -> None:
    """The gateway refuses the recipient because they opted out there; we remember it for every line."""
    line, rule = message.line.address if message.line else "", "The gateway refuses the recipient"
    optouts.hold_alone([(message.workspace_id, message.address)])
    proof = Proof(source=OptOut.Source.GATEWAY, text=detail, channel=message.channel, line=line, rule=rule)
    optouts.opt_out(message.workspace, message.address, proof)
    cancel_queued(message.workspace, message.address)


def needs_no_reply(conversation: Conversation) -> None:
    """What they have written so far needs no reply any more, for none may be sent (R4). What they write from now on does."""
    incoming = Message.objects.filter(conversation=conversation, direction=Direction.INCOMING)
    newest = incoming.order_by("-pk").values_list("pk", flat=True).first()
    Conversation.objects.filter(pk=conversation.pk).update(handled_through=Greatest("handled_through", newest or 0))
    summary.refresh([conversation.pk])


def cancel_queued(workspace: Workspace, address: str) -> int:
    """Cancel all that is queued for the person behind `address`; the number of messages.

    Call inside the transaction of the opt-out. Messages that a claim holds at this moment are left to its gate,
    which waits for this transaction and then sees the opt-out; waiting for them here could deadlock.
    """
    queued = queued_for(workspace, Q(address__in=optouts.addresses_of(workspace, address))).exclude(origin=Origin.CONFIRMATION)
    if workspace.reply_to_opted_out:
        queued = queued.exclude(origin=Origin.PERSON, scheduled_at=None)
    count = _cancel(workspace, queued, CancelReason.OPTED_OUT)
    settling.stop_for_opt_out(workspace, optouts.addresses_of(workspace, address))
    return count


def cancel_automated(workspace: Workspace, leads: Q) -> int:
    """Cancel what automation has queued for people who are excluded now. `leads` says who, as a filter of messages."""
    return _cancel(workspace, queued_for(workspace, leads).exclude(origin=Origin.PERSON, scheduled_at=None), CancelReason.EXCLUDED)


def queued_for(workspace: Workspace, whose: Q) -> QuerySet[Message]:
    """What is queued for the people behind a filter of messages."""
    return Message.objects.of(workspace).filter(whose, direction=Direction.OUTGOING, state=State.QUEUED)


def _cancel(workspace: Workspace, queued: QuerySet[Message], reason: CancelReason) -> int:
    held = queued.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")
    rows = list(held.values_list("pk", "conversation_id"))
    ids = [pk for pk, _ in rows]
    Message.objects.of(workspace).filter(pk__in=ids).update(state=State.CANCELLED, reason=reason, hold=Hold.NONE)
    step_outcomes.settle(ids)
    conversations = {conversation_id for _, conversation_id in rows}
    summary.refresh(conversations)
    announce(workspace.pk, conversations)
    return len(rows)


def cancel_unsettled() -> int:
    """Cancel what is queued for people who were opted out or excluded elsewhere: on their details, by a list, over the API.

    How many opt-outs and exclusions were dealt with. The gate stops their messages anyway; this makes the pages say so at once.
    """
    rows = optouts.unsettled()
    for row in rows:
        with transaction.atomic():
            cancel_queued(row.workspace, row.value)
            optouts.settled(row)
    excluded = exclusions.unsettled()
    for workspace, events in excluded.items():
        with transaction.atomic():
            who = Lead.objects.of(workspace).filter(exclusions.whom(events)).values("pk")
            cancel_automated(workspace, Q(conversation__lead__in=who))
            settling.stop_for_exclusion(workspace, Q(pk__in=who))
            exclusions.settled(events)
    return len(rows) + sum(map(len, excluded.values()))
