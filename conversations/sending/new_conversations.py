"""Whether a message starts a conversation on its line: nothing has been exchanged with the address for long enough (R17).

The gate and the launch plan ask the same statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from lines.models import Line
from workspaces import statements

# A place that was taken counts as an exchange, so that a second message to a new person is not new while the first is under way.
EXCHANGED: Final = """
EXISTS (SELECT 1 FROM conversations_message e
        WHERE e.line_id = {line} AND e.address = {address} AND e.at >= {since} AND e.id <> {id}
          AND (e.direction = 'in' OR e.sent_at IS NOT NULL OR e.quota_day IS NOT NULL))
"""

_NEW: Final = f"""
SELECT w.key
FROM json_to_recordset(%(rows)s::json) AS w(key bigint, line bigint, address text, since timestamptz, id bigint)
WHERE NOT {EXCHANGED.format(line="w.line", address="w.address", since="w.since", id="w.id")}
"""  # noqa: S608  our own words; values are bound


def new_among(asked: Iterable[tuple[int, Line, str, int]], now: datetime) -> set[int]:
    """`asked`: (key, line, address, id of the message itself or 0). The keys of those that would start a conversation."""
    rows = [
        {"key": key, "line": line.pk, "address": address, "since": since(line, now), "id": pk} for key, line, address, pk in asked
    ]
    return {key for (key,) in statements.run(_NEW, {"rows": statements.rows(rows)})} if rows else set()


def since(line: Line, now: datetime) -> datetime:
    """The moment before which exchanges on this line no longer count."""
    return now - timedelta(days=line.new_after_days)
