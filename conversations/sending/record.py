"""Recording how an attempt ended. The first to learn it decides; later reports change nothing.

Four endings: accepted, refused, unknown, absent. The sender calls them with the gateway's answer, the reconciler with
what it found, ingest when a webhook is quicker than both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Least
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.sending import consequences, step_outcomes
from conversations.sending.accepting import Accepted as Accepted
from conversations.sending.accepting import accepted_all as accepted_all
from conversations.vocabulary import AttemptState, FailReason, Hold, Origin, State
from lines.gateways.base import Failure, Reason, SendResult

MOST_CRASHES = 3
"""So many attempts of one message may end with the death of their sender; then the message itself is taken for the cause."""

GIVEN_BACK = "Given back unsent: the sender had been stopped for too long."
"""The process was stopped, or had slow gateways to wait for. That is no fault of the message, however often it happens."""

LOOK_UP_AFTER = (5, 20, 60, 300)
"""Seconds between questions to the gateway about an unknown outcome; the last one repeats."""


@dataclass(slots=True)
class LockedAttempt:
    """An outstanding attempt and its message, both locked."""

    attempt: Attempt
    message: Message


def _hold(attempt_id: int) -> LockedAttempt | None:
    """Lock the message, then the attempt; None when the outcome is recorded already."""
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation", "workspace", "line", "line__workspace", "line__fallback_line")
        .filter(attempts=attempt_id)
        .first()
    )
    if message is None:
        return None
    attempt = Attempt.objects.select_for_update(no_key=True).select_related(None).get(pk=attempt_id)
    return LockedAttempt(attempt, message) if attempt.state in Attempt.OUTSTANDING else None


def accepted(attempt_id: int, result: SendResult, *, at: datetime | None = None) -> bool:
    """The gateway has it; False when the outcome was known already."""
    return attempt_id in accepted_all([Accepted(attempt_id, result, at)])


@transaction.atomic
def refused(attempt_id: int, failure: Failure, *, vendor_id: str = "") -> bool:
    """Certainly not sent, or failed for good: try again, fall back to SMS, or end as not delivered."""
    held = _hold(attempt_id)
    if held is None:
        return False
    attempt, message = held.attempt, held.message
    attempt.state, attempt.finished_at = AttemptState.REJECTED, timezone.now()
    attempt.reason, attempt.vendor_code, attempt.detail = failure.reason, failure.vendor_code[:60], failure.detail[:500]
    attempt.vendor_id, attempt.look_up_at = vendor_id[:200], None
    attempt.save(update_fields=["state", "finished_at", "reason", "vendor_code", "detail", "vendor_id", "look_up_at"])
    consequences.fail(message, failure, attempt)
    return True


@transaction.atomic
def unknown(attempt_id: int, failure: Failure) -> bool:
    """Sent or not, nobody knows: the message stays in flight until the gateway has been asked."""
    held = _hold(attempt_id)
    if held is None:
        return False
    attempt = held.attempt
    attempt.state, attempt.reason = AttemptState.UNKNOWN, failure.reason
    attempt.vendor_code, attempt.detail = failure.vendor_code[:60], failure.detail[:500]
    attempt.look_up_at = timezone.now() + timedelta(seconds=LOOK_UP_AFTER[0])
    attempt.save(update_fields=["state", "reason", "vendor_code", "detail", "look_up_at"])
    held.message.sender = None  # nobody is sending it any more; its line has one place less until the outcome is known
    held.message.save(update_fields=["sender"])
    return True


@transaction.atomic
def absent(attempt_id: int, *, detail: str) -> bool:
    """The gateway never got it: the message is queued again, and its next attempt uses the same key."""
    held = _hold(attempt_id)
    if held is None:
        return False
    attempt, message = held.attempt, held.message
    attempt.state, attempt.finished_at, attempt.look_up_at = AttemptState.ABSENT, timezone.now(), None
    attempt.detail = attempt.detail or detail[:500]
    attempt.save(update_fields=["state", "finished_at", "detail", "look_up_at"])
    crashes = message.attempts.filter(state=AttemptState.ABSENT, reason="").exclude(detail=GIVEN_BACK).count()
    if attempt.reason:  # the gateway gave an answer, if no clear one
        consequences.fail(message, Failure(Reason(attempt.reason), True, attempt.vendor_code, attempt.detail), attempt)
    elif crashes >= MOST_CRASHES:
        consequences.end(message, FailReason.SENDER_CRASHED, "Sending broke off three times before the gateway had it.")
    else:
        consequences.queue_again(message, timezone.now(), Hold.RETRY)
    return True


@transaction.atomic
def given_back(attempt_id: int) -> bool:
    """Nothing was sent because the claim was too old to be acted on: the message is as it was before the claim."""
    return absent(attempt_id, detail=GIVEN_BACK)


@transaction.atomic
def given_up(attempt_id: int) -> bool:
    """For a whole day the gateway could not tell whether it went out. It is never sent again by itself."""
    held = _hold(attempt_id)
    if held is None:
        return False
    attempt = held.attempt
    attempt.state, attempt.finished_at, attempt.look_up_at = AttemptState.REJECTED, timezone.now(), None
    attempt.reason = FailReason.OUTCOME_UNKNOWN
    attempt.save(update_fields=["state", "finished_at", "look_up_at", "reason"])
    consequences.end(held.message, FailReason.OUTCOME_UNKNOWN, "The gateway could not tell whether it was sent.", perhaps_sent=True)
    return True


@transaction.atomic
def failed_later(attempt: Attempt, failure: Failure, *, at: datetime) -> None:
    """The gateway took it and reports afterwards that it failed. What was delivered or read did not fail: facts win."""
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation", "workspace", "line", "line__workspace", "line__fallback_line")
        .get(pk=attempt.message_id)
    )
    Attempt.objects.filter(pk=attempt.pk).update(
        failed_at=Least("failed_at", at), reason=failure.reason, vendor_code=failure.vendor_code[:60],
        detail=failure.detail[:500],
    )  # fmt: skip
    latest = message.attempts.order_by("-n").first()
    if message.state != State.SENT or message.delivered_at or message.read_at or latest != attempt:
        return
    consequences.fail(message, replace(failure, transient=False), attempt)


@transaction.atomic
def arrived(message_id: int) -> bool:
    """A message that waited to go once more, as SMS or after a refusal, was delivered or read: facts win, nothing more is sent."""
    waiting = Message.objects.filter(pk=message_id, state=State.QUEUED).select_for_update(no_key=True)
    message = waiting.first()
    if message is None or not (message.delivered_at or message.read_at):
        return False
    message.state, message.hold, message.held_at = State.SENT, Hold.NONE, None
    message.next_channel = message.fallback_cause = ""
    message.sent_at = message.sent_at or min(filter(None, [message.delivered_at, message.read_at]))
    message.save(update_fields=["state", "hold", "held_at", "next_channel", "fallback_cause", "sent_at"])
    if message.origin == Origin.CONSENT:
        consequences.release_consented(message)
    if message.execution_id:
        step_outcomes.settle([message.pk])
    consequences.tell(message)
    return True
