"""The outbox: queued messages are claimed, pass the gate, and become attempts, all in one short transaction.

Locks are taken in one order everywhere, so that nobody deadlocks: line, message, person, lead, company, line day,
conversation. Whoever starts elsewhere (an opt-out, a reply) takes messages only where nobody holds them
(SKIP LOCKED) and leaves the rest to the gate.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from conversations import consents, consequences, gate, optout, step_outcomes, summary
from conversations.changes import announce
from conversations.compose import compose
from conversations.facts import Facts
from conversations.facts import read as read_facts
from conversations.letters import letters
from conversations.models import Attempt, Message
from conversations.routes import Route
from conversations.vocabulary import BY_HOURS, BY_LIMIT, TO_MANY, AttemptState, Hold, Origin, State
from lines.gateways.base import LineGateway, OutboundMessage
from lines.models import Line
from lines.wire import gateway_of

log = structlog.get_logger(__name__)

LEASE_MARGIN = 30.0
"""Seconds a sender has for writing the outcome after the longest possible send."""

PUT_OFF = timedelta(minutes=5)
"""When a message is looked at again that raised an error."""

LOOK_AT = 50
"""Messages examined per line and claim at most; many of them may have to wait or stop."""

MORE = 4
"""How many times as many are looked at after a look at which all had to wait or stop."""

# From the line after the last one on, so that lines whose turn did not come are first the next time.
_LINES_WITH_WORK = """
SELECT l.id FROM lines_line l
WHERE l.status = ANY(%s) AND EXISTS (
    SELECT 1 FROM conversations_message m WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at <= statement_timestamp())
ORDER BY l.id <= %s, l.id
LIMIT %s
FOR NO KEY UPDATE OF l SKIP LOCKED
"""

_LINE_OF = """
SELECT l.id FROM conversations_message m JOIN lines_line l ON l.id = m.line_id
WHERE l.status = ANY(%s) AND m.id = %s
FOR NO KEY UPDATE OF l SKIP LOCKED
"""

_IN_FLIGHT = """
SELECT line_id, COUNT(*) FROM conversations_message WHERE line_id = ANY(%s) AND state = 'sending' GROUP BY line_id
"""

# One message per person and line at a time, in the order they were written: an earlier one that is due, or that is
# being retried, goes first. What goes to many is looked at after what people write, and holds none of that up.
_DUE_OF = """
SELECT due.id, l.id AS line FROM unnest(%s::bigint[], %s::int[]) AS l(id, wanted) CROSS JOIN LATERAL (
    SELECT m.id FROM conversations_message m
    WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at <= statement_timestamp() AND {which}
      AND NOT EXISTS (SELECT 1 FROM conversations_message s
                      WHERE s.line_id = m.line_id AND s.address = m.address AND s.state = 'sending')
      AND (m.origin = 'consent' OR NOT EXISTS (
            SELECT 1 FROM conversations_message e
            WHERE e.conversation_id = m.conversation_id AND e.id < m.id AND e.state = 'queued' AND {before}
              AND (e.run_at <= statement_timestamp() OR e.attempt_count > 0)))
    ORDER BY m.run_at, m.id
    LIMIT {limit}
    FOR NO KEY UPDATE OF m SKIP LOCKED
) due
"""
_BY_PEOPLE = _DUE_OF.format(
    which="m.origin NOT IN ('batch', 'campaign')",
    before="(e.origin NOT IN ('batch', 'campaign') OR e.attempt_count > 0)",
    limit="l.wanted",
)
_TO_MANY = _DUE_OF.format(
    which="m.origin IN ('batch', 'campaign')",
    before="true",
    limit="GREATEST(0, l.wanted - (SELECT COUNT(*) FROM by_people p WHERE p.line = l.id))",
)
_DUE = f"""
WITH by_people AS MATERIALIZED ({_BY_PEOPLE}), to_many AS MATERIALIZED ({_TO_MANY})
SELECT id FROM by_people UNION ALL SELECT id FROM to_many
"""  # noqa: S608  our own statements

_BEGIN = """
UPDATE conversations_message m SET state = 'sending', hold = '', held_at = NULL, sender = %(sender)s, channel = w.channel,
    fallback_cause = w.cause, attempt_count = w.n, lease_until = w.lease_until, quota_day = w.quota_day,
    counted_day = w.counted_day, counted_hour = w.counted_hour
