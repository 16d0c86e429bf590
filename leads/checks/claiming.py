"""Claiming: which line asks about which address next. One check at a time on a line, spaced, so many a day (R18, G5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from leads.checks.order import addresses_of
from leads.models import Address, CheckItem, CheckPace
from lines import quota
from lines.models import Line

ASK_SECONDS: Final = 35.0
"""The longest a gateway may take for one answer (it gives up after 30 s), with some room."""

LEASE_MARGIN: Final = 15.0

AT_ONCE: Final = 16
"""Addresses that a line without spacing takes with one claim, asked one after another."""

AT_FIRST: Final = 4
"""The most that it takes with the first claim: asking begins at once, and lines come back one by one, not all together."""


@dataclass(frozen=True, slots=True)
class Ask:
    item_id: int
    address: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one line asks now, in this order. `lease` identifies the claim."""

    line: Line
    lease: datetime
    asks: list[Ask] = field(default_factory=list)


@transaction.atomic
def claim(room: int, *, item_id: int | None = None, first: bool = False) -> list[Batch]:
    """What up to `room` lines may ask right now; with `item_id`, only that item over any one line.

    `first`: nobody asks yet, so the batches are small and of several sizes.

    1. Hold the lines that are free, whose spacing has passed and whose day has room.
    2. Give them the most urgent items of their workspace in turn, each with the next address in order.
    3. Write the claim: until its lease ends nobody else asks over the line or about the lead.
    """
    batches: list[Batch] = []
    for places in _free(room, item_id, first=first).values():
        batches += _fill(places, item_id)
    _mark(batches)
    return batches


@dataclass(slots=True)
class Place:
    """A line that may ask, held, and how many addresses it may take."""

    pace: CheckPace
    takes: int


def _free(room: int, item_id: int | None, *, first: bool) -> dict[int, list[Place]]:
    """By workspace."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE, {"sending": list(Line.SENDING), "room": 1 if item_id else room, "item": item_id})
        ids = [row[0] for row in cursor.fetchall()]
    found: dict[int, list[Place]] = {}
    for nth, pace in enumerate(
        CheckPace.objects.filter(pk__in=ids).select_related("line", "line__workspace").order_by("next_at", "pk")
    ):
        most = 1 if pace.line.check_spacing or item_id else 1 + nth % AT_FIRST if first else AT_ONCE
        found.setdefault(pace.workspace_id, []).append(Place(pace, min(most, _left(pace))))
    return found


def _left(pace: CheckPace) -> int:
    """What its day still allows; a new day begins here."""
    day = quota.today(pace.line)
    if pace.day != day:
        pace.day, pace.used = day, 0
    return pace.line.daily_check_limit - pace.used


def _fill(places: list[Place], item_id: int | None) -> list[Batch]:
    """Share the items of one workspace out among its lines, one each in turn."""
    workspace_id = places[0].pace.workspace_id
    share = _share(workspace_id)
    for place in places:
        place.takes = min(place.takes, share)
    asks = _asks(workspace_id, sum(place.takes for place in places), item_id)
    lease = timezone.now() + timedelta(seconds=max(place.takes for place in places) * ASK_SECONDS + LEASE_MARGIN)
    batches = [Batch(place.pace.line, lease) for place in places]
    turns = cycle(zip(places, batches, strict=True))
    for ask in asks:
        batch = next(batch for place, batch in turns if len(batch.asks) < place.takes)
        batch.asks.append(ask)
    _write(places, batches, lease)
    return [batch for batch in batches if batch.asks]


def _share(workspace_id: int) -> int:
    """The most that one line takes of what waits now, so that the lines of a workspace come to the end together."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, {"workspace": workspace_id, "sending": list(Line.SENDING), "most": AT_ONCE})
        share: int = cursor.fetchone()[0]
    return share


def _write(places: list[Place], batches: list[Batch], lease: datetime) -> None:
    """The claim, in the rows of the lines and of the items."""
    busy = [(place.pace, len(batch.asks)) for place, batch in zip(places, batches, strict=True) if batch.asks]
    taken = [(ask, batch.line.pk) for batch in batches for ask in batch.asks]
    with connection.cursor() as cursor:
        lines = [p.pk for p, _ in busy], [p.day for p, _ in busy], [p.used + n for p, n in busy]
        cursor.execute(_BUSY, [lease, *lines, [p.line.check_spacing for p, _ in busy]])
        items = [ask.item_id for ask, _ in taken], [ask.address for ask, _ in taken], [line_id for _, line_id in taken]
        cursor.execute(_TAKE, [lease, *items])


