"""The denormalised columns of a conversation, computed anew from its messages in one statement.

Nothing counts up or down: running it twice, or out of order, gives the same row. Drafts, discarded and cancelled
messages and those scheduled for later are not activity (R2); a row waits for an answer until a person answers
or dismisses it, and a message that failed answers nothing (S0-14).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

_LOCK = "SELECT id FROM conversations_conversation WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

_REFRESH = """
UPDATE conversations_conversation c SET
    last_at        = COALESCE(last.at, c.last_at),
    last_direction = COALESCE(last.direction, ''),
    last_channel   = COALESCE(NULLIF(last.channel, ''), last.requested_channel, ''),
    last_status    = CASE WHEN last.direction = 'out' THEN last.status ELSE '' END,
    last_reason    = COALESCE(last.reason, ''),
    preview        = COALESCE(LEFT(last.body, 160), ''),
    unread         = waiting.unread,
    waiting_since  = waiting.since
FROM unnest(%s::bigint[]) AS wanted(id)
LEFT JOIN LATERAL (
    SELECT m.at, m.direction, m.channel, m.requested_channel, m.status, m.reason,
           CASE WHEN m.body = '' AND m.has_media THEN 'Attachment' ELSE m.body END AS body
    FROM conversations_message m
    WHERE m.conversation_id = wanted.id
      AND m.state NOT IN ('draft', 'discarded', 'cancelled')
      AND NOT (m.state = 'queued' AND m.scheduled_at IS NOT NULL)
    ORDER BY m.at DESC, m.id DESC
    LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT COALESCE(MAX(m.id), 0) AS id
    FROM conversations_message m
    WHERE m.conversation_id = wanted.id
      AND m.direction = 'out' AND m.origin IN ('person', 'device')
      AND (m.state IN ('sending', 'sent') OR m.state = 'queued' AND m.scheduled_at IS NULL)
) answered ON true
CROSS JOIN LATERAL (
    SELECT COUNT(*) FILTER (WHERE m.id > k.seen_through) AS unread,
           MIN(m.at) FILTER (WHERE m.id > GREATEST(k.handled_through, answered.id)) AS since
    FROM conversations_conversation k
    LEFT JOIN conversations_message m
           ON m.conversation_id = k.id AND m.direction = 'in'
          AND m.id > LEAST(k.seen_through, GREATEST(k.handled_through, answered.id))
    WHERE k.id = wanted.id
) waiting
WHERE c.id = wanted.id
"""


def refresh(conversation_ids: Iterable[int]) -> None:
    """Bring the rows of these conversations up to date with their messages, in the caller's transaction.

    Locks them in order of id, last of all locks (see `conversations.outbox`), so that writers cannot deadlock.
    """
    ids = sorted(set(conversation_ids))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [ids])
        cursor.execute(_REFRESH, [ids])
