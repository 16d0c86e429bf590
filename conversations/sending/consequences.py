"""What an attempt's ending means for its message: the same again later, SMS instead, or the end.

Called by `conversations.sending.record` with the message locked.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from conversations import summary
from conversations.changes import announce, ring_outbox
from conversations.models import Attempt, Message
from conversations.sending import step_outcomes
from conversations.sending.routes import sms_route
from conversations.vocabulary import BY_LIMIT, AttemptState, Channel, FallbackCause, Hold, Origin, State
from lines import places
from lines.gateways.base import Failure, FallbackWhen, Reason

HANDED_ON = 5
"""When a place becomes free, so many waiting messages are examined: the first of them may have to wait for something else."""

MOST_ATTEMPTS = 5
"""After so many refusals a message counts as not delivered. Troubles of the line itself are not counted."""


def fail(message: Message, failure: Failure, attempt: Attempt) -> None:
    """After a definite failure. Troubles of the line are waited out until the message expires."""
    ended = message.attempts.filter(state__in=[AttemptState.REJECTED, AttemptState.ABSENT])
    refusals = ended.exclude(reason__in=["", Reason.LINE_ISSUE]).count()
    if _fall_back(message, failure, attempt):
        pass
    elif failure.transient and failure.reason == Reason.LINE_ISSUE:
        queue_again(message, timezone.now() + _backoff(min(attempt.n, 3), failure), Hold.RETRY)
    elif failure.transient and refusals < MOST_ATTEMPTS:
        queue_again(message, timezone.now() + _backoff(refusals, failure), Hold.RETRY)
    else:
        end(message, failure.reason, failure.detail or failure.vendor_code)


def queue_again(message: Message, run_at: datetime, hold: Hold) -> None:
    message.state, message.hold, message.run_at = State.QUEUED, hold, run_at
    message.lease_until, message.sender = None, None
    message.save(update_fields=["state", "hold", "run_at", "lease_until", "sender"])
    tell(message)
    ring_outbox()


def end(message: Message, reason: str, detail: str, *, perhaps_sent: bool = False) -> None:
    """The message was not delivered. Unless it was perhaps sent, it gives its places under the line's limits back."""
    if not perhaps_sent:
        return_place(message)
    message.state, message.reason, message.reason_detail = State.FAILED, reason, detail[:500]
    message.hold, message.lease_until, message.sender = Hold.NONE, None, None
    message.save(update_fields=["state", "reason", "reason_detail", "hold", "lease_until", "sender"])
    if message.origin == Origin.CONSENT:
        release_consented(message)
    if message.execution_id:
        step_outcomes.settle([message.pk])
    tell(message)


def release_consented(consent: Message) -> None:
    """Messages that waited for the consent message are due now; the gate reads how the consent ended."""
    waiting = Message.objects.filter(conversation_id=consent.conversation_id, state=State.QUEUED, hold=Hold.CONSENT)
    waiting.update(run_at=timezone.now())
    ring_outbox()


def tell(message: Message) -> None:
    """Bring the conversation up to date and tell open pages."""
    summary.refresh([message.conversation_id])
    announce(message.workspace_id, [message.conversation_id])


def tell_all(conversations: Collection[tuple[int, int]]) -> None:
    """The same for many: (workspace, conversation)."""
    by_workspace: dict[int, set[int]] = {}
    for workspace_id, conversation_id in conversations:
        by_workspace.setdefault(workspace_id, set()).add(conversation_id)
    summary.refresh(conversation_id for _, conversation_id in conversations)
    for workspace_id, conversation_ids in by_workspace.items():
        announce(workspace_id, conversation_ids)


def _fall_back(message: Message, failure: Failure, attempt: Attempt) -> bool:
    """Queue the SMS that takes the place of a failed iMessage, if the message allows it for this failure.

    Only a definite failure comes here: while an outcome is unknown nothing falls back, or both would arrive.
    """
    if attempt.channel != Channel.IMESSAGE or failure.fallback not in message.fallback or message.line is None:
        return False
    unsupported = failure.fallback == FallbackWhen.UNSUPPORTED
    if failure.transient and not unsupported and attempt.n < 2:
        return False  # once more as iMessage first
    cause = FallbackCause.NOT_REGISTERED if unsupported else FallbackCause.IMESSAGE_FAILED
    route = sms_route(message.line, cause)
    if route is None:
        return False
    if route.line != message.line:
        return_place(message)
    message.line, message.next_channel, message.fallback_cause = route.line, route.channel, route.cause
    message.save(update_fields=["line", "next_channel", "fallback_cause"])
    queue_again(message, timezone.now(), Hold.NONE)
    return True


def _backoff(tries: int, failure: Failure) -> timedelta:
    """5 s, 20 s, 80 s, 320 s with up to a fifth of jitter, or what the vendor asks for."""
    seconds = failure.retry_after or 5 * 4 ** max(tries - 1, 0)
    return timedelta(seconds=seconds * random.uniform(1.0, 1.2))  # noqa: S311  spreads load, guards nothing


def return_place(message: Message) -> None:
    """Give back the places that the message took under the limits, and have those that wait for one examined now."""
    taken = places.Places(message.quota_day, message.counted_day, message.counted_slice)
    if message.line_id is None or taken == places.NO_PLACES:
        return
    places.give_back(message.line_id, taken)
    message.quota_day = message.counted_day = message.counted_slice = None
    message.save(update_fields=["quota_day", "counted_day", "counted_slice"])
    waiting = Message.objects.filter(line_id=message.line_id, state=State.QUEUED, hold__in=BY_LIMIT).order_by("held_at", "pk")
    first = waiting.select_for_update(skip_locked=True, of=("self",), no_key=True).values_list("pk", flat=True)[:HANDED_ON]
    Message.objects.filter(pk__in=list(first)).update(run_at=timezone.now())
