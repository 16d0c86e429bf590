"""Two leads that are one person: each batch has it once, and what it has not sent to one of them yet does not go to both."""

from __future__ import annotations

from conversations.models import Message, Recipient
from conversations.vocabulary import CancelReason, Hold, State
from leads.models import Lead


def join(keep: Lead, drop: Lead) -> None:
    """Give `keep` the places of `drop` in batches. Call with the messages of both locked, before the leads are.

    Where a batch has both, the place stays whose message has left; else that of `keep`.
    """
    places = Recipient.objects.of(keep.workspace).select_related("message")
    ours_in = {one.batch_id: one for one in places.filter(lead=keep)}
    for theirs in places.filter(lead=drop):
        if ours := ours_in.get(theirs.batch_id):
            goes = ours if _has_left(theirs) and not _has_left(ours) else theirs
            _cancel(goes)
            goes.delete()
    places.filter(lead=drop).update(lead=keep)


def _has_left(one: Recipient) -> bool:
    return one.message is not None and one.message.state in (State.SENDING, State.SENT)


def _cancel(one: Recipient) -> None:
    if one.message is None:
        return
    waiting = Message.objects.of(one.workspace).filter(pk=one.message.pk, state=State.QUEUED)
    why = "The batch writes to the lead that this one was merged with"
    waiting.update(state=State.CANCELLED, reason=CancelReason.NOT_NEEDED, reason_detail=why, hold=Hold.NONE)
