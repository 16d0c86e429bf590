"""The gateway has them: many attempts at once, in a few statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.sending import consequences, step_outcomes
from conversations.vocabulary import AttemptState, Channel, FailReason, FallbackCause, Hold, Origin, State
from leads import consent_ledger
from leads.models import ConsentEvent
from lines.gateways.base import SendResult, Service

_CHANNELS = {Service.IMESSAGE: Channel.IMESSAGE, Service.SMS: Channel.SMS, Service.RCS: Channel.SMS, Service.EMAIL: Channel.EMAIL}


# What is looked at here. A consent message loads what its entry in the ledger asks for.
_OF_MESSAGE: Final = (
    "workspace", "conversation", "execution", "retry_of", "line", "origin", "state", "reason", "channel", "sent_at",
    "fallback_cause",
)  # fmt: skip
_OF_ATTEMPT: Final = ("message", "line", "state", "reason", "channel")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway has the message of an attempt. `at` is when, by its clock."""

    attempt_id: int
    result: SendResult
    at: datetime | None = None


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
    messages = Message.objects.filter(attempts__in=attempt_ids).only(*_OF_MESSAGE).order_by("pk")
    by_id = {message.pk: message for message in messages.select_for_update(of=("self",), no_key=True)}
    attempts = Attempt.objects.filter(pk__in=attempt_ids).only(*_OF_ATTEMPT).order_by("pk").select_for_update(no_key=True)
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


# An event that somebody is applying at this moment is left alone: they hold it and wait for our messages, and it is tried again
# in a second anyway.
_WAKE: Final = """
UPDATE lines_inboundevent e SET retry_at = now()
WHERE e.id IN (
    SELECT o.id FROM unnest(%s::bigint[], %s::text[]) AS w(line, vendor_id)
    JOIN lines_inboundevent o ON o.line_id = w.line AND o.vendor_message_id = w.vendor_id AND o.applied_at IS NULL
    FOR NO KEY UPDATE OF o SKIP LOCKED)
"""


def _wake_events(attempts: Sequence[Attempt]) -> None:
    """Receipts may have come before the answer that names their message; now they can be applied."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, [[attempt.line_id for attempt in attempts], [attempt.vendor_id for attempt in attempts]])
