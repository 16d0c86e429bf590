"""A message from a contact: entered into its thread once, with all that follows from it in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from conversations.models import Attachment, Conversation, Message
from conversations.receiving import canned, confirming
from conversations.sending import optout, scheduling, stopping
from conversations.sending.accepting import CHANNEL_OF
from conversations.vocabulary import Channel, Direction, Family, Origin, State
from leads import keywords, optouts, removals
from leads.addresses import normalise_received
from leads.consent_ledger import Proof
from leads.consent_phrases import removal_phrase
from leads.models import Address, ConsentEvent, Lead
from lines.gateways.base import MessageReceived
from lines.models import Line


def receive(line: Line, event: MessageReceived) -> int | None:
    """Apply one incoming message; the id of its conversation.

    1. Find the contact and the thread, or make the thread: unknown numbers are never lost.
    2. Insert the message once; an edit or a retraction changes the one that is there.
    3. Mark what it answers as replied: messages are locked before leads and threads (see `conversations.sending.outbox`).
    4. Obey an opt-out or opt-in keyword; hold automation after a request in other words.
    5. Stop their campaigns and what was to go only without an answer; have a keyword or the away message answer. Not for history.
    6. Bring an archived conversation back (R3).
    """
    address = normalise_received(event.sender)
    known = Message.objects.filter(line=line, vendor_id=event.vendor_message_id).first()
    if known:
        _change(known, event)
        if event.edited_at and (keywords.is_opt_out(event.text, line.workspace) or removal_phrase(event.text)):
            _keywords(known.conversation, line, address, event)
        return known.conversation_id
    conversation = conversation_with(line, address)
    message = _insert(conversation, line, address, event)
    _replied(conversation, message)
    if _keywords(conversation, line, address, event):
        _needs_no_reply(message)
    if not event.historical:
        stopping.replied(conversation, message.at)
        scheduling.cancel_for_reply(conversation)
        canned.answer(conversation, message)
    _return_to_active(conversation, line, address)
    return conversation.pk


def conversation_with(line: Line, address: str) -> Conversation:
    """The thread with the owner of `address`, made when there is none."""
    workspace = line.workspace
    owner = Address.objects.of(workspace).select_related("lead", "lead__company").filter(value=address).first()
    return open_conversation(line, address, owner.lead if owner else None)


def open_conversation(line: Line, address: str, lead: Lead | None) -> Conversation:
    """One conversation per lead and family, or per address while nobody is known behind it."""
    family = Family.EMAIL if "@" in address and line.kind == Line.Kind.EMAIL else Family.PHONE
    person = {"lead": lead} if lead else {"lead": None, "address": address}
    conversation, _ = Conversation.objects.of(line.workspace).get_or_create(
        workspace=line.workspace,
        family=family,
        **person,
        defaults={
            "address": address,
            "line": line,
            **repeated(lead),
        },
    )
    return conversation


def repeated(lead: Lead | None) -> dict[str, Any]:
    """The columns of a new thread that repeat what its contact is called, so that lists need no join."""
    company = lead.company if lead else None
    return {
        "company": company,
        "contact_name": lead.name if lead else "",
        "company_name": company.name if company else "",
    }


def _insert(conversation: Conversation, line: Line, address: str, event: MessageReceived) -> Message:
    message = Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        direction=Direction.INCOMING,
        state=State.RECEIVED,
        line=line,
        address=address,
        body=event.text,
        has_media=bool(event.media),
        intent_due=bool(event.text.strip()),
        channel=CHANNEL_OF.get(event.service, Channel.IMESSAGE if line.kind == Line.Kind.IMESSAGE else Channel.SMS),
        vendor_id=event.vendor_message_id,
        vendor_thread=event.thread[:200],
        at=event.occurred_at,
    )
    keep_media(message, event)
    return message


def keep_media(message: Message, event: MessageReceived) -> None:
    """Note the attachments; a task fetches them from the gateway (`media`)."""
    Attachment.objects.bulk_create(
        Attachment(
            workspace_id=message.workspace_id,
            message=message,
            filename=(media.filename or "attachment")[:200],
            content_type=(media.content_type or "application/octet-stream")[:100],
            size=media.size,
            vendor_id=media.vendor_id,
            fetch_at=timezone.now(),
        )
        for media in event.media
    )


def _change(message: Message, event: MessageReceived) -> None:
    """An edit repeats the message with its new text; a retraction takes it back. The first text is not kept."""
    if event.edited_at:
        message.body, message.edited_at = event.text, event.edited_at
    if event.retracted:
        message.retracted_at = event.edited_at or event.occurred_at
    message.save(update_fields=["body", "edited_at", "retracted_at"])


def _keywords(conversation: Conversation, line: Line, address: str, event: MessageReceived) -> bool:
    """Obey STOP and its like at once, and START and UNSTOP, which lift them; other words that ask for removal hold automation
    until a person has judged them (R4, R20). Returns whether the contact opted out."""
    workspace, text = conversation.workspace, event.text
    proof = Proof(
        source=ConsentEvent.Source.KEYWORD,
        asked_at=event.occurred_at,
        channel=str(CHANNEL_OF.get(event.service, "")),
        line=line.address,
        text=text,
    )
    if keyword := keywords.opt_out_keyword(text, workspace):
        made = optouts.opt_out(workspace, address, replace(proof, rule=f"keyword {keyword}"))
        optout.cancel_queued(workspace, address)
        if made:
            confirming.confirm(conversation, line, address, made)
        return True
    if keyword := keywords.opt_in_keyword(text, workspace):
        optouts.opt_in(workspace, address, replace(proof, rule=f"keyword {keyword}"))
    elif phrase := removal_phrase(text):
        removals.ask_removal(workspace, address, replace(proof, source=ConsentEvent.Source.REQUEST, rule=phrase))
    return False


def _needs_no_reply(stop: Message) -> None:
    """A keyword needs no reply: obeying it was the answer, and no other may be sent (R4). What they write after it needs one."""
    mine = Conversation.objects.filter(pk=stop.conversation_id)
    mine.update(handled_through=Greatest("handled_through", stop.pk))


def _replied(conversation: Conversation, message: Message) -> None:
    """The newest message we had sent before it counts as replied, from the earliest reply on (S0-56)."""
    sent = Message.objects.filter(Q(sent_at__lte=message.at), conversation=conversation, direction=Direction.OUTGOING)
    newest = sent.exclude(origin=Origin.CONSENT).order_by("-sent_at", "-id").values("pk")[:1]
    Message.objects.filter(pk__in=newest).update(replied_at=Least(Coalesce("replied_at", Value(message.at)), Value(message.at)))


def _return_to_active(conversation: Conversation, line: Line, address: str) -> None:
    """Answers go where the contact last wrote from, over the line they wrote to."""
    Conversation.objects.filter(pk=conversation.pk).update(archived_at=None, line=line, address=address)
