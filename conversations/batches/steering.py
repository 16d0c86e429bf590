"""A batch that is under way: pause, go on, cancel what has not left, take it back, send again what failed.

The gate reads `paused_at` and `cancelled_at` when a message is to leave, so each of these holds for every message whose
attempt has not begun, also for those that are not made yet.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from conversations import summary
from conversations.batches import gathering, rings
from conversations.changes import announce, ring_outbox
from conversations.models import Batch, Message, Recipient
from conversations.refusals import Refused
from conversations.sending import batch_locks, retrying
from conversations.vocabulary import CancelReason, FailReason, Hold, SkipReason
from conversations.vocabulary import State as Sending
from workspaces import audit
from workspaces.models import User

State = Batch.State

CHUNK: Final = 500
LONG: Final = timedelta(hours=1)
"""When a message that is held for a pause is looked at again, should nobody resume it before."""

RETRIED_AT_ONCE: Final = 500


@transaction.atomic
def pause(batch: Batch, *, by: User) -> bool:
    """Nothing more leaves until it goes on; False when it is paused or over already."""
    batch_locks.hold_alone(batch.pk)
    mine = Batch.objects.filter(pk=batch.pk, state__in=Batch.OPEN, paused_at=None)
    now = timezone.now()
    if not mine.update(paused_at=now):
        return False
    soon = _queued(batch).filter(run_at__lte=now + LONG).select_for_update(skip_locked=True, of=("self",), no_key=True)
    ids = list(soon.values_list("pk", flat=True))  # as a subquery the lock would be taken row by row, again and again
    Message.objects.filter(batch=batch, pk__in=ids).update(hold=Hold.PAUSED, run_at=now + LONG)
    audit.record(by, batch.workspace, "batch.paused", target=batch.public_id)
    return True


@transaction.atomic
def resume(batch: Batch, *, by: User) -> bool:
    # Its messages before the batch, as a gate does that finds one of them due; else the two could wait for each other.
    list(_queued(batch).filter(hold=Hold.PAUSED).order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
    batch_locks.hold_alone(batch.pk)
    if not Batch.objects.filter(pk=batch.pk, state__in=Batch.OPEN).exclude(paused_at=None).update(paused_at=None):
        return False
    now = timezone.now()
    waiting = _queued(batch).filter(hold=Hold.PAUSED)
    waiting.update(hold=Hold.NONE, run_at=Greatest(Coalesce(F("scheduled_at"), now), batch.release_at or now, now))
    audit.record(by, batch.workspace, "batch.resumed", target=batch.public_id)
    ring_outbox()
    return True


def cancel(batch: Batch, *, by: User) -> bool:
    """Cancel what has not left, and what is not made yet; False when it is over already."""
    with transaction.atomic():
        batch_locks.hold_alone(batch.pk)
        mine = Batch.objects.filter(pk=batch.pk, state__in=Batch.OPEN)
        if not mine.update(state=State.CANCELLING, cancelled_at=timezone.now(), cancelled_by=by, paused_at=None):
            return False
        audit.record(by, batch.workspace, "batch.cancelled", target=batch.public_id)
        rings.ring(batch.pk)
    return True


def seconds_to_undo(batch: Batch) -> int:
    """For how long it can still be taken back as a whole."""
    if batch.state not in Batch.OPEN or batch.release_at is None:
        return 0
    return max(0, int((batch.release_at - timezone.now()).total_seconds()))


def take_back(batch: Batch, *, by: User) -> Batch | None:
    """Undo it before anything has left: a new draft with the same words; None when it is too late."""
    if batch.release_at is None or batch.release_at <= timezone.now() or not cancel(batch, by=by):
        return None
    return gathering.copy(batch, by=by)


@transaction.atomic
def wind_up(batch_id: int) -> bool:
    """Cancel some of what is queued; False when nothing is left, or somebody else is at it."""
    held = Batch.objects.filter(pk=batch_id, state=State.CANCELLING).select_for_update(skip_locked=True, of=("self",))
    batch = held.select_related("workspace", "cancelled_by").first()
    if batch is None:
        return False
    Recipient.objects.filter(batch=batch, pk__gt=batch.position, message=None, skipped="").update(skipped=SkipReason.CANCELLED)
    some = _queued(batch).order_by("pk").select_for_update(skip_locked=True, of=("self",), no_key=True)[:CHUNK]
    rows = list(some.values_list("pk", "conversation"))
    detail = f"Batch cancelled by {batch.cancelled_by}"
    Message.objects.filter(batch=batch, pk__in=[pk for pk, _ in rows]).update(
        state=Sending.CANCELLED, reason=CancelReason.USER, reason_detail=detail, hold=Hold.NONE
    )
    conversations = {conversation for _, conversation in rows}
    summary.refresh(conversations)
    announce(batch.workspace_id, conversations)
    if not rows:  # what a claim holds at this moment is stopped by its gate, or has left
        Batch.objects.filter(pk=batch.pk).update(state=State.CANCELLED)
    return bool(rows)


def send_again(batch: Batch, *, by: User) -> tuple[int, str]:
    """Retry what was not delivered and certainly did not arrive: how many, and why the first of the others was not.

    An outcome that nobody knows is left to a person, one by one.
    """
    failed = Message.objects.filter(batch=batch, status="not_delivered", retries=None).exclude(reason=FailReason.OUTCOME_UNKNOWN)
    sent, why = 0, ""
    for message in failed.select_related("conversation__workspace", "conversation__lead", "workspace").order_by("pk")[
        :RETRIED_AT_ONCE
    ]:
        try:
            retrying.retry(message, author=by)
            sent += 1
        except Refused as refused:
            why = why or refused.message
    return sent, why


def _queued(batch: Batch) -> QuerySet[Message]:
    return Message.objects.filter(batch=batch, state=Sending.QUEUED)
