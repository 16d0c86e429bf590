"""Opting a contact out or in, excluding them, judging a removal request, and what each of these cancels.

Linearised with the gate by `leads.optouts`: no attempt begins after the opt-out has committed.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Now

from campaigns import settling
from conversations import happenings, summary
from conversations.changes import announce, ring_outbox
from conversations.models import Conversation, Message
from conversations.sending import step_outcomes
from conversations.vocabulary import CancelReason, Direction, Hold, Origin, State
from leads import consent, exclusions, optouts, removals
from leads.consent_ledger import Proof
from leads.models import Lead, OptOut, RemovalRequest
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
        _needs_no_reply(conversation)
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


def cancel_queued(workspace: Workspace, address: str) -> int:
    """Cancel all that is queued for the person behind `address`; the number of messages.

    Call inside the transaction of the opt-out. Messages that a claim holds at this moment are left to its gate,
    which waits for this transaction and then sees the opt-out; waiting for them here could deadlock.
    """
    queued = _queued(workspace, Q(address__in=optouts.addresses_of(workspace, address))).exclude(origin=Origin.CONFIRMATION)
    if workspace.reply_to_opted_out:
        queued = queued.exclude(origin=Origin.PERSON, scheduled_at=None)
    count = _cancel(workspace, queued, CancelReason.OPTED_OUT)
    settling.stop_for_opt_out(workspace, optouts.addresses_of(workspace, address))
    return count


def cancel_automated(workspace: Workspace, leads: Q) -> int:
    """Cancel what automation has queued for people who are excluded now. `leads` says who, as a filter of messages."""
    return _cancel(workspace, _queued(workspace, leads).exclude(origin=Origin.PERSON, scheduled_at=None), CancelReason.EXCLUDED)


def _queued(workspace: Workspace, whose: Q) -> QuerySet[Message]:
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


def settle() -> int:
    """Cancel what is queued for people who were opted out or excluded elsewhere: on their details, by a list, over the API. How
    many people.

    The gate stops it in any case; this makes the pages say so at once.
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


# -- removal and exclusion (R4) ---------------------------------------------------------------------------------------------------


def unjudged(conversation: Conversation) -> list[OptOut]:
    """Opt-outs of the contact that the product read in their own words, and that a person has yet to judge."""
    return optouts.unjudged(conversation.workspace, optouts.addresses_of(conversation.workspace, conversation.address))


def open_requests(conversation: Conversation) -> list[RemovalRequest]:
    """What the contact wrote that asks for removal and that nobody has judged."""
    lead_ids = [conversation.lead_id] if conversation.lead_id else []
    return removals.open_requests(conversation.workspace_id, [conversation.address], lead_ids)


@transaction.atomic
def confirm_removal(conversation: Conversation, *, company: bool, by: User) -> bool:
    """The contact meant it: opted out and excluded, with `company` their company too (S0-96 to S0-99). False: judged."""
    workspace, requests, read = conversation.workspace, open_requests(conversation), unjudged(conversation)
    done = bool(read) and consent.confirm_reading(read, company=company, by=by)
    done = (bool(requests) and consent.confirm_removal(workspace, requests, company=company, by=by)) or done
    if not done:
        return False
    for one in requests:
        cancel_queued(workspace, one.value)
    _note_excluded(conversation, company=company, by=by)
    _cancel_excluded(conversation, company=company)
    _needs_no_reply(conversation)
    announce(workspace.pk, [conversation.pk])
    return True


def _needs_no_reply(conversation: Conversation) -> None:
    """What came in so far waits no longer: nothing may be answered (R4). What they write after it waits again."""
    incoming = Message.objects.filter(conversation=conversation, direction=Direction.INCOMING)
    newest = incoming.order_by("-pk").values_list("pk", flat=True).first()
    Conversation.objects.filter(pk=conversation.pk).update(handled_through=Greatest("handled_through", newest or 0))
    summary.refresh([conversation.pk])


@transaction.atomic
def dismiss_removal(conversation: Conversation, *, by: User, note: str = "") -> bool:
    """It was no removal request: what automation holds goes on, and an opt-out that was read in it is lifted.

    What that opt-out cancelled stays cancelled. False: judged already. Raises Refused where an opt-out is to be
    lifted and no note says why.
    """
    workspace, requests, read = conversation.workspace, open_requests(conversation), unjudged(conversation)
    done = bool(read) and consent.dismiss_reading(read, by=by, note=note)
    done = (bool(requests) and consent.dismiss_removal(workspace, requests, by=by)) or done
    if not done:
        return False
    who = Q(address__in=[one.value for one in requests]) | Q(conversation=conversation)
    _queued(workspace, who).filter(hold=Hold.REMOVAL).update(run_at=Now(), hold=Hold.NONE)
    announce(workspace.pk, [conversation.pk])
    ring_outbox()
    return True


@transaction.atomic
def exclude_contact(conversation: Conversation, *, company: bool, by: User) -> bool:
    """Mark a contact excluded from its thread (S0-103), and with `company` everyone there. Nobody known: False."""
    if conversation.lead is None:
        return False
    changed = consent.exclude(conversation.lead, f"Excluded in the thread by {by}", company=company, by=by)
    if changed:
        _note_excluded(conversation, company=company, by=by)
    _cancel_excluded(conversation, company=company)
    announce(conversation.workspace_id, [conversation.pk])
    return changed


def _note_excluded(conversation: Conversation, *, company: bool, by: User) -> None:
    if conversation.lead:
        whole = conversation.lead.company if company else None
        happenings.note([conversation], happenings.Kind.EXCLUDED, by=by, text=f"with everyone at {whole}" if whole else "")


def _cancel_excluded(conversation: Conversation, *, company: bool) -> None:
    if lead := conversation.lead:
        whose = Q(conversation__lead=lead)
        if company and lead.company_id:
            whose |= Q(conversation__lead__company=lead.company_id)
        cancel_automated(conversation.workspace, whose)
        who = Q(company=lead.company_id) if company and lead.company_id else Q(pk=lead.pk)
        settling.stop_for_exclusion(conversation.workspace, who)
