"""Which lines may check right now, and how much: one check at a time on a line, spaced, limited per day (R18, G5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from lines.models import Line

AT_ONCE: Final = 8
"""Addresses that a line without spacing takes with one claim, asked one after another."""

AT_FIRST: Final = 2
"""What it takes with the first claim: asking begins at once, and more is claimed while it does."""


@dataclass(slots=True)
class Place:
    """A line that may ask, held, and how many addresses it may take beside those it `has` still to ask."""

    line_id: int
    takes: int
    has: int = 0


Held = dict[tuple[int, datetime], int]
"""{(line id, lease): addresses that it has still to ask}, of lines that this very process holds and that may take more."""


def free(room: int, *, item_id: int | None, first: bool, held: Held) -> dict[int, list[Place]]:
    """Up to `room` lines that nobody holds, and those of `held`; by workspace. Call inside a transaction."""
    lines, leases = [line for line, _ in held], [lease for _, lease in held]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"sending": list(Line.SENDING), "room": room, "item": item_id, "lines": lines, "leases": leases}
        cursor.execute(_FREE, values)
        rows: list[tuple[int, int, datetime | None, int, int]] = cursor.fetchall()
    found: dict[int, list[Place]] = {}
    for workspace_id, line_id, busy_until, spacing, left in rows:
        most = 1 if spacing or item_id else AT_FIRST if first else AT_ONCE
        has = held.get((line_id, busy_until), 0) if busy_until else 0
        found.setdefault(workspace_id, []).append(Place(line_id, min(most, left), has))
    return found


def lines(ids: Iterable[int]) -> dict[int, Line]:
    return Line.objects.in_bulk(list(ids))


def share(workspace_id: int) -> int:
    """The most that one line takes of what waits now, so that the lines of a workspace come to the end together."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, {"workspace": workspace_id, "sending": list(Line.SENDING), "most": AT_ONCE})
        most: int = cursor.fetchone()[0]
    return most


def hold(taken: Iterable[tuple[int, int]], lease: datetime) -> None:
    """Write down that these lines (ids) ask until `lease`, and count the addresses that each took to its day."""
    lines, counts = zip(*taken, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [lease, list(lines), list(counts)])


def know_lines() -> None:
    """A pace for every line that has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOW)


_FREE: Final = """
WITH waiting AS MATERIALIZED (
    SELECT w.id, (statement_timestamp() AT TIME ZONE w.time_zone)::date AS today FROM workspaces_workspace w
    WHERE EXISTS (SELECT 1 FROM leads_checkitem i
                  WHERE i.workspace_id = w.id AND i.state = 'queued' AND i.run_at <= statement_timestamp()
                    AND (%(item)s::bigint IS NULL OR i.id = %(item)s))
)
SELECT p.workspace_id, p.line_id, p.busy_until, l.check_spacing, l.daily_check_limit - d.used
FROM waiting w
JOIN leads_checkpace p ON p.workspace_id = w.id
JOIN lines_line l ON l.id = p.line_id
CROSS JOIN LATERAL (SELECT CASE WHEN p.day = w.today THEN p.used ELSE 0 END AS used) d
WHERE l.status = ANY(%(sending)s) AND l.kind = 'imessage' AND l.daily_check_limit > d.used
  AND (p.next_at <= statement_timestamp() AND (p.busy_until IS NULL OR p.busy_until <= statement_timestamp())
       OR (p.line_id, p.busy_until) IN (SELECT * FROM unnest(%(lines)s::bigint[], %(leases)s::timestamptz[])))
ORDER BY p.next_at, p.id
LIMIT %(room)s + cardinality(%(lines)s::bigint[])
FOR NO KEY UPDATE OF p SKIP LOCKED
"""

_SHARE: Final = """
WITH asked_over AS (
    SELECT greatest(1, count(*)) AS lines FROM lines_line
    WHERE workspace_id = %(workspace)s AND kind = 'imessage' AND status = ANY(%(sending)s)
), waiting AS (
    SELECT 1 FROM leads_checkitem WHERE workspace_id = %(workspace)s AND state = 'queued' AND run_at <= statement_timestamp()
    LIMIT (SELECT lines * %(most)s FROM asked_over)
)
SELECT greatest(1, ceil((SELECT count(*) FROM waiting)::float / lines)::int) FROM asked_over
"""

_BUSY: Final = """
UPDATE leads_checkpace p SET
    busy_until = %s, day = t.day, used = CASE WHEN p.day = t.day THEN p.used ELSE 0 END + v.took,
    next_at = statement_timestamp() + make_interval(secs => l.check_spacing)
FROM unnest(%s::bigint[], %s::int[]) AS v(line_id, took)
JOIN lines_line l ON l.id = v.line_id
JOIN workspaces_workspace w ON w.id = l.workspace_id
CROSS JOIN LATERAL (SELECT (statement_timestamp() AT TIME ZONE w.time_zone)::date AS day) t
WHERE p.line_id = v.line_id
"""

_KNOW: Final = """
INSERT INTO leads_checkpace (workspace_id, line_id, day, used, next_at, failures)
SELECT l.workspace_id, l.id, (statement_timestamp() AT TIME ZONE w.time_zone)::date, 0, statement_timestamp(), 0
FROM lines_line l JOIN workspaces_workspace w ON w.id = l.workspace_id
WHERE l.kind = 'imessage' AND NOT EXISTS (SELECT 1 FROM leads_checkpace p WHERE p.line_id = l.id)
ON CONFLICT DO NOTHING
"""
