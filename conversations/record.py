"""Writing down how an attempt ended. Whoever learns it first decides; everyone later changes nothing.

Four endings: accepted, refused, unknown, absent. The sender calls them with the gateway's answer, the reconciler with
what it found, ingest when a webhook is quicker than both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Least
from django.utils import timezone

from conversations import consequences
from conversations.models import Attempt, Message
from conversations.vocabulary import AttemptState, Channel, FailReason, FallbackCause, Hold, Origin, State
from leads import consent_ledger
from leads.models import ConsentEvent
from lines.gateways.base import Failure, Reason, SendResult, Service
from lines.models import InboundEvent

MOST_CRASHES = 3
"""Attempts of one message that may end with their sender's death before the message itself is suspected."""

LOOK_UP_AFTER = (5, 20, 60, 300)
"""Seconds between questions to the gateway about an unknown outcome; the last one repeats."""

_CHANNELS = {Service.IMESSAGE: Channel.IMESSAGE, Service.SMS: Channel.SMS, Service.RCS: Channel.SMS, Service.EMAIL: Channel.EMAIL}


@dataclass(slots=True)
class Held:
    """An outstanding attempt and its message, both locked."""

    attempt: Attempt
    message: Message


def _hold(attempt_id: int, *, found: bool = False) -> Held | None:
    """Lock the message, then the attempt; None when its outcome is written already.

    `found`: the gateway has it after all. That also corrects an "absent", as long as nothing was sent again.
    """
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation", "workspace", "line", "line__workspace", "line__fallback_line")
        .filter(attempts=attempt_id)
        .first()
    )
    if message is None:
        return None
    attempt = Attempt.objects.select_for_update(no_key=True).select_related(None).get(pk=attempt_id)
    late = found and attempt.state == AttemptState.ABSENT and message.state == State.QUEUED
    return Held(attempt, message) if attempt.state in Attempt.OUTSTANDING or late else None


@transaction.atomic
def accepted(attempt_id: int, result: SendResult, *, at: datetime | None = None) -> bool:
    """The gateway has it. `at` is when, by its clock; False when the outcome was known already."""
    held = _hold(attempt_id, found=True)
    if held is None:
        return False
    now = at or result.created_at or timezone.now()
    attempt, message = held.attempt, held.message
    attempt.state, attempt.vendor_id, attempt.finished_at = AttemptState.ACCEPTED, result.vendor_id, timezone.now()
    attempt.channel = _CHANNELS.get(result.service, attempt.channel)
    attempt.look_up_at = None
    attempt.save(update_fields=["state", "vendor_id", "finished_at", "channel", "look_up_at"])
    message.state, message.hold, message.lease_until, message.sender = State.SENT, Hold.NONE, None, None
    if message.channel == Channel.IMESSAGE and attempt.channel == Channel.SMS:
        message.fallback_cause = FallbackCause.GATEWAY
    message.channel, message.at, message.next_channel = attempt.channel, now, ""
    message.sent_at = min(filter(None, [message.sent_at, now]))
    message.vendor_thread = result.thread[:200]
    message.save(
        update_fields=[
            "state", "hold", "lease_until", "sender", "channel", "at", "next_channel", "sent_at", "vendor_thread",
            "fallback_cause",
        ]
    )  # fmt: skip
    if message.origin == Origin.CONSENT:
        consequences.release_consented(message)
    _enter_in_ledger(message, now)
    _wake_events(attempt)
    consequences.tell(message)
    return True


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
    crashes = message.attempts.filter(state=AttemptState.ABSENT, reason="").count()
    if attempt.reason:  # the gateway gave an answer, if no clear one
        consequences.fail(message, Failure(Reason(attempt.reason), True, attempt.vendor_code, attempt.detail), attempt)
    elif crashes >= MOST_CRASHES:
        consequences.end(message, FailReason.SENDER_CRASHED, "Sending broke off three times before the gateway had it.")
    else:
        consequences.queue_again(message, timezone.now(), Hold.RETRY)
    return True


@transaction.atomic
def given_back(attempt_id: int) -> bool:
    """Nothing was sent because the claim was too old to be acted on; as if it had not been made."""
    return absent(attempt_id, detail="Given back unsent: the sender had been stopped for too long.")


@transaction.atomic
def given_up(attempt_id: int) -> bool:
    """Nobody could tell for a whole day whether it went out. Never sent again by itself."""
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
    """The gateway took it and reports afterwards that it failed. Delivered or read, it did not fail: facts win."""
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


def _enter_in_ledger(message: Message, at: datetime) -> None:
    """That the contact was told who writes and how to opt out, or that their opt-out was confirmed."""
    kinds = {Origin.CONSENT: ConsentEvent.Kind.CONSENT_SENT, Origin.CONFIRMATION: ConsentEvent.Kind.CONFIRMATION_SENT}
    if kind := kinds.get(Origin(message.origin)):
        consent_ledger.record(
            message.workspace,
            kind,
            message.address,
            source=ConsentEvent.Source.SYSTEM,
            asked_at=at,
            channel=message.channel,
            line=message.line.address if message.line else "",
            text=message.body,
        )


def _wake_events(attempt: Attempt) -> None:
    """Receipts may have come before the answer that names their message; now they can be applied."""
    waiting = InboundEvent.objects.filter(line=attempt.line, vendor_message_id=attempt.vendor_id, applied_at=None)
    waiting.update(retry_at=timezone.now())
