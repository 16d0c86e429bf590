"""Attempts begin: each message that passed the gate gets an attempt row and a lease, and is handed to the sender as a claim."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from conversations.models import Attempt, Message
from conversations.sending.outbound import Try, outbound_messages
from conversations.sending.routes import Route
from conversations.vocabulary import AttemptState, Hold, State
from lines.gateways.base import LineGateway, OutboundMessage
from lines.wire import gateway_of
from workspaces import statements

LEASE_MARGIN: Final = 30.0
"""Seconds a sender has for writing the outcome after the longest possible send."""

_BEGIN: Final = """
WITH going AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS w(message bigint, n int, line bigint, channel text, key uuid, cause text,
        lease_until timestamptz, quota_day date, counted_day date, counted_slice timestamptz)
), opened AS (
    INSERT INTO conversations_attempt (workspace_id, message_id, n, line_id, channel, client_guid, started_at,
        state, reason, vendor_code, detail, vendor_id, look_ups)
    SELECT m.workspace_id, w.message, w.n, w.line, w.channel, w.key, %(now)s::timestamptz, 'open', '', '', '', '', 0
    FROM going w JOIN conversations_message m ON m.id = w.message
    RETURNING id, message_id
), begun AS (
    UPDATE conversations_message m
    SET state = 'sending', hold = '', held_at = NULL, sender = %(sender)s::bigint, channel = w.channel,
        fallback_cause = w.cause, attempt_count = w.n, lease_until = w.lease_until, quota_day = w.quota_day,
        counted_day = w.counted_day, counted_slice = w.counted_slice
    FROM going w WHERE m.id = w.message
)
SELECT message_id, id FROM opened
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that is committed and has to be made now."""

    attempt_id: int
    start_by: float  # on the clock of `boottime`, seconds
    gateway: LineGateway
    outbound: OutboundMessage
    line: int
    at_once: int  # sends that the line's gateway may have from this process


def boottime() -> float:
    """Seconds since boot, counting the time the machine slept; time.monotonic stands still in a suspend."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def begin(
    going: Sequence[tuple[Message, Route]], at_once: Mapping[int, int], sender: int, deadline: float, now: datetime
) -> list[Claim]:
    """Write the attempts, and move their messages to sending under a lease, in one statement.

    The key of the last attempt is used again unless the gateway definitely refused it.
    """
    if not going:
        return []
    again = _keys_to_use_again([message.pk for message, _ in going if message.attempt_count])
    outbound = outbound_messages([Try(message, route.channel, again.get(message.pk) or uuid.uuid4()) for message, route in going])
    gateways = {route.line.pk: gateway_of(route.line) for _, route in going}
    for message, route in going:
        longest = settings.SEND_START_SECONDS + gateways[route.line.pk].send_timeout(outbound[message.pk])
        message.state, message.hold, message.channel, message.fallback_cause = State.SENDING, Hold.NONE, route.channel, route.cause
        message.line, message.attempt_count = route.line, message.attempt_count + 1
        message.lease_until = now + timedelta(seconds=longest + LEASE_MARGIN)
    opened = _write([message for message, _ in going], outbound, sender, now)
    return [
        Claim(opened[message.pk], deadline, gateways[route.line.pk], outbound[message.pk], route.line.pk, at_once[route.line.pk])
        for message, route in going
    ]


def _write(messages: Sequence[Message], outbound: Mapping[int, OutboundMessage], sender: int, now: datetime) -> dict[int, int]:
    """The new attempts' ids by message."""
    rows = [
        {
            "message": message.pk,
            "n": message.attempt_count,
            "line": message.line_id,
            "channel": message.channel,
            "key": outbound[message.pk].key,
            "cause": message.fallback_cause,
            "lease_until": message.lease_until,
            "quota_day": message.quota_day,
            "counted_day": message.counted_day,
            "counted_slice": message.counted_slice,
        }
        for message in messages
    ]
    return dict(statements.run(_BEGIN, {"sender": sender, "now": now, "rows": statements.rows(rows)}))


def _keys_to_use_again(messages: Sequence[int]) -> dict[int, uuid.UUID]:
    """The keys of attempts that never reached the gateway, by message."""
    if not messages:
        return {}
    last = Attempt.objects.filter(message__in=messages).order_by("message_id", "-n").distinct("message_id")
    return {attempt.message_id: attempt.client_guid for attempt in last if attempt.state == AttemptState.ABSENT}
