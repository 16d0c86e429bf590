"""When the next messages become due, so that a drain looks for them at their time."""

from __future__ import annotations

from typing import Final

from lines.models import Line
from workspaces import statements

_NEXT: Final = """
SELECT statement_timestamp(), EXTRACT(EPOCH FROM MIN(next.run_at) - statement_timestamp())
FROM lines_line l CROSS JOIN LATERAL (
    SELECT m.run_at FROM conversations_message m
    WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at > %(since)s::timestamptz
      AND m.run_at < statement_timestamp() + %(seconds)s::float8 * interval '1 s'
    ORDER BY m.run_at LIMIT 1) next
WHERE l.status = ANY(%(sending)s::text[])
"""


class Upcoming:
    """What one drain has asked, by the database's clock; made before its first claim."""

    def __init__(self) -> None:
        ((self._asked,),) = statements.run("SELECT statement_timestamp()", {})

    def within(self, seconds: float) -> float | None:
        """Seconds until a message becomes due that waits for its time; None when none does so soon.

        Zero where one has become due since the last question: a claim in between may have begun before.
        """
        values = {"since": self._asked, "seconds": seconds, "sending": list(Line.SENDING)}
        ((self._asked, wait),) = statements.run(_NEXT, values)
        return None if wait is None else max(0.0, float(wait))