FROM unnest(%(ids)s::bigint[], %(channels)s::text[], %(causes)s::text[], %(ns)s::int[], %(leases)s::timestamptz[],
            %(quota_days)s::date[], %(counted_days)s::date[], %(counted_hours)s::timestamptz[])
    AS w(id, channel, cause, n, lease_until, quota_day, counted_day, counted_hour)
WHERE m.id = w.id
"""

_HOLD_FOR_LINE = """
UPDATE conversations_message m SET hold = 'line_inactive'
FROM lines_line l
WHERE l.id = m.line_id AND l.status <> ALL(%s) AND m.state = 'queued' AND m.run_at <= statement_timestamp()
  AND m.hold <> 'line_inactive'
RETURNING m.workspace_id, m.conversation_id
"""

# What hours or limits have held since before they were changed is looked at anew, some of each line at a time. An open
# transaction may have changed them a moment before it said so, hence the seconds.
_LOOK_ANEW = """
UPDATE conversations_message m SET run_at = statement_timestamp(), hold = '', held_at = NULL
FROM lines_line l
JOIN workspaces_workspace k ON k.id = l.workspace_id
CROSS JOIN LATERAL (
    SELECT w.id FROM conversations_message w
    WHERE w.line_id = l.id AND w.state = 'queued'
      AND w.held_at < GREATEST(l.limits_changed_at, k.limits_changed_at) + interval '5 s'
    ORDER BY w.held_at, w.id
    LIMIT 500
    FOR NO KEY UPDATE OF w SKIP LOCKED
) held
WHERE GREATEST(l.limits_changed_at, k.limits_changed_at) IS NOT NULL AND m.id = held.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that is committed and has to be made now."""

    attempt_id: int
    start_by: float  # on the clock of `boottime`, seconds
    gateway: LineGateway
    letter: OutboundMessage


def boottime() -> float:
    """Seconds since boot, counting the time the machine slept; time.monotonic stands still in a suspend."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def claim(sender: int, *, room: int) -> tuple[list[Claim], int]:
    """Turn up to `room` due messages into open attempts; also how many messages were looked at.

    1. Hold the lines that have due work and that nobody else is claiming for.
    2. For each, take its oldest due messages, one a person, and hold their people.
    3. Ask the gate about each; stop, hold or move those that may not go.
    4. For the rest write the attempts and the places they take. The commit makes the intention durable before the
       network is spoken to.

    Where one of the messages raises an error, each is claimed by itself and that one put off: nobody else's has to wait.
    """
    try:
        return _claim(sender, room)
    except _Broken as broken:
        log.exception("claim_broke_off", messages=len(broken.ids))
        return _claim_apart(sender, room, broken.ids)


class _Broken(Exception):
    """Something about one of these messages, or about its line, cannot be read."""

    def __init__(self, ids: list[int]) -> None:
        super().__init__(f"{len(ids)} messages")
        self.ids = ids


def _claim(sender: int, room: int, only: int | None = None) -> tuple[list[Claim], int]:
    deadline = boottime() + settings.SEND_START_SECONDS
    with transaction.atomic():
        free = _hold_lines(room, only)
        batch = _take_due(free, room, only)
        if not batch:
            return [], 0
        try:
            return _judge(batch, free, sender, room, deadline), len(batch)
        except OperationalError:  # locks, or the database itself: no message's fault
            raise
        except Exception as error:
            raise _Broken([message.pk for _, message in batch]) from error


def _judge(batch: list[tuple[Line, Message]], free: dict[Line, int], sender: int, room: int, deadline: float) -> list[Claim]:
    """Steps 3 and 4."""
    facts = read_facts(batch, timezone.now())
    going: list[tuple[Message, Route]] = []
    for line, message in batch:
        if free[line] <= 0 or len(going) >= room:
            continue
        if chosen := _through_gate(message, line, facts):
            going.append((message, chosen))
            free[line] -= 1
    _Round.note(batch, {message.pk for message, _ in going})
    facts.till.write()
    claims = _begin(going, sender, deadline, facts.now)
    _tell([message for _, message in batch if message.state != State.SENDING])
    return claims


