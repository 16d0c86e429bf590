"""What people do in a thread besides writing."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from conversations import drafts, happenings, summary
from conversations.changes import announce
from conversations.models import Conversation, Message
from conversations.sending import step_outcomes, stopping
from conversations.vocabulary import CancelReason, Direction, Hold, Origin, State
from workspaces import audit, bells
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
        step_outcomes.settle([message.pk])
        audit.record(by, message.workspace, "message.cancelled", target=message.public_id)
        summary.refresh([message.conversation_id])
        announce(message.workspace_id, [message.conversation_id])
    return bool(changed)


@transaction.atomic
def take_back(message: Message, *, by: User) -> bool:
    """Stop a reply that has just been sent and give its text back as the writer's draft; False when it has left.

    What they have typed since stays, below it. Files that were to follow are stopped with it.
    """
    if not cancel(message, by=by):
        return False
    if message.dedupe_key:
        for files in Message.objects.of(message.workspace).filter(dedupe_key=f"{message.dedupe_key}:files"):
            cancel(files, by=by)
    begun = drafts.of(message.conversation, by)
    body = "\n\n".join(text for text in (message.body, begun.body if begun else "") if text)
    newest = drafts.newest(message.conversation)
    drafts.keep(message.conversation, by, body, against=newest.pk if newest else 0)
    return True


@transaction.atomic
def stop_follow_ups(conversation: Conversation, *, by: User) -> int:
    """Cancel what waits to be sent here by automation, or at a later time, and take the remaining steps of campaigns away
    (S0-118); how many messages and enrolments.

    What a claim holds at this moment is leaving and stays.
    """
    enrolments = stopping.stop_for_person(conversation, by=by)
    later = Q(scheduled_at__gt=timezone.now()) | ~Q(origin=Origin.PERSON)
    waiting = Message.objects.of(conversation.workspace).filter(later, conversation=conversation, state=State.QUEUED)
    ids = list(waiting.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    stopped = Message.objects.of(conversation.workspace).filter(pk__in=ids)
    count = stopped.update(
        state=State.CANCELLED, reason=CancelReason.USER, reason_detail=f"Follow-ups stopped by {by}", hold=Hold.NONE
    )
    step_outcomes.settle(ids)
    count += enrolments
    if count:
        audit.record(by, conversation.workspace, "conversation.follow_ups_stopped", target=str(conversation), stopped=count)
        happenings.note([conversation], happenings.Kind.STOPPED, by=by)
        summary.refresh([conversation.pk])
        announce(conversation.workspace_id, [conversation.pk])
    return count


@transaction.atomic
def mark_seen(conversation: Conversation, *, by: User) -> bool:
    """What has come in so far was opened; the contact is told so where the workspace wants it. False: nothing new."""
    if not _advance(conversation, "seen_through"):
        return False
    if conversation.workspace.receipts_outward:
        bells.ring("conversations.tasks.send_read_receipt", conversation.pk)
    return True


@transaction.atomic
def mark_handled(conversation: Conversation, *, by: User) -> bool:
    """What has come in so far needs no answer; False when nothing waited."""
    changed = _advance(conversation, "handled_through")
    if changed:
        audit.record(by, conversation.workspace, "conversation.handled", target=str(conversation))
        happenings.note([conversation], happenings.Kind.HANDLED, by=by)
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
    bells.ring("conversations.tasks.send_tapback", message.pk, tapback, remove)


def typing(conversation: Conversation, on: bool, *, by: User) -> None:
    """Show or hide "typing…" to the contact, where the workspace wants it."""
    if conversation.workspace.typing_outward:
        bells.ring("conversations.tasks.send_typing", conversation.pk, on)