def _asks(workspace_id: int, count: int, item_id: int | None) -> list[Ask]:
    """The most urgent items with their next address, held. Items that have none left to ask end here."""
    asks: list[Ask] = []
    seen: list[int] = []
    while len(asks) < count:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, {"workspace": workspace_id, "item": item_id, "count": count - len(asks), "seen": seen})
            found: list[tuple[int, str | None]] = cursor.fetchall()
        if not found:
            break
        seen += [pk for pk, _ in found]
        asks += [Ask(pk, address) for pk, address in found if address]
        _end([pk for pk, address in found if not address])
    return asks


def _end(item_ids: list[int]) -> None:
    """Their addresses went while they waited, or they never had one."""
    items = list(CheckItem.objects.filter(pk__in=item_ids))
    known = addresses_of(items)
    for item in items:
        item.state, item.finished_at = CheckItem.State.DONE, timezone.now()
        if known[item.pk] and not item.failed:
            item.outcome = Address.Availability.UNAVAILABLE
        else:
            item.outcome = Address.Availability.ERROR
            item.reason = item.reason or "This lead has no phone number and no email address to check."
        item.save(update_fields=["state", "finished_at", "outcome", "reason"])


def _mark(batches: list[Batch]) -> None:
    """Show the addresses as being checked; those that somebody writes at this moment stay as they are."""
    values = [ask.address for batch in batches for ask in batch.asks]
    rows = Address.objects.filter(workspace__in={batch.line.workspace_id for batch in batches}, value__in=values)
    free = list(rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    Address.objects.filter(pk__in=free).update(availability=Address.Availability.CHECKING)


_FREE: Final = """
SELECT p.id FROM leads_checkpace p
JOIN lines_line l ON l.id = p.line_id
JOIN workspaces_workspace w ON w.id = p.workspace_id
WHERE l.status = ANY(%(sending)s) AND l.kind = 'imessage'
  AND p.next_at <= statement_timestamp() AND (p.busy_until IS NULL OR p.busy_until <= statement_timestamp())
  AND l.daily_check_limit > CASE WHEN p.day = (statement_timestamp() AT TIME ZONE w.time_zone)::date THEN p.used ELSE 0 END
  AND EXISTS (SELECT 1 FROM leads_checkitem i
              WHERE i.workspace_id = p.workspace_id AND i.state = 'queued' AND i.run_at <= statement_timestamp()
                AND (%(item)s::bigint IS NULL OR i.id = %(item)s))
ORDER BY p.next_at, p.id
LIMIT %(room)s
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

# Each with the first of its addresses that has no answer yet, in the order of `in_order`.
_NEXT: Final = """
WITH next AS (
    SELECT i.id, i.priority, i.lead_id, i.value, i.tried FROM leads_checkitem i
    WHERE i.workspace_id = %(workspace)s AND i.state = 'queued' AND i.run_at <= statement_timestamp()
      AND (%(item)s::bigint IS NULL OR i.id = %(item)s) AND i.id <> ALL(%(seen)s)
    ORDER BY i.priority, i.id
    LIMIT %(count)s
    FOR NO KEY UPDATE OF i SKIP LOCKED
)
SELECT n.id, CASE
    WHEN n.lead_id IS NOT NULL THEN (
        SELECT a.value FROM leads_address a WHERE a.lead_id = n.lead_id AND a.value <> ALL(n.tried)
        ORDER BY a.rank > 0, a.kind = 'email', a.rank LIMIT 1)
    WHEN n.value <> ALL(n.tried) THEN n.value
END
FROM next n ORDER BY n.priority, n.id
"""

_BUSY: Final = """
UPDATE leads_checkpace p SET
    busy_until = %s, day = v.day, used = v.used, next_at = statement_timestamp() + make_interval(secs => v.spacing)
FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[]) AS v(id, day, used, spacing)
WHERE p.id = v.id
"""

_TAKE: Final = """
UPDATE leads_checkitem i SET state = 'asking', value = v.value, line_id = v.line_id, lease_until = %s
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS v(id, value, line_id)
WHERE i.id = v.id
"""


def know_lines() -> None:
    """A pace for every line that has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOW)


_KNOW: Final = """
INSERT INTO leads_checkpace (workspace_id, line_id, day, used, next_at, failures)
SELECT l.workspace_id, l.id, (statement_timestamp() AT TIME ZONE w.time_zone)::date, 0, statement_timestamp(), 0
FROM lines_line l JOIN workspaces_workspace w ON w.id = l.workspace_id
WHERE l.kind = 'imessage' AND NOT EXISTS (SELECT 1 FROM leads_checkpace p WHERE p.line_id = l.id)
ON CONFLICT DO NOTHING
"""
