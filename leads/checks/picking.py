"""Which addresses are checked next: the most urgent leads that wait, each with its first address without a result."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from leads.checks.order import addresses_of
from leads.models import Address, CheckItem


@dataclass(frozen=True, slots=True)
class Ask:
    """An address to ask about. `lease` identifies the claim."""

    item_id: int
    address: str
    lease: datetime


def pick(workspace_id: int, count: int, lease: datetime, item_id: int | None) -> list[Ask]:
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
        asks += [Ask(pk, address, lease) for pk, address in found if address]
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


def take(taken: Iterable[tuple[Ask, int]]) -> None:
    """Write down which line (id) asks about what."""
    rows = ((ask.item_id, ask.address, line_id, ask.lease) for ask, line_id in taken)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [list(column) for column in zip(*rows, strict=True)])


def show(addresses: Collection[tuple[int, str]]) -> None:
    """These (workspace, address) as being checked; those that somebody writes at this moment stay as they are."""
    if addresses:
        with connection.cursor() as cursor:
            cursor.execute(_SHOW, [list(column) for column in zip(*addresses, strict=True)])


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

_TAKE: Final = """
UPDATE leads_checkitem i SET state = 'asking', value = v.value, line_id = v.line_id, lease_until = v.lease
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]) AS v(id, value, line_id, lease)
WHERE i.id = v.id
"""

# As `recording._ADDRESSES`: the index once for each, and a list of ids that is made once.
_SHOW: Final = """
UPDATE leads_address SET availability = 'checking' WHERE id = ANY(ARRAY(
    SELECT free.id FROM unnest(%s::bigint[], %s::text[]) AS v(workspace_id, value)
    CROSS JOIN LATERAL (
        SELECT a.id FROM leads_address a WHERE a.workspace_id = v.workspace_id AND a.value = v.value LIMIT 1
        FOR NO KEY UPDATE SKIP LOCKED
    ) free
))
"""
