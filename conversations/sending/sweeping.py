"""The sweep: once a second, queued messages are held, released or ended as time and people's changes require."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from conversations.changes import announce
from conversations.models import Message
from conversations.sending import gate_results, optout
from conversations.vocabulary import FailReason, Hold, State
from lines.models import Line

_HOLD_FOR_LINE = """
UPDATE conversations_message m SET hold = 'line_inactive'
FROM lines_line l
WHERE l.id = m.line_id AND l.status <> ALL(%s) AND m.state = 'queued' AND m.run_at <= statement_timestamp()
  AND m.hold <> 'line_inactive'
RETURNING m.workspace_id, m.conversation_id
"""

# Messages held by hours or limits since before these were changed are examined again, some of each line at a time. The seconds
# allow for a transaction that took its time stamp a little before it committed.
_LOOK_ANEW = """
UPDATE conversations_message m SET run_at = statement_timestamp(), hold = '', held_at = NULL
FROM lines_line l
JOIN workspaces_workspace k ON k.id = l.workspace_id
CROSS JOIN LATERAL (
    SELECT w.id FROM conversations_message w
    WHERE w.line_id = l.id AND w.state = 'queued'
      AND w.held_at < GREATEST(l.limits_changed_at, k.limits_changed_at) + interval '5 s'
    ORDER BY w.held_at, w.id
    LIMIT 500
    FOR NO KEY UPDATE OF w SKIP LOCKED
) held
WHERE GREATEST(l.limits_changed_at, k.limits_changed_at) IS NOT NULL AND m.id = held.id
"""


def sweep() -> None:
    """Cancel what is queued for people who were opted out elsewhere, hold the messages of lines that do not send, have those
    examined again that wait for hours or limits which were changed, and end those that could not be sent in time."""
    optout.cancel_unsettled()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD_FOR_LINE, [list(Line.SENDING)])
        for workspace_id, conversation_id in cursor.fetchall():
            announce(workspace_id, [conversation_id])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOOK_ANEW)
    _expire()


@transaction.atomic
def _expire() -> None:
    late = Message.objects.filter(state=State.QUEUED, expires_at__lte=timezone.now())
    messages = list(late.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("expires_at")[:500])
    for message in messages:
        message.reason_detail = Hold(message.hold).label
        message.state, message.reason, message.hold = State.FAILED, FailReason.EXPIRED, Hold.NONE
        message.save(update_fields=["state", "reason", "reason_detail", "hold"])
    gate_results.tell(messages)
