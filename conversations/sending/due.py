"""Taking due messages: of lines that may send, one per person, oldest first, locked.

Nobody waits here: messages that another process has locked are skipped (SKIP LOCKED).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, Final

from conversations.models import Conversation, Message
from conversations.sending.line_locks import LockedLine
from lines.models import Line
from workspaces import statements

LOOK_AT: Final = 50
"""Messages examined per line and claim at most; many of them may have to wait or stop."""

MORE: Final = 4
"""How many times as many are examined after a claim in which all of a line's messages had to wait or stop."""

# What the gate and the outbound message read of every message; anything rarer is loaded when it is asked for.
_READ: Final = (
    "id", "workspace_id", "conversation_id", "line_id", "address", "body", "has_media", "origin", "author_id", "scheduled_at",
    "expires_at", "retry_of_id", "cancel_on_reply", "execution_id", "batch_id", "state", "hold", "requested_channel", "fallback",
    "next_channel", "fallback_cause", "attempt_count", "quota_day", "counted_day", "counted_slice",
)  # fmt: skip
_COLUMNS: Final = ", ".join(f"m.{name}" for name in _READ)
_LEAD: Final = "(SELECT c.lead_id FROM conversations_conversation c WHERE c.id = m.conversation_id) AS lead"

# One message per person and line at a time, in the order they were written: an earlier one that is due, or that is
# being retried, goes first. Batches and campaigns are examined after what people write, and hold none of it up.
_DUE_OF = """
SELECT due.* FROM unnest(%(lines)s::bigint[], %(wanted)s::int[]) AS l(id, wanted) CROSS JOIN LATERAL (
    SELECT {columns}, m.run_at
    FROM conversations_message m
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
    columns=f"{_LEAD}, {_COLUMNS}",
    which="m.origin NOT IN ('batch', 'campaign')",
    before="(e.origin NOT IN ('batch', 'campaign') OR e.attempt_count > 0)",
    limit="l.wanted",
)
_TO_MANY = _DUE_OF.format(
    columns=f"{_LEAD}, {_COLUMNS}",
    which="m.origin IN ('batch', 'campaign')",
    before="true",
    limit="GREATEST(0, l.wanted - (SELECT COUNT(*) FROM by_people p WHERE p.line_id = l.id))",
)
_DUE = f"""
WITH by_people AS MATERIALIZED ({_BY_PEOPLE}), to_many AS MATERIALIZED ({_TO_MANY})
SELECT line_id, lead, {", ".join(_READ)}
FROM (SELECT 1 AS turn, * FROM by_people UNION ALL SELECT 2, * FROM to_many) due
ORDER BY turn, run_at, id
"""  # noqa: S608  our own words; values are bound


class LookAhead:
    """How deep the next claim looks into a line's queue; kept by this process from claim to claim. Losing it only costs time."""

    messages: ClassVar[dict[int, int]] = {}  # by line, where all that the last claim examined had to wait

    @classmethod
    def note(cls, batch: list[tuple[Line, Message]], going: set[int]) -> None:
        """The next claim examines more of a line of which no message could go in this one."""
        gone = {line.pk for line, message in batch if message.pk in going}
        for pk, looked in Counter(line.pk for line, _ in batch).items():
            if pk in gone:
                cls.messages.pop(pk, None)
            else:
                cls.messages[pk] = min(LOOK_AT, looked * MORE)


def take_due(locked: Mapping[int, LockedLine], room: int, only: int | None) -> list[tuple[Line, Message]]:
    """Lock the oldest due messages of these lines, one per person and line: about `room` of them; or only message `only`."""
    open_lines = {pk: one.free for pk, one in locked.items() if one.free > 0}
    share = -(-room // max(1, len(open_lines)))
    wanted = {pk: max(min(places, share), LookAhead.messages.get(pk, 0)) for pk, places in open_lines.items()}
    if not wanted:
        return []
    found: dict[tuple[int, str], tuple[Line, Message]] = {}
    for line_id, lead, *columns in statements.run(_DUE, {"lines": list(wanted), "wanted": list(wanted.values())}):
        line = locked[line_id].line
        message = _message(dict(zip(_READ, columns, strict=True)), line, lead)
        if only in (None, message.pk):
            found.setdefault((line_id, message.address), (line, message))
    return list(found.values())


def _message(columns: dict[str, object], line: Line, lead: int | None) -> Message:
    """With its conversation and its workspace, of which there is one instance for the whole claim."""
    thread = {"id": columns["conversation_id"], "workspace_id": line.workspace_id, "lead_id": lead}
    conversation = statements.instance(Conversation, thread, workspace=line.workspace)
    return statements.instance(Message, columns, conversation=conversation, workspace=line.workspace)
