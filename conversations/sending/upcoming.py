"""When the next message becomes due, so that a drain claims it at its time."""

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
    """Remembers, by the database's clock, when a drain asked last. Make it before the drain's first claim."""

    def __init__(self) -> None:
        ((self._asked,),) = statements.run("SELECT statement_timestamp()", {})

    def within(self, seconds: float) -> float | None:
        """Seconds until the next message becomes due; None when none does within `seconds`.

        Zero where one has become due since the last question, for the claim in between may have begun before that.
        """
        values = {"since": self._asked, "seconds": seconds, "sending": list(Line.SENDING)}
        ((self._asked, wait),) = statements.run(_NEXT, values)
        return None if wait is None else max(0.0, float(wait))
