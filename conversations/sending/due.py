"""Which messages are due: those of lines that may send, one a person, oldest first, locked.

Nobody waits here for anybody: lines and messages that another process holds are its own (SKIP LOCKED).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db import connection

from conversations.models import Message
from conversations.sending.sender import turn_of
from conversations.vocabulary import TO_MANY
from lines.models import Line

LOOK_AT: Final = 50
"""Messages examined per line and claim at most; many of them may have to wait or stop."""

MORE: Final = 4
"""How many times as many are looked at after a look at which all had to wait or stop."""

_HAS_WORK = """EXISTS (
    SELECT 1 FROM conversations_message m WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at <= statement_timestamp())"""

_OTHERS = """(
    SELECT COUNT(*) FROM conversations_message o
    WHERE o.line_id = l.id AND o.state = 'sending' AND o.sender IS DISTINCT FROM %(sender)s)"""

# From the line after the last one on, so that lines whose turn did not come are first the next time. Several senders share
# lines out among them: each takes its own, and those for which nobody else has anything under way.
_LINES_WITH_WORK = f"""
SELECT l.id FROM lines_line l
WHERE l.status = ANY(%(sending)s) AND l.id <> ALL(%(shut)s) AND {_HAS_WORK}
  AND {_OTHERS} < CASE l.id %% %(of)s WHEN %(place)s THEN l.max_in_flight ELSE 1 END
ORDER BY l.id <= %(last)s, l.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF l SKIP LOCKED
"""  # noqa: S608  our own statements

_OWN_WORK = f"""
SELECT EXISTS (SELECT 1 FROM lines_line l WHERE l.status = ANY(%(sending)s) AND l.id %% %(of)s = %(place)s AND {_HAS_WORK})
"""  # noqa: S608

_LINE_OF = """
SELECT l.id FROM conversations_message m JOIN lines_line l ON l.id = m.line_id
WHERE l.status = ANY(%s) AND m.id = %s
FOR NO KEY UPDATE OF l SKIP LOCKED
"""

_IN_FLIGHT = """
SELECT line_id, COUNT(*) FILTER (WHERE sender = %s), COUNT(*) FILTER (WHERE sender IS DISTINCT FROM %s)
FROM conversations_message WHERE line_id = ANY(%s) AND state = 'sending' GROUP BY line_id
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

_NEXT_DUE = """
SELECT EXTRACT(EPOCH FROM MIN(next.run_at) - statement_timestamp())
FROM lines_line l CROSS JOIN LATERAL (
    SELECT m.run_at FROM conversations_message m
    WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at > statement_timestamp()
      AND m.run_at < statement_timestamp() + %s * interval '1 s'
    ORDER BY m.run_at LIMIT 1) next
WHERE l.status = ANY(%s)
"""

# What the gate and the letter need. A rarer question loads what it asks for.
_NEEDED: Final = (
    "workspace", "conversation", "line", "address", "body", "has_media", "origin", "author", "created_at", "scheduled_at",
    "expires_at", "retry_of", "cancel_on_reply", "execution", "batch", "state", "hold", "run_at", "held_at", "requested_channel",
    "fallback", "next_channel", "fallback_cause", "attempt_count", "quota_day", "counted_day", "counted_hour",
    "conversation__workspace", "conversation__lead",
)  # fmt: skip

Allowance = Callable[[int, int, int], int]
"""(line, sends that its gateway may have from us, those we have claimed) -> how many more this process wants to claim."""


def all_of_it(line: int, at_once: int, mine: int) -> int:
    """Whoever asks sends as much at once as the gateway allows."""
    return at_once - mine


@dataclass(frozen=True, slots=True)
class Held:
    """A line that is held. `at_once`: sends that its gateway may have from us; `free`: messages that may be claimed."""

    line: Line
    at_once: int
    free: int


def hold_lines(sender: int, limit: int, shut: Collection[int], more: Allowance, only: int | None) -> dict[int, Held]:
    """Lines with work but those of `shut`, or that of message `only`, locked, by id.

    What other senders have claimed counts as under way. This process may have claimed more than is under way: it sends
    `at_once` of them at once, and learns anew how many that may be with each claim, under the line's lock. Of a line that
    is another sender's turn it takes half, so that there is always room for that one to begin.
    """
    turn = turn_of(sender)
    with connection.cursor() as cursor:
        if only is None:
            which: dict[str, Any] = {"sending": list(Line.SENDING), "sender": sender, "place": turn.place, "of": turn.of}
            cursor.execute(_LINES_WITH_WORK, {**which, "shut": list(shut), "last": Round.last, "limit": limit})
        else:
            cursor.execute(_LINE_OF, [list(Line.SENDING), only])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return {}
        Round.last = ids[-1]
        cursor.execute(_IN_FLIGHT, [sender, sender, ids])
        flying = {line: (mine, others) for line, mine, others in cursor.fetchall()}
    held = {}
    for line in Line.objects.filter(pk__in=ids).select_related("workspace", "fallback_line").order_by("pk"):
        mine, others = flying.get(line.pk, (0, 0))
        at_once = max(0, line.max_in_flight - others)
        if turn.owns(line.pk):
            free = more(line.pk, at_once, mine)
        else:
            at_once = min(at_once, max(1, line.max_in_flight // 2))
            free = min(more(line.pk, at_once, mine), max(0, at_once - mine))
        held[line.pk] = Held(line, at_once, free)
    return held


def waits_for_others(sender: int) -> bool:
    """Whether lines that are this sender's turn have due messages, while there are others who may not be done with them."""
    turn = turn_of(sender)
    if turn.of == 1:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_OWN_WORK, {"sending": list(Line.SENDING), "place": turn.place, "of": turn.of})
        return bool(cursor.fetchone()[0])


class Round:
    """What this process remembers from claim to claim. Forgetting it costs time alone."""

    last: ClassVar[int] = 0  # the line at which the last claim ended
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


def take_due(held: Mapping[int, Held], room: int, only: int | None) -> list[tuple[Line, Message]]:
    """The oldest due messages of these lines, locked, one a person and line: about as many as there is room for."""
    open_lines = {pk: one.free for pk, one in held.items() if one.free > 0}
    share = -(-room // max(1, len(open_lines)))
    wanted = {pk: max(min(places, share), Round.look.get(pk, 0)) for pk, places in open_lines.items()}
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [list(wanted), list(wanted.values())] * 2)
        ids = [pk for (pk,) in cursor.fetchall() if only in (None, pk)]
    if not ids:
        return []
    found: dict[tuple[int | None, str], Message] = {}
    rows = Message.objects.filter(pk__in=ids).select_related("conversation").only(*_NEEDED).order_by("run_at", "pk")
    for message in sorted(rows, key=lambda one: one.origin in TO_MANY):
        found.setdefault((message.line_id, message.address), message)
    batch = [(held[message.line_id].line, message) for message in found.values() if message.line_id]
    for line, message in batch:
        message.workspace = message.conversation.workspace = line.workspace
    return batch


def due_within(seconds: float) -> float | None:
    """Seconds until a message becomes due that waits for its time; None when none does so soon."""
    if seconds <= 0:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE, [seconds, list(Line.SENDING)])
        (wait,) = cursor.fetchone()
    return None if wait is None else max(0.0, float(wait))
