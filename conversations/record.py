"""Writing down how an attempt ended. Whoever learns it first decides; everyone later changes nothing.

Four endings: accepted, refused, unknown, absent. The sender calls them with the gateway's answer, the reconciler with
what it found, ingest when a webhook is quicker than both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models.functions import Least
from django.utils import timezone

from conversations import consequences, step_outcomes
from conversations.models import Attempt, Message
from conversations.vocabulary import AttemptState, Channel, FailReason, FallbackCause, Hold, Origin, State
from leads import consent_ledger
from leads.models import ConsentEvent
from lines.gateways.base import Failure, Reason, SendResult, Service

MOST_CRASHES = 3
"""Attempts of one message that may end with their sender's death before the message itself is suspected."""

GIVEN_BACK = "Given back unsent: the sender had been stopped for too long."
"""A process that was stopped, or has slow gateways to wait for. No message is suspected for it, however often it happens."""

LOOK_UP_AFTER = (5, 20, 60, 300)
"""Seconds between questions to the gateway about an unknown outcome; the last one repeats."""

_CHANNELS = {Service.IMESSAGE: Channel.IMESSAGE, Service.SMS: Channel.SMS, Service.RCS: Channel.SMS, Service.EMAIL: Channel.EMAIL}


@dataclass(slots=True)
class Held:
    """An outstanding attempt and its message, both locked."""

    attempt: Attempt
    message: Message


def _hold(attempt_id: int) -> Held | None:
    """Lock the message, then the attempt; None when its outcome is written already."""
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation", "workspace", "line", "line__workspace", "line__fallback_line")
        .filter(attempts=attempt_id)
        .first()
    )
    if message is None:
        return None
    attempt = Attempt.objects.select_for_update(no_key=True).select_related(None).get(pk=attempt_id)
    return Held(attempt, message) if attempt.state in Attempt.OUTSTANDING else None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway has the message of an attempt. `at` is when, by its clock."""

    attempt_id: int
    result: SendResult
    at: datetime | None = None


def accepted(attempt_id: int, result: SendResult, *, at: datetime | None = None) -> bool:
    """The gateway has it; False when the outcome was known already."""
    return attempt_id in accepted_all([Accepted(attempt_id, result, at)])


@transaction.atomic
def accepted_all(endings: Sequence[Accepted]) -> set[int]:
    """The gateway has all of these; those of the attempts whose outcome was not known already.

    That it was found after all also corrects an "absent", as long as nothing was sent again, and an outcome that had been
    given up as unknown.
    """
    by_attempt = {one.attempt_id: one for one in endings}
    found = {attempt.pk: attempt for attempt in _hold_all(by_attempt)}
    now = timezone.now()
    for pk, attempt in found.items():
        _write_accepted(attempt, by_attempt[pk], now)
    attempts = [found[pk] for pk in sorted(found)]
    _save_accepted(attempts)
    for attempt in attempts:
        if attempt.message.origin == Origin.CONSENT:
            consequences.release_consented(attempt.message)
        _enter_in_ledger(attempt.message)
    _wake_events(attempts)
    if steps := [attempt.message_id for attempt in attempts if attempt.message.execution_id]:
        step_outcomes.settle(steps)
    if late := [one.message_id for one in attempts if one.message.retry_of_id or _given_up(one)]:
        step_outcomes.revive(late)
    consequences.tell_all([attempt.message for attempt in attempts])
    return set(found)


def _hold_all(attempt_ids: Collection[int]) -> list[Attempt]:
    """Lock the messages, then the attempts; those whose outcome is open, given up, or absent where nothing was sent again."""
    messages = Message.objects.filter(attempts__in=attempt_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    by_id = {message.pk: message for message in messages}
    attempts = Attempt.objects.filter(pk__in=attempt_ids).order_by("pk").select_for_update(no_key=True)
    held = []
    for attempt in attempts:
        attempt.message = by_id[attempt.message_id]
        late = attempt.state == AttemptState.ABSENT and attempt.message.state == State.QUEUED
        if attempt.state in Attempt.OUTSTANDING or late or _given_up(attempt):
            held.append(attempt)
    return held


def _given_up(attempt: Attempt) -> bool:
    """Nobody could tell for a day whether it went out, and its message counts as not delivered for that."""
    return attempt.reason == attempt.message.reason == FailReason.OUTCOME_UNKNOWN


def _write_accepted(attempt: Attempt, one: Accepted, now: datetime) -> None:
    message, result = attempt.message, one.result
    at = one.at or result.created_at or now
    attempt.state, attempt.vendor_id, attempt.finished_at = AttemptState.ACCEPTED, result.vendor_id, now
    attempt.channel = _CHANNELS.get(result.service, attempt.channel)
    if message.channel == Channel.IMESSAGE and attempt.channel == Channel.SMS:
        message.fallback_cause = FallbackCause.GATEWAY
    message.state, message.hold, message.channel, message.at = State.SENT, Hold.NONE, attempt.channel, at
    message.sent_at = min(filter(None, [message.sent_at, at]))
    message.vendor_thread = result.thread[:200]


_SAVE_ATTEMPTS: Final = """
UPDATE conversations_attempt a
SET state = 'accepted', vendor_id = w.vendor_id, finished_at = w.finished_at, channel = w.channel, look_up_at = NULL,
    reason = CASE a.reason WHEN 'outcome_unknown' THEN '' ELSE a.reason END
