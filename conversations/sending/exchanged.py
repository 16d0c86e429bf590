"""Whether a message starts a conversation on its line: nothing has been exchanged with the address for long enough (R17).

The gate and the launch plan ask the same statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from lines.models import Line

# A place that was taken counts as an exchange: the second message to a new person, while the first is on its way, is not new.
EXCHANGED: Final = """
EXISTS (SELECT 1 FROM conversations_message e
        WHERE e.line_id = {line} AND e.address = {address} AND e.at >= {since} AND e.id <> {id}
          AND (e.direction = 'in' OR e.sent_at IS NOT NULL OR e.quota_day IS NOT NULL))
"""

_NEW: Final = f"""
SELECT w.key
FROM unnest(%(keys)s::bigint[], %(lines)s::bigint[], %(addresses)s::text[], %(sinces)s::timestamptz[], %(ids)s::bigint[])
    AS w(key, line, address, since, id)
WHERE NOT {EXCHANGED.format(line="w.line", address="w.address", since="w.since", id="w.id")}
"""  # noqa: S608  our own names


def new_among(asked: Iterable[tuple[int, Line, str, int]], now: datetime) -> set[int]:
    """Of (key, line, address, the message itself or 0): the keys of those that start a conversation."""
    rows = list(asked)
    if not rows:
        return set()
    values: dict[str, list[Any]] = {
        "keys": [key for key, *_ in rows],
        "lines": [line.pk for _, line, *_ in rows],
        "addresses": [address for *_, address, _ in rows],
        "sinces": [since(line, now) for _, line, *_ in rows],
        "ids": [pk for *_, pk in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEW, values)
        return {key for (key,) in cursor.fetchall()}


def since(line: Line, now: datetime) -> datetime:
    """What was exchanged before that is forgotten."""
    return now - timedelta(days=line.new_after_days)
