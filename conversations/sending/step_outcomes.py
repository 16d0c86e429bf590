"""Telling campaigns what became of their steps' messages. What stops a step stops its message: that is `stopping`.

Code that ends messages calls `settle` in the same transaction, with the messages locked.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Exists, OuterRef, Q

from campaigns import reviving, settling
from campaigns.settling import Outcome
from campaigns.vocabulary import ExecutionState, StopReason
from conversations.models import Message
from conversations.sending import again
from conversations.vocabulary import CancelReason, Channel, Direction, FailReason, State

STOPS: Final[dict[str, StopReason]] = {
    CancelReason.OPTED_OUT: StopReason.OPTED_OUT,
    CancelReason.EXCLUDED: StopReason.EXCLUDED,
    CancelReason.REPLIED: StopReason.REPLIED,
    CancelReason.CAMPAIGN: StopReason.CAMPAIGN_STOPPED,
}
"""Cancellations that end the enrolment too. Where a person cancelled just the message, the next step follows."""

_ENDED: Final = (State.SENT, State.FAILED, State.CANCELLED, State.DISCARDED)
_WORDS: Final = dict([*FailReason.choices, *CancelReason.choices])


def settle(ids: Collection[int]) -> None:
    """Tell the steps of these messages how they ended. Messages without a step, and those that have not ended, are passed over."""
    if not ids:
        return
    ended = Message.objects.filter(pk__in=ids, execution__isnull=False, state__in=_ENDED)
    rows = ended.only("execution_id", "state", "reason", "reason_detail", "channel")
    if outcomes := {row.execution_id: outcome_of(row) for row in rows if row.execution_id}:
        settling.settle_all(outcomes)


def revive(ids: Collection[int]) -> None:
    """Put right steps that counted as failed: of these messages, those that were sent or arrived after all, perhaps as a retry.

    A contact who has written since the message was made is left alone: their reply ended the campaign for them.
    """
    rows = Message.objects.filter(Q(state=State.SENT) | Q(delivered_at__isnull=False) | Q(read_at__isnull=False), pk__in=ids)
    theirs = Message.objects.filter(
        conversation=OuterRef("conversation"), direction=Direction.INCOMING, at__gt=OuterRef("created_at")
    )
    if steps := again.steps_of(rows.exclude(Exists(theirs))):
        reviving.revive(steps.values())


def outcome_of(message: Message) -> Outcome:
    """How a message that has ended ended, for its step."""
    reason = str(_WORDS.get(message.reason, message.reason))
    detail = f"{reason}: {message.reason_detail}" if message.reason_detail else reason
    match message.state:
        case State.SENT:
            return Outcome(ExecutionState.EXECUTED, f"Sent as {Channel(message.channel).label}" if message.channel else "Sent")
        case State.FAILED:
            return Outcome(ExecutionState.FAILED, detail)
        case _:
            return Outcome(ExecutionState.SKIPPED, detail, stop=STOPS.get(message.reason))
