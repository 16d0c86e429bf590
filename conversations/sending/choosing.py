"""Which line writes to somebody: the one they know, else the one of those allowed that has most room left.

A line that is not connected is never chosen (S0-112). A contact who has exchanged messages with one of the lines stays with
it: while that line is not connected there is no line for them, and the caller waits rather than write from a number
they do not know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from conversations.models import Message
from conversations.vocabulary import State
from lines import quota
from lines.models import Line
from lines.rotation import Load, Rotation
from workspaces.models import Workspace

_LAST_LINE: Final = """
SELECT DISTINCT ON (w.key) w.key, e.line_id
FROM unnest(%(keys)s::text[], %(addresses)s::text[]) AS w(key, address)
CROSS JOIN unnest(%(lines)s::bigint[]) AS l(id)
CROSS JOIN LATERAL (
    SELECT m.line_id, m.at FROM conversations_message m
    WHERE m.line_id = l.id AND m.address = w.address
      AND (m.direction = 'in' OR m.sent_at IS NOT NULL OR m.state IN ('queued', 'sending'))
    ORDER BY m.at DESC LIMIT 1
) e
ORDER BY w.key, e.at DESC
"""

_ELSEWHERE: Final = """
SELECT a.value, o.value FROM unnest(%s::text[]) AS w(address)
JOIN leads_address a ON a.workspace_id = %s AND a.value = w.address
JOIN leads_address o ON o.lead_id = a.lead_id AND o.id <> a.id
"""


def choose_lines(
    workspace: Workspace, addresses: Collection[str], lines: Sequence[Line], now: datetime | None = None
) -> dict[str, Line | None]:
    """The line for each address, of those allowed; None when theirs, or every one, is not connected.

    New ones are given out in the order of `addresses`, and count for the next.
    """
    by_id = {line.pk: line for line in lines if line.workspace_id == workspace.pk}
    known = known_lines(workspace, addresses, by_id.keys())
    turn = Rotation(loads(workspace, [line for line in by_id.values() if line.sends], now or timezone.now()))
    chosen: dict[str, Line | None] = {}
    for address in addresses:
        key = known.get(address) or turn.next()
        line = by_id[key] if key else None
        chosen[address] = line if line and line.sends else None
    return chosen


def known_lines(workspace: Workspace, addresses: Collection[str], line_ids: Collection[int]) -> dict[str, int]:
    """The line of `line_ids` that last exchanged a message with the person behind each address, or has one waiting.

    At the address itself, else at any other address of its lead. Addresses that know none of the lines are left out.
    """
    own = _last_lines({(address, address) for address in addresses}, line_ids)
    strangers = [address for address in addresses if address not in own]
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, [strangers, workspace.pk])
        elsewhere = set(cursor.fetchall())
    return own | _last_lines(elsewhere, line_ids)


def _last_lines(wanted: Collection[tuple[str, str]], line_ids: Collection[int]) -> dict[str, int]:
    if not wanted or not line_ids:
        return {}
    pairs = sorted(wanted)
    with connection.cursor() as cursor:
        values: dict[str, list[Any]] = {
            "keys": [key for key, _ in pairs],
            "addresses": [one for _, one in pairs],
            "lines": list(line_ids),
        }
        cursor.execute(_LAST_LINE, values)
        return dict(cursor.fetchall())


def loads(workspace: Workspace, lines: Sequence[Line], now: datetime) -> list[Load]:
    """How full each line is, counting what waits on it. One that rests from automated messages counts as full."""
    use = quota.use_of(lines, now)
    queued = Message.objects.of(workspace).filter(line__in=lines, state=State.QUEUED)
    waiting = dict(queued.values_list("line").annotate(n=Count("pk")).values_list("line", "n"))
    made = []
    for line in lines:
        a_day = quota.ceilings_of(line).new_on(quota.today(line, now))[0]
        rests = line.rest_until is not None and line.rest_until > now
        made.append(Load(line.pk, 0 if rests else a_day, use[line.pk].new_today + waiting.get(line.pk, 0)))
    return made