def _claim_apart(sender: int, room: int, ids: list[int]) -> tuple[list[Claim], int]:
    claims: list[Claim] = []
    for pk in ids:
        if len(claims) >= room:
            break
        try:
            claims += _claim(sender, room - len(claims), only=pk)[0]
        except OperationalError:
            break  # what is claimed is committed, and has to be sent
        except _Broken:
            log.exception("message_put_off", message=pk)
            Message.objects.filter(pk=pk, state=State.QUEUED).update(run_at=timezone.now() + PUT_OFF, hold=Hold.RETRY)
    return claims, len(ids)


def _hold_lines(limit: int, only: int | None) -> dict[Line, int]:
    """Lines with work, or that of message `only`, locked, with the sends that each may begin."""
    with connection.cursor() as cursor:
        if only is None:
            cursor.execute(_LINES_WITH_WORK, [list(Line.SENDING), _Round.last, limit])
        else:
            cursor.execute(_LINE_OF, [list(Line.SENDING), only])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return {}
        _Round.last = ids[-1]
        cursor.execute(_IN_FLIGHT, [ids])
        flying = dict(cursor.fetchall())
    lines = Line.objects.filter(pk__in=ids).select_related("workspace", "fallback_line").order_by("pk")
    return {line: line.max_in_flight - flying.get(line.pk, 0) for line in lines}


class _Round:
    """What this process remembers from claim to claim. Forgetting it costs time alone."""

    last = 0  # the line at which the last claim ended
    look: ClassVar[dict[int, int]] = {}  # messages to look at, of lines whose last ones all had to wait

    @classmethod
    def note(cls, batch: list[tuple[Line, Message]], going: set[int]) -> None:
        """A line of whose messages none could go is looked at more deeply the next time."""
        gone = {line.pk for line, message in batch if message.pk in going}
        for pk, looked in Counter(line.pk for line, _ in batch).items():
            if pk in gone:
                cls.look.pop(pk, None)
            else:
                cls.look[pk] = min(LOOK_AT, looked * MORE)


def _take_due(free: Mapping[Line, int], room: int, only: int | None) -> list[tuple[Line, Message]]:
    """The oldest due messages of lines that may send, locked, one a person and line: about as many as there is room for."""
    open_lines = {line.pk: places for line, places in free.items() if places > 0}
    share = -(-room // max(1, len(open_lines)))
    wanted = {pk: max(min(places, share), _Round.look.get(pk, 0)) for pk, places in open_lines.items()}
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [list(wanted), list(wanted.values())] * 2)
        ids = [pk for (pk,) in cursor.fetchall() if only in (None, pk)]
    lines = {line.pk: line for line in free}
    found: dict[tuple[int | None, str], Message] = {}
    rows = Message.objects.filter(pk__in=ids).select_related("conversation", "batch__cancelled_by").order_by("run_at", "pk")
    for message in sorted(rows, key=lambda one: one.origin in TO_MANY):
        found.setdefault((message.line_id, message.address), message)
    batch = [(lines[message.line_id], message) for message in found.values() if message.line_id in lines]
    for line, message in batch:
        message.workspace = line.workspace
    return batch


def _through_gate(message: Message, line: Line, facts: Facts) -> Route | None:
    """The way the message goes now; otherwise what was decided is written, and None."""
    match gate.decide(message, line, facts):
        case gate.Go(route):
            return route
        case gate.Wait(hold, until):
            by_rule = hold in BY_HOURS or hold in BY_LIMIT
            message.hold, message.run_at, message.held_at = hold, until, facts.now if by_rule else None
            if by_rule or hold in (Hold.REMOVAL, Hold.CAMPAIGN_PAUSED, Hold.PAUSED):  # our own rules are no reason to give up
                message.expires_at = until + timedelta(hours=settings.SEND_EXPIRES_HOURS)
            message.save(update_fields=["hold", "run_at", "held_at", "expires_at"])
        case gate.Stop(state, reason, detail):
            message.state, message.reason, message.reason_detail, message.hold = state, reason, detail, Hold.NONE
            message.save(update_fields=["state", "reason", "reason_detail", "hold"])
        case gate.Move(route):
            consequences.return_place(message)
            message.line, message.next_channel, message.fallback_cause = route.line, route.channel, route.cause
            message.save(update_fields=["line", "next_channel", "fallback_cause"])
    return None