FROM unnest(%(ids)s::bigint[], %(vendor_ids)s::text[], %(finished)s::timestamptz[], %(channels)s::text[])
    AS w(id, vendor_id, finished_at, channel)
WHERE a.id = w.id
"""

_SAVE_MESSAGES: Final = """
UPDATE conversations_message m
SET state = 'sent', hold = '', held_at = NULL, lease_until = NULL, sender = NULL, next_channel = '', channel = w.channel, at = w.at,
    sent_at = w.sent_at, vendor_thread = w.thread, fallback_cause = w.cause, reason = '', reason_detail = ''
FROM unnest(%(ids)s::bigint[], %(channels)s::text[], %(ats)s::timestamptz[], %(sent_ats)s::timestamptz[], %(threads)s::text[],
            %(causes)s::text[]) AS w(id, channel, at, sent_at, thread, cause)
WHERE m.id = w.id
"""


def _save_accepted(attempts: Sequence[Attempt]) -> None:
    messages = [attempt.message for attempt in attempts]
    ended: dict[str, list[Any]] = {
        "ids": [attempt.pk for attempt in attempts],
        "vendor_ids": [attempt.vendor_id for attempt in attempts],
        "finished": [attempt.finished_at for attempt in attempts],
        "channels": [attempt.channel for attempt in attempts],
    }
    sent: dict[str, list[Any]] = {
        "ids": [message.pk for message in messages],
        "channels": [message.channel for message in messages],
        "ats": [message.at for message in messages],
        "sent_ats": [message.sent_at for message in messages],
        "threads": [message.vendor_thread for message in messages],
        "causes": [message.fallback_cause for message in messages],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE_ATTEMPTS, ended)
        cursor.execute(_SAVE_MESSAGES, sent)


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
    held.message.sender = None  # nobody sends it any more; until its outcome is known its line has one place less
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
    """Nothing was sent because the claim was too old to be acted on; as if it had not been made."""
    return absent(attempt_id, detail=GIVEN_BACK)


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


@transaction.atomic
def arrived(message_id: int) -> bool:
    """It was delivered or read while it waited to go once more, as SMS or after a refusal: facts win, nothing more is sent."""
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


def _enter_in_ledger(message: Message) -> None:
    """That the contact was told who writes and how to opt out, or that their opt-out was confirmed."""
    kinds = {Origin.CONSENT: ConsentEvent.Kind.CONSENT_SENT, Origin.CONFIRMATION: ConsentEvent.Kind.CONFIRMATION_SENT}
    if kind := kinds.get(Origin(message.origin)):
        consent_ledger.record(
            message.workspace,
            kind,
            message.address,
            source=ConsentEvent.Source.SYSTEM,
            asked_at=message.at,
            channel=message.channel,
            line=message.line.address if message.line else "",
            text=message.body,
        )


_WAKE: Final = """
UPDATE lines_inboundevent e SET retry_at = now()
FROM unnest(%s::bigint[], %s::text[]) AS w(line, vendor_id)
WHERE e.line_id = w.line AND e.vendor_message_id = w.vendor_id AND e.applied_at IS NULL
"""


def _wake_events(attempts: Sequence[Attempt]) -> None:
    """Receipts may have come before the answer that names their message; now they can be applied."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, [[attempt.line_id for attempt in attempts], [attempt.vendor_id for attempt in attempts]])
