"""The outbox: queued messages are claimed, pass the gate, and become attempts, all in one short transaction.

Locks are taken in one order everywhere, so that nobody deadlocks: line, message, person, lead, company, line day,
conversation. Whoever starts elsewhere (an opt-out, a reply) takes messages only where nobody holds them
(SKIP LOCKED) and leaves the rest to the gate.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from conversations import gate, optout, summary
from conversations.changes import announce
from conversations.compose import compose
from conversations.letters import letter
from conversations.models import Attempt, Message
from conversations.routes import Route
from conversations.vocabulary import AttemptState, Hold, Origin, State
from lines.models import Line
from lines.wire import gateway_of

LEASE_MARGIN = 30.0
"""Seconds a sender has for writing the outcome after the longest possible send."""

LOOK_AT = 50
"""Messages examined per line and claim; most of them may have to wait or stop."""

_LINES_WITH_WORK = """
SELECT l.id FROM lines_line l
WHERE l.status = ANY(%s) AND EXISTS (
    SELECT 1 FROM conversations_message m WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at <= statement_timestamp())
ORDER BY l.id
LIMIT %s
FOR NO KEY UPDATE OF l SKIP LOCKED
"""

# One message per person and line at a time, in the order they were written: an earlier one that is due, or that is
# being retried, goes first.
_DUE = """
SELECT m.id FROM conversations_message m
WHERE m.line_id = %s AND m.state = 'queued' AND m.run_at <= statement_timestamp()
  AND NOT EXISTS (SELECT 1 FROM conversations_message s
                  WHERE s.line_id = m.line_id AND s.address = m.address AND s.state = 'sending')
  AND (m.origin = 'consent' OR NOT EXISTS (
        SELECT 1 FROM conversations_message e
        WHERE e.conversation_id = m.conversation_id AND e.id < m.id AND e.state = 'queued'
          AND (e.run_at <= statement_timestamp() OR e.attempt_count > 0)))
ORDER BY m.run_at, m.id
LIMIT %s
FOR NO KEY UPDATE OF m SKIP LOCKED
"""

_HOLD_FOR_LINE = """
UPDATE conversations_message m SET hold = 'line_inactive'
FROM lines_line l
WHERE l.id = m.line_id AND l.status <> ALL(%s) AND m.state = 'queued' AND m.run_at <= statement_timestamp()
  AND m.hold <> 'line_inactive'
RETURNING m.workspace_id, m.conversation_id
"""

_RELEASE_ROOM = """
UPDATE conversations_message m SET run_at = statement_timestamp(), hold = ''
FROM lines_line l
CROSS JOIN LATERAL (
    SELECT w.id FROM conversations_message w
    WHERE w.line_id = l.id AND w.state = 'queued' AND w.hold = 'new_limit' AND w.run_at > statement_timestamp()
    ORDER BY w.run_at, w.id
    LIMIT GREATEST(0, l.daily_new_limit - COALESCE((
        SELECT d.started FROM lines_lineday d
        JOIN workspaces_workspace k ON k.id = l.workspace_id
        WHERE d.line_id = l.id AND d.day = (statement_timestamp() AT TIME ZONE k.time_zone)::date), 0))
) room
WHERE m.id = room.id AND m.state = 'queued'
RETURNING m.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that is committed and has to be made now."""

    attempt_id: int
    start_by: float  # on the clock of `boottime`, seconds


def boottime() -> float:
    """Seconds since boot, counting the time the machine slept; time.monotonic stands still in a suspend."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def claim(sender: int, *, room: int) -> tuple[list[Claim], int]:
    """Turn up to `room` due messages into open attempts; also how many messages were looked at.

    1. Hold the lines that have due work and that nobody else is claiming for.
    2. For each, take its oldest due messages, one a person, and hold their people.
    3. Ask the gate about each; stop, hold or move those that may not go.
    4. For the rest write the attempt. The commit makes the intention durable before the network is spoken to.
    """
    deadline = boottime() + settings.SEND_START_SECONDS
    with transaction.atomic():
        free = {line: line.max_in_flight - _in_flight(line) for line in _hold_lines(limit=room)}
        due = {line: _take_due(line) for line, places in free.items() if places > 0}
        examined = [message for batch in due.values() for message in batch]
        people = gate.lock_people(examined)
        attempts: list[Attempt] = []
        for line, batch in due.items():
            attempts += _through_gate(batch, line, people, sender, min(free[line], room - len(attempts)))
        changed = [message for message in examined if message.state != State.SENDING]
        _tell(changed)
    return [Claim(attempt.pk, deadline) for attempt in attempts], len(examined)


