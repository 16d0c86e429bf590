"""Excluding contacts and judging removal requests (R4): what a person decides in a thread, and what that cancels or lets go on."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from campaigns import settling
from conversations import happenings
from conversations.changes import announce, ring_outbox
from conversations.models import Conversation
from conversations.sending import optout
from conversations.vocabulary import Hold
from leads import consent, optouts, removals
from leads.models import OptOut, RemovalRequest
from workspaces.models import User


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
        optout.cancel_queued(workspace, one.value)
    _note_excluded(conversation, company=company, by=by)
    _cancel_excluded(conversation, company=company)
    optout.needs_no_reply(conversation)
    announce(workspace.pk, [conversation.pk])
    return True


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
    optout.queued_for(workspace, who).filter(hold=Hold.REMOVAL).update(run_at=Now(), hold=Hold.NONE)
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
        optout.cancel_automated(conversation.workspace, whose)
        who = Q(company=lead.company_id) if company and lead.company_id else Q(pk=lead.pk)
        settling.stop_for_exclusion(conversation.workspace, who)
