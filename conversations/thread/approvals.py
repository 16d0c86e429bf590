"""Drafts of messages: written by one person, looked at by another, then sent or discarded with a reason (S0-58, S0-59)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from conversations.changes import announce, ring_outbox
from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending import advising, consequences, contents
from conversations.sending.compose import Outgoing, compose_typed
from conversations.vocabulary import CancelReason, Origin, State
from workspaces import audit
from workspaces.models import Membership, User

REASON_LIMIT = 300


def propose(conversation: Conversation, body: str, *, by: User, nonce: str) -> Message:
    """Prepare a message that nobody gets before somebody approves it. Raises Refused."""
    body = _checked(body)
    key = f"draft:{by.pk}:{nonce}"
    message = compose_typed(
        Outgoing(conversation=conversation, body=body, origin=Origin.PERSON, dedupe_key=key, author=by, state=State.DRAFT)
    )
    audit.record(by, conversation.workspace, "draft.written", target=str(conversation))
    return message


@transaction.atomic
def revise(message: Message, body: str, *, by: User) -> bool:
    """Change the words of a draft; False when it is none any more. Raises Refused."""
    changed = _draft(message).update(body=_checked(body))
    if changed:
        audit.record(by, message.workspace, "draft.revised", target=str(message.conversation))
        announce(message.workspace_id, [message.conversation_id])
    return bool(changed)


@transaction.atomic
def approve(message: Message, body: str, *, by: User) -> bool:
    """Send a draft with these words, from now on like any other message; False when somebody was quicker.

    Raises Refused where the contact may not be written to, or the words cannot be sent.
    """
    body = _checked(body)
    conversation = message.conversation
    advice = advising.may_reply(conversation, Membership.objects.of(message.workspace).get(user=by))
    if not advice.allowed:
        raise Refused(advice.reason)
    now = timezone.now()
    changed = _draft(message).update(
        state=State.QUEUED,
        body=body,
        line=advice.line,
        address=conversation.address,
        run_at=now,
        at=now,
        expires_at=now + timedelta(hours=settings.SEND_EXPIRES_HOURS),
    )
    if changed:
        audit.record(by, message.workspace, "draft.approved", target=str(conversation))
        consequences.tell(message)
        ring_outbox()
    return bool(changed)


@transaction.atomic
def discard(message: Message, reason: str, *, by: User) -> bool:
    """Not to be used, and why; False when it is no draft any more. Raises Refused without a reason, or for one too long."""
    reason = reason.strip()
    if not reason:
        raise Refused("Say in a few words why it is not used; it stays listed with that reason.", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Refused(f"The reason has {len(reason):,} characters; {REASON_LIMIT} is the most.", field="reason")
    changed = _draft(message).update(state=State.DISCARDED, reason=CancelReason.USER, reason_detail=reason)
    if changed:
        audit.record(by, message.workspace, "draft.discarded", target=str(message.conversation))
        consequences.tell(message)
    return bool(changed)


def _draft(message: Message) -> QuerySet[Message]:
    return Message.objects.of(message.workspace).filter(pk=message.pk, state=State.DRAFT)


def _checked(body: str) -> str:
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise Refused("Write the message.")
    contents.check_length(body)
    return body
