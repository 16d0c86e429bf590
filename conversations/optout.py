"""Opting a contact out or in, and what that cancels. Linearised with the gate by `leads.optouts`."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from conversations import summary
from conversations.changes import announce
from conversations.models import Conversation, Message
from conversations.vocabulary import CancelReason, Direction, Hold, Origin, State
from leads import optouts
from leads.models import OptOut
from workspaces import audit
from workspaces.models import User, Workspace


@transaction.atomic
def opt_out_contact(conversation: Conversation, *, by: User) -> bool:
    """A person enters that the contact wants no more messages; False when that stood already."""
    workspace = conversation.workspace
    optouts.hold_alone([(workspace.pk, conversation.address)])
    created = optouts.opt_out(workspace, conversation.address, source=OptOut.Source.PERSON, by=by)
    cancel_queued(workspace, conversation.address)
    if created:
        audit.record(by, workspace, "contact.opted_out", target=str(conversation), address=conversation.address)
    announce(workspace.pk, [conversation.pk])
    return created


@transaction.atomic
def opt_in_contact(conversation: Conversation, *, by: User) -> bool:
    """A person enters that the contact wants messages again; False when nothing stood against it."""
    workspace = conversation.workspace
    optouts.hold_alone([(workspace.pk, conversation.address)])
    lifted = optouts.opt_in(workspace, conversation.address, text=f"Entered by {by}")
    if lifted:
        audit.record(by, workspace, "contact.opted_in", target=str(conversation), address=conversation.address)
    announce(workspace.pk, [conversation.pk])
    return lifted


@transaction.atomic
def opted_out_at_gateway(message: Message, detail: str) -> None:
    """The gateway refuses the recipient because they opted out there; we remember it for every line."""
    optouts.hold_alone([(message.workspace_id, message.address)])
    optouts.opt_out(message.workspace, message.address, source=OptOut.Source.GATEWAY, text=detail)
    cancel_queued(message.workspace, message.address)


def cancel_queued(workspace: Workspace, address: str) -> int:
    """Cancel all that is queued for the person behind `address`; the number of messages.

    Call inside the transaction of the opt-out. Messages that a claim holds at this moment are left to its gate,
    which waits for this transaction and then sees the opt-out; waiting for them here could deadlock.
    """
    person = Q(address__in=optouts.addresses_of(workspace, address))
    queued = Message.objects.of(workspace).filter(person, direction=Direction.OUTGOING, state=State.QUEUED)
    if workspace.reply_to_opted_out:
        queued = queued.exclude(origin=Origin.PERSON)
    held = queued.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")
    rows = list(held.values_list("pk", "conversation_id"))
    Message.objects.of(workspace).filter(pk__in=[pk for pk, _ in rows]).update(
        state=State.CANCELLED, reason=CancelReason.OPTED_OUT, hold=Hold.NONE
    )
    conversations = {conversation_id for _, conversation_id in rows}
    summary.refresh(conversations)
    announce(workspace.pk, conversations)
    return len(rows)
