"""The messages of an export, in pages: by conversation, then as they were said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection

from conversations.exports.copying import in_zone, stamp
from conversations.inbox.conditions import array
from workspaces.models import Workspace

PAGE: Final = 10_000


class Row(NamedTuple):
    """One message, as text; times by the workspace's clock with their offset."""

    conversation: str
    contact: str
    company: str
    campaign: str
    address: str
    at: str
    direction: str
    channel: str
    status: str
    line: str
    author: str
    text: str
    files: str
    reason: str


# Along the thread index of each conversation, whatever the planner knows of the tables: never through a whole workspace.
_IDS: Final = """
SELECT array_agg(id)::text, count(*), max(conversation_id), (array_agg(at))[count(*)]::text, (array_agg(id))[count(*)] FROM (
SELECT m.conversation_id, m.at, m.id
FROM (
    SELECT id FROM conversations_conversation
    WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s::bigint[]) AND id >= %(conversation)s ORDER BY id OFFSET 0
) c
CROSS JOIN LATERAL (
    SELECT conversation_id, at, id FROM conversations_message
    WHERE conversation_id = c.id AND at >= %(since)s AND at < %(until)s
      AND (conversation_id, at, id) > (%(conversation)s, %(at)s::timestamptz, %(id)s)
    ORDER BY at, id LIMIT %(page)s
) m
ORDER BY m.conversation_id, m.at, m.id LIMIT %(page)s
) page
"""


class Page(NamedTuple):
    """Messages by their ids, which only pass through: they stay one text, as PostgreSQL writes and reads it."""

    ids: str
    messages: int


def pages_of(workspace: Workspace, ids: Sequence[int], since: datetime, until: datetime) -> Iterator[Page]:
    """The messages of these conversations between two moments, a page at a time: memory does not grow with them."""
    values: dict[str, Any] = {"workspace": workspace.pk, "ids": array(ids), "since": since, "until": until, "page": PAGE}
    conversation, at, message = 0, since.isoformat(), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_IDS, {**values, "conversation": conversation, "at": at, "id": message})
            found, count, conversation, at, message = cursor.fetchone()
        if count:
            yield Page(ids=found, messages=count)
        if count < PAGE:
            return


FILES: Final = """CASE WHEN m.has_media THEN COALESCE(
    (SELECT string_agg(a.filename, ', ' ORDER BY a.id) FROM conversations_attachment a WHERE a.message_id = m.id), ''
) ELSE '' END"""
CHANNEL: Final = "COALESCE(NULLIF(m.channel, ''), m.requested_channel)"
# One by one, whatever the planner knows of the tables: a page is thousands of rows of millions.
OF_MESSAGES: Final = """
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k(id, n)
CROSS JOIN LATERAL (SELECT * FROM conversations_message WHERE id = k.id AND workspace_id = %(workspace)s OFFSET 0) m
CROSS JOIN LATERAL (SELECT * FROM conversations_conversation WHERE id = m.conversation_id OFFSET 0) c
LEFT JOIN lines_line l ON l.id = m.line_id
LEFT JOIN workspaces_user u ON u.id = m.author_id
"""
_ROWS: Final = f"""
SELECT c.public_id, c.contact_name, c.company_name, c.campaign_name, m.address, {stamp("m.at")}, m.direction, {CHANNEL},
       m.status,
       COALESCE(l.name, ''), COALESCE(u.name, ''), m.body, {FILES}, m.reason {OF_MESSAGES} ORDER BY k.n
"""


def rows_of(workspace: Workspace, ids: str) -> list[Row]:
    """These messages, in their order."""
    with in_zone(workspace) as cursor:
        cursor.execute(_ROWS, {"workspace": workspace.pk, "ids": ids})
        return [Row._make(row) for row in cursor.fetchall()]
