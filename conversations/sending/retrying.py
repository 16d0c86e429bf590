"""Sending a message that was not delivered once more. The rules for it are in `again`."""

from __future__ import annotations

from django.db import transaction

from conversations.models import Message
from conversations.refusals import Refused
from conversations.sending import advising, again, channels
from conversations.sending.compose import Outgoing, compose
from conversations.vocabulary import MessageStatus, Origin
from lines.models import Line
from workspaces.models import Membership, User


def retry(
    message: Message,
    *,
    author: User,
    line: Line | None = None,
    channel: str = "",
    address: str = "",
    fallback: bool = False,
) -> Message:
    """Send what was not delivered once more, as a new message: history is never rewritten. Raises Refused.

    Pressing twice makes one retry; a retry that failed can itself be retried. It stays what it was: the rules for
    automated messages hold for a campaign's also when a person sends it again. `line`, `channel` and `address` are what
    is tried instead; `fallback` lets SMS take over where it was not allowed to. The failure counts as dealt with.
    """
    conversation = message.conversation
    advice = advising.may_reply(conversation, Membership.objects.of(conversation.workspace).get(user=author))
    if not advice.allowed:
        raise Refused(advice.reason)
    with transaction.atomic():
        rows = Message.objects.of(conversation.workspace).select_related("batch", "campaign", "workspace")
        held = rows.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
        if held.status != MessageStatus.NOT_DELIVERED:
            raise Refused("Only a message that was not delivered can be retried.")
        if sent := rows.filter(dedupe_key=_retry_key(held)).first():
            return sent
        again.check(held, conversation)
        if address and address != conversation.address:
            again.write_to(conversation, address)
        wanted = channel or ("" if fallback else held.requested_channel)
        copy = compose(
            Outgoing(
                conversation=conversation,
                body=held.body,
                origin=again.origin_of(held),
                dedupe_key=_retry_key(held),
                author=author,
                line=channels.chosen(conversation, line or advice.line, wanted) if channel or line else advice.line,
                channel=wanted,
                fallback=None if held.fallback or fallback else (),
                cancel_on_reply=held.cancel_on_reply or held.origin == Origin.CAMPAIGN,
                batch=held.batch,
                retry_of=held,
            )
        )
        again.with_files(held, copy)
        again.in_its_batch(held, copy)
        again.dealt_with(held, by=author)
    return copy


def _retry_key(message: Message) -> str:
    return f"retry:{message.pk}"
