"""Stopping the steps that a contact has ahead in campaigns, and cancelling the messages of steps that were stopped.

Cancelling skips messages that a claim has locked: their gate asks `campaigns.permits`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from campaigns import actions, progress, settling
from campaigns.models import Campaign, Enrolment, Execution, Node
from campaigns.vocabulary import UNDER_WAY, BranchTest, NodeKind, StopReason
from conversations.changes import ring_outbox
from conversations.models import Conversation, Message
from conversations.sending import consequences
from conversations.vocabulary import CancelReason, Hold, State
from workspaces.models import User

AT_ONCE: Final = 200

CANCELS: Final[dict[str, CancelReason]] = {
    StopReason.OPTED_OUT: CancelReason.OPTED_OUT,
    StopReason.EXCLUDED: CancelReason.EXCLUDED,
    StopReason.REPLIED: CancelReason.REPLIED,
}
"""Why a message is cancelled when its enrolment has ended; for other reasons, because its campaign was stopped for the contact."""


def cancel_reason(stopped: StopReason) -> CancelReason:
    return CANCELS.get(stopped, CancelReason.CAMPAIGN)


@transaction.atomic
def cancel_recalled(executions: Collection[int] = ()) -> int:
    """Cancel messages of steps that were stopped after they had been handed over: those named, else a batch of all.

    A message that a claim holds is left to its gate, which asks `campaigns.permits`; one that has left stays as it is.
    """
    steps = Execution.objects.filter(recall=True, **({"pk__in": list(executions)} if executions else {}))
    held = steps.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related("enrolment").order_by("pk")
    rows = list(held[:AT_ONCE])
    queued = Message.objects.filter(execution__in=rows, state=State.QUEUED)
    messages = list(queued.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk"))
    reasons = {row.pk: _reason(row) for row in rows}
    for message in messages:
        message.state, message.reason = State.CANCELLED, reasons[message.execution_id or 0]
        message.hold = Hold.NONE
        message.save(update_fields=["state", "reason", "hold"])
    still = Message.objects.filter(execution__in=rows, state__in=[State.QUEUED, State.SENDING]).values("execution")
    Execution.objects.filter(pk__in=[row.pk for row in rows]).exclude(pk__in=still).update(recall=False)
    if messages:
        consequences.tell_all([(message.workspace_id, message.conversation_id) for message in messages])
    return len(messages)


def _reason(execution: Execution) -> CancelReason:
    """Stopped with its enrolment; or, where that goes on, passed over because they replied."""
    reason = execution.enrolment.stop_reason
    return cancel_reason(StopReason(reason)) if reason else CancelReason.REPLIED


_RELEASE: Final = """
UPDATE conversations_message m SET run_at = statement_timestamp(), hold = ''
FROM campaigns_execution x
JOIN campaigns_enrolment e ON e.id = x.enrolment_id
JOIN campaigns_campaign c ON c.id = x.campaign_id
WHERE m.execution_id = x.id AND m.state = 'queued' AND m.hold = 'camp_paused'
  AND c.status = 'running' AND e.state <> 'paused' AND (c.id = ANY(%s) OR e.resumed_at > %s)
"""


def release_resumed(since: datetime) -> int:
    """Have messages looked at again whose campaign or enrolment was resumed after `since`; how many."""
    campaigns = list(Campaign.objects.filter(status=Campaign.Status.RUNNING, status_at__gt=since).values_list("pk", flat=True))
    if not campaigns and not Enrolment.objects.filter(resumed_at__gt=since).exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RELEASE, [campaigns, since])
        released = cursor.rowcount
    if released:
        ring_outbox()
    return int(released)


def replied(conversation: Conversation, at: datetime) -> None:
    """The contact wrote: their enrolments stop or go to their branch, and what waits of them is cancelled."""
    if conversation.lead is None or not settling.stop_for_reply(conversation.lead, at):
        return
    _cancel_of(conversation.lead_id)


def declined(conversation_id: int) -> int:
    """Their reply was read as Negative: enrolments that a branch for replies let go on end too; how many.

    Not where the workflow has a branch on the intent, which decides what follows. Messages that wait are recalled, and the gate
    lets none of them pass.
    """
    lead = Conversation.objects.filter(pk=conversation_id, lead__isnull=False).values("lead")
    asks = Node.objects.filter(version=OuterRef("version"), kind=NodeKind.BRANCH, settings__test=BranchTest.INTENT)
    mine = Enrolment.objects.filter(~Exists(asks), lead__in=lead, state__in=UNDER_WAY).exclude(begun_at=None)
    ids = list(mine.values_list("pk", flat=True))
    return progress.stop(ids, StopReason.REPLIED, "Their reply was read as Negative") if ids else 0


def stop_for_person(conversation: Conversation, *, by: User) -> int:
    """Somebody takes the remaining steps of all campaigns away from the contact (S0-118); how many enrolments."""
    if conversation.lead is None:
        return 0
    mine = Enrolment.objects.of(conversation.workspace).filter(lead=conversation.lead, state__in=UNDER_WAY)
    ids = list(mine.values_list("pk", flat=True))
    stopped = actions.stop_enrolments(conversation.workspace, ids, by=by) if ids else 0
    if stopped:
        _cancel_of(conversation.lead_id)
    return stopped


def stop_for_deletion(conversation: Conversation) -> None:
    """The thread goes for good: nothing of it is left for a step to follow, and no campaign opens it again."""
    mine = Enrolment.objects.of(conversation.workspace).filter(lead=conversation.lead_id, state__in=UNDER_WAY)
    ids = list(mine.values_list("pk", flat=True)) if conversation.lead_id else []
    progress.stop(ids, StopReason.REMOVED, "The conversation was deleted")
    Execution.objects.filter(enrolment__in=ids, recall=True).update(recall=False)


def _cancel_of(lead_id: int | None) -> None:
    steps = Execution.objects.filter(enrolment__lead=lead_id, recall=True)
    if ids := list(steps.values_list("pk", flat=True)):
        cancel_recalled(ids)
