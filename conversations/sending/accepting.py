"""Recording that the gateway took messages over: many attempts at once, in a few statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.sending import consequences, step_outcomes
from conversations.vocabulary import AttemptState, Channel, FailReason, FallbackCause, Origin, State
from leads import consent_ledger
from leads.consent_ledger import Proof
from leads.models import ConsentEvent
from lines.gateways.base import SendResult, Service
from workspaces import statements

CHANNEL_OF: Final = {
    Service.IMESSAGE: Channel.IMESSAGE,
    Service.SMS: Channel.SMS,
    Service.RCS: Channel.SMS,
    Service.EMAIL: Channel.EMAIL,
}
"""What people are told a message went, or came, as; a gateway may not know (`Service.UNKNOWN`)."""

_LEDGER: Final = {Origin.CONSENT: ConsentEvent.Kind.CONSENT_SENT, Origin.CONFIRMATION: ConsentEvent.Kind.CONFIRMATION_SENT}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway has the message of an attempt. `at` is when, by its clock."""

    attempt_id: int
    result: SendResult
    at: datetime | None = None


@transaction.atomic
def accepted_all(endings: Sequence[Accepted]) -> set[int]:
    """Record that the gateway has all of these; the ids of the attempts whose outcome was not known before.

    This also corrects an attempt that counted as absent, as long as nothing was sent again, and one whose outcome had been given
    up as unknown.
    """
    held = [one for one in _hold_all([ending.attempt_id for ending in endings]) if one.open]
    _save({one.attempt: one for one in held}, {ending.attempt_id: ending for ending in endings}, timezone.now())
    told_of = [one.message for one in held if one.origin in _LEDGER]
    for told in Message.objects.select_related("workspace", "line").filter(pk__in=told_of) if told_of else ():
        if told.origin == Origin.CONSENT:
            consequences.release_consented(told)
        _enter_in_consent_ledger(told)
    if steps := [one.message for one in held if one.execution]:
        step_outcomes.settle(steps)
    if late := [one.message for one in held if one.retry_of or one.given_up]:
        step_outcomes.revive(late)
    consequences.tell_all([(one.workspace, one.conversation) for one in held])
    return {one.attempt for one in held}


@dataclass(frozen=True, slots=True)
class _Held:
    """The columns of an attempt and its message that are needed here, both locked; in the order of `_HOLD`."""

    attempt: int
    line: int | None
    state: str
    reason: str
    channel: str
    message: int
    workspace: int
    conversation: int
    execution: int | None
    retry_of: int | None
    origin: str
    message_state: str
    message_reason: str
    message_channel: str
    sent_at: datetime | None
    cause: str

    @property
    def given_up(self) -> bool:
        """Nobody could tell for a day whether it went out, and its message counts as not delivered for that."""
        return self.reason == self.message_reason == FailReason.OUTCOME_UNKNOWN

    @property
    def open(self) -> bool:
        """Its outcome is not known, given up, or absent where nothing was sent again."""
        late = self.state == AttemptState.ABSENT and self.message_state == State.QUEUED
        return self.state in Attempt.OUTSTANDING or late or self.given_up


# Messages before their attempts and in the order of their ids, as everywhere.
_HOLD: Final = """
SELECT a.id, a.line_id, a.state, a.reason, a.channel, m.id, m.workspace_id, m.conversation_id, m.execution_id, m.retry_of_id,
    m.origin, m.state, m.reason, m.channel, m.sent_at, m.fallback_cause
FROM conversations_attempt a JOIN conversations_message m ON m.id = a.message_id
WHERE a.id = ANY(%(ids)s::bigint[])
ORDER BY m.id, a.id
FOR NO KEY UPDATE OF m, a
"""


def _hold_all(attempt_ids: Collection[int]) -> list[_Held]:
    return [_Held(*row) for row in statements.run(_HOLD, {"ids": list(attempt_ids)})]


# Receipts may have come before the answer that names their message; now they can be applied. An event that another worker is
# applying at this moment is skipped: that worker holds it and waits for our messages, and it is tried again in a second anyway.
_SAVE: Final = """
WITH ended AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS w(id bigint, message bigint, line bigint, vendor_id text, channel text,
        at timestamptz, sent_at timestamptz, thread text, cause text)
), attempts AS (
    UPDATE conversations_attempt a
    SET state = 'accepted', vendor_id = w.vendor_id, finished_at = %(now)s::timestamptz, channel = w.channel, look_up_at = NULL,
        reason = CASE a.reason WHEN 'outcome_unknown' THEN '' ELSE a.reason END
    FROM ended w WHERE a.id = w.id
), messages AS (
    UPDATE conversations_message m
    SET state = 'sent', hold = '', held_at = NULL, lease_until = NULL, sender = NULL, next_channel = '', channel = w.channel,
        at = w.at, sent_at = w.sent_at, vendor_thread = w.thread, fallback_cause = w.cause, reason = '', reason_detail = ''
    FROM ended w WHERE m.id = w.message
)
UPDATE lines_inboundevent e SET retry_at = now()
WHERE e.id IN (
    SELECT o.id FROM ended w
    JOIN lines_inboundevent o ON o.line_id = w.line AND o.vendor_message_id = w.vendor_id AND o.applied_at IS NULL
    FOR NO KEY UPDATE OF o SKIP LOCKED)
"""


def _save(held: Mapping[int, _Held], endings: Mapping[int, Accepted], now: datetime) -> None:
    """Write attempts and messages, and have the events that wait for them tried now."""
    if not held:
        return
    rows = [_written(one, endings[one.attempt], now) for one in held.values()]
    statements.run(_SAVE, {"now": now, "rows": statements.rows(rows)})


def _written(one: _Held, ending: Accepted, now: datetime) -> dict[str, object]:
    result = ending.result
    at = ending.at or result.created_at or now
    channel = CHANNEL_OF.get(result.service, one.channel)
    downgraded = one.message_channel == Channel.IMESSAGE and channel == Channel.SMS
    return {
        "id": one.attempt,
        "message": one.message,
        "line": one.line,
        "vendor_id": result.vendor_id,
        "channel": channel,
        "at": at,
        "sent_at": min(one.sent_at or at, at),
        "thread": result.thread[:200],
        "cause": FallbackCause.GATEWAY if downgraded else one.cause,
    }


def _enter_in_consent_ledger(message: Message) -> None:
    """That the contact was told who writes and how to opt out, or that their opt-out was confirmed."""
    proof = Proof(
        source=ConsentEvent.Source.SYSTEM,
        asked_at=message.at,
        channel=message.channel,
        line=message.line.address if message.line else "",
        text=message.body,
    )
    consent_ledger.record(message.workspace, _LEDGER[Origin(message.origin)], message.address, proof)