def _begin(going: list[tuple[Message, Route]], sender: int, deadline: float, now: datetime) -> list[Claim]:
    """Write the attempts, and move their messages to sending under a lease.

    The key of the last attempt is used again unless the gateway definitely refused it.
    """
    if not going:
        return []
    again = _keys_to_use_again([message for message, _ in going if message.attempt_count])
    attempts = []
    for message, route in going:
        message.state, message.hold, message.channel, message.fallback_cause = State.SENDING, Hold.NONE, route.channel, route.cause
        message.line, message.attempt_count = route.line, message.attempt_count + 1
        attempts.append(
            Attempt(
                workspace_id=message.workspace_id,
                message=message,
                n=message.attempt_count,
                line=route.line,
                channel=route.channel,
                client_guid=again.get(message.pk) or uuid.uuid4(),
                started_at=now,
            )
        )
    Attempt.objects.bulk_create(attempts)
    written = letters(attempts)
    claims = [
        Claim(one.pk, deadline, gateway_of(route.line), written[one.pk]) for one, (_, route) in zip(attempts, going, strict=True)
    ]
    for (message, _), claim in zip(going, claims, strict=True):
        longest = settings.SEND_START_SECONDS + claim.gateway.send_timeout(claim.letter)
        message.lease_until = now + timedelta(seconds=longest + LEASE_MARGIN)
    messages = [message for message, _ in going]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "sender": sender,
            "ids": [message.pk for message in messages],
            "channels": [message.channel for message in messages],
            "causes": [message.fallback_cause for message in messages],
            "ns": [message.attempt_count for message in messages],
            "leases": [message.lease_until for message in messages],
            "quota_days": [message.quota_day for message in messages],
            "counted_days": [message.counted_day for message in messages],
            "counted_hours": [message.counted_hour for message in messages],
        }
        cursor.execute(_BEGIN, values)
    return claims


def _keys_to_use_again(messages: list[Message]) -> dict[int, uuid.UUID]:
    """The keys of attempts that never reached the gateway, by message."""
    if not messages:
        return {}
    last = Attempt.objects.filter(message__in=messages).order_by("message_id", "-n").distinct("message_id")
    return {attempt.message_id: attempt.client_guid for attempt in last if attempt.state == AttemptState.ABSENT}


def _tell(changed: list[Message]) -> None:
    """Steps learn of their messages' ends; consent messages for those that wait for one; summaries, in order."""
    step_outcomes.settle([message.pk for message in changed if message.execution_id])
    for message in sorted(changed, key=lambda m: m.conversation_id):
        if message.hold == Hold.CONSENT:
            compose(
                message.conversation,
                message.workspace.consent_text,
                origin=Origin.CONSENT,
                dedupe_key=consents.key(message.conversation),
                line=message.line,
            )
    by_workspace: dict[int, set[int]] = {}
    for message in changed:
        by_workspace.setdefault(message.workspace_id, set()).add(message.conversation_id)
    summary.refresh(message.conversation_id for message in changed)
    for workspace_id, conversation_ids in by_workspace.items():
        announce(workspace_id, conversation_ids)


_NEXT_DUE = """
SELECT EXTRACT(EPOCH FROM MIN(next.run_at) - statement_timestamp())
FROM lines_line l CROSS JOIN LATERAL (
    SELECT m.run_at FROM conversations_message m
    WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at > statement_timestamp()
      AND m.run_at < statement_timestamp() + %s * interval '1 s'
    ORDER BY m.run_at LIMIT 1) next
WHERE l.status = ANY(%s)
"""


def due_within(seconds: float) -> float | None:
    """Seconds until a message becomes due that waits for its time; None when none does so soon."""
    if seconds <= 0:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE, [seconds, list(Line.SENDING)])
        (wait,) = cursor.fetchone()
    return None if wait is None else max(0.0, float(wait))


def sweep() -> None:
    """What time and other people's changes do to queued messages: cancel those to people who were opted out elsewhere,
    hold those of lines that do not send, look anew at those whose hours or limits were changed, and end those that could
    not be sent in time."""
    optout.settle()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD_FOR_LINE, [list(Line.SENDING)])
        for workspace_id, conversation_id in cursor.fetchall():
            announce(workspace_id, [conversation_id])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOOK_ANEW)
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
