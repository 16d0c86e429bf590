"""What people do in a thread besides writing."""

from __future__ import annotations

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from conversations import summary
from conversations.changes import announce
from conversations.models import Conversation, Message
from conversations.vocabulary import CancelReason, Direction, Hold, State
from workspaces import audit
from workspaces.models import User


@transaction.atomic
def cancel(message: Message, *, by: User) -> bool:
    """Stop a message that has not left yet; False when it is too late."""
    changed = (
        Message.objects.of(message.workspace)
        .filter(pk=message.pk, state=State.QUEUED)
        .update(state=State.CANCELLED, reason=CancelReason.USER, reason_detail=f"Cancelled by {by}", hold=Hold.NONE)
    )
    if changed:
        audit.record(by, message.workspace, "message.cancelled", target=message.public_id)
        summary.refresh([message.conversation_id])
        announce(message.workspace_id, [message.conversation_id])
    return bool(changed)


@transaction.atomic
def mark_seen(conversation: Conversation, *, by: User) -> bool:
    """What has come in so far was opened; the contact is told so where the workspace wants it. False: nothing new."""
    if not _advance(conversation, "seen_through"):
        return False
    if conversation.workspace.receipts_outward:
        _ring("conversations.tasks.send_read_receipt", conversation.pk)
    return True


@transaction.atomic
def mark_handled(conversation: Conversation, *, by: User) -> bool:
    """What has come in so far needs no answer; False when nothing waited."""
    changed = _advance(conversation, "handled_through")
    if changed:
        audit.record(by, conversation.workspace, "conversation.handled", target=str(conversation))
    return changed


def _advance(conversation: Conversation, mark: str) -> bool:
    """Move a mark up to the newest incoming message; it never moves back."""
    incoming = conversation.messages.filter(direction=Direction.INCOMING)
    newest = incoming.order_by("-pk").values_list("pk", flat=True).first()
    rows = Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk, **{f"{mark}__lt": newest or 0})
    if not rows.update(**{mark: Greatest(F(mark), newest or 0)}):
        return False
    summary.refresh([conversation.pk])
    announce(conversation.workspace_id, [conversation.pk])
    return True


def react(message: Message, tapback: str, *, by: User, remove: bool = False) -> None:
    """Put one of the six tapbacks on a message, or take it off; the gateway does it in a task."""
    _ring("conversations.tasks.send_tapback", message.pk, tapback, remove)


def typing(conversation: Conversation, on: bool, *, by: User) -> None:
    """Show or hide "typing…" to the contact, where the workspace wants it."""
    if conversation.workspace.typing_outward:
        _ring("conversations.tasks.send_typing", conversation.pk, on)


def _ring(task: str, *args: object) -> None:
    def ring() -> None:
        current_app.send_task(task, args, queue="housekeeping", expires=30, retry=False, ignore_result=True)

    transaction.on_commit(ring, robust=True)