def _hold_lines(limit: int) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES_WITH_WORK, [list(Line.SENDING), limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Line.objects.filter(pk__in=ids).select_related("workspace", "fallback_line").order_by("pk"))


def _in_flight(line: Line) -> int:
    return Message.objects.filter(line=line, state=State.SENDING).count()


def _take_due(line: Line) -> list[Message]:
    """The oldest due messages of the line, locked, one a person."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [line.pk, LOOK_AT])
        ids = [row[0] for row in cursor.fetchall()]
    rows = Message.objects.filter(pk__in=ids).select_related("conversation", "workspace").order_by("run_at", "pk")
    first: dict[str, Message] = {}
    for message in rows:
        first.setdefault(message.address, message)
    return list(first.values())


def _through_gate(batch: list[Message], line: Line, people: gate.People, sender: int, free: int) -> list[Attempt]:
    """Decide on each message of a line until `free` of them may go; write what was decided."""
    attempts: list[Attempt] = []
    for message in batch:
        if len(attempts) >= free:
            break
        match gate.decide(message, line, people):
            case gate.Go(route):
                attempts.append(_begin(message, route, sender))
            case gate.Wait(hold, until):
                message.hold, message.run_at = hold, until
                if hold in (Hold.NEW_LIMIT, Hold.QUIET_HOURS, Hold.REMOVAL):  # our own rules are no reason to give up
                    message.expires_at = until + timedelta(hours=settings.SEND_EXPIRES_HOURS)
                message.save(update_fields=["hold", "run_at", "expires_at"])
            case gate.Stop(state, reason, detail):
                message.state, message.reason, message.reason_detail, message.hold = state, reason, detail, Hold.NONE
                message.save(update_fields=["state", "reason", "reason_detail", "hold"])
            case gate.Move(route):
                message.line, message.next_channel, message.fallback_cause = route.line, route.channel, route.cause
                message.save(update_fields=["line", "next_channel", "fallback_cause"])
    return attempts


def _begin(message: Message, route: Route, sender: int) -> Attempt:
    """Move the message to sending under a lease, and write the attempt.

    The key of the last attempt is used again unless the gateway definitely refused it.
    """
    last = message.attempts.order_by("-n").first()
    message.state, message.hold, message.sender = State.SENDING, Hold.NONE, sender
    message.channel, message.fallback_cause = route.channel, route.cause
    message.attempt_count += 1
    attempt = Attempt(
        workspace_id=message.workspace_id,
        message=message,
        n=message.attempt_count,
        line=route.line,
        channel=route.channel,
    )
    if last and last.state == AttemptState.ABSENT:
        attempt.client_guid = last.client_guid
    attempt.save(force_insert=True)
    longest = settings.SEND_START_SECONDS + gateway_of(route.line).send_timeout(letter(attempt))
    message.lease_until = timezone.now() + timedelta(seconds=longest + LEASE_MARGIN)
    message.save(
        update_fields=["state", "hold", "sender", "channel", "fallback_cause", "attempt_count", "lease_until", "quota_day"]
    )
    return attempt


def _tell(changed: list[Message]) -> None:
    """Consent messages for those that wait for one, then summaries, in order of conversation."""
    for message in sorted(changed, key=lambda m: m.conversation_id):
        if message.hold == Hold.CONSENT:
            compose(
                message.conversation,
                message.workspace.consent_text,
                origin=Origin.CONSENT,
                dedupe_key=gate.consent_key(message.conversation),
                line=message.line,
            )
    by_workspace: dict[int, set[int]] = {}
    for message in changed:
        by_workspace.setdefault(message.workspace_id, set()).add(message.conversation_id)
    summary.refresh(message.conversation_id for message in changed)
    for workspace_id, conversation_ids in by_workspace.items():
        announce(workspace_id, conversation_ids)


def sweep() -> None:
    """What time and other people's changes do to queued messages: cancel those to people who were opted out elsewhere,
    hold those of lines that do not send, let those go on for which a line has room again, and end those that could not
    be sent in time."""
    optout.settle()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD_FOR_LINE, [list(Line.SENDING)])
        for workspace_id, conversation_id in cursor.fetchall():
            announce(workspace_id, [conversation_id])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RELEASE_ROOM)
    _expire()


@transaction.atomic
def _expire() -> None:
    late = Message.objects.filter(state=State.QUEUED, expires_at__lte=timezone.now())
    messages = list(late.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("pk")[:500])
    for message in messages:
        message.reason_detail = Hold(message.hold).label
        message.state, message.reason, message.hold = State.FAILED, "expired", Hold.NONE
        message.save(update_fields=["state", "reason", "reason_detail", "hold"])
    _tell(messages)
