"""Messages as rows of an export, in pages: by conversation, then as they were said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection

from workspaces.models import Workspace

PAGE: Final = 5_000


class Row(NamedTuple):
    """One message. Everything is text that is ready to be written, times by the workspace's clock with their offset."""

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
_SELECT: Final = """
SELECT m.conversation_id, m.id, c.public_id, c.contact_name, c.company_name, c.campaign_name, m.address, m.at, m.direction,
       COALESCE(NULLIF(m.channel, ''), m.requested_channel), m.status, COALESCE(l.name, ''), COALESCE(u.name, ''), m.body,
       CASE WHEN m.has_media THEN COALESCE(
           (SELECT string_agg(a.filename, ', ' ORDER BY a.id) FROM conversations_attachment a WHERE a.message_id = m.id), ''
       ) ELSE '' END,
       m.reason
FROM (
    SELECT id, workspace_id, public_id, contact_name, company_name, campaign_name FROM conversations_conversation
    WHERE id = ANY(%(ids)s) AND id >= %(conversation)s
    ORDER BY id OFFSET 0
) c
CROSS JOIN LATERAL (
    SELECT * FROM conversations_message
    WHERE conversation_id = c.id AND at >= %(since)s AND at < %(until)s
      AND (conversation_id, at, id) > (%(conversation)s, %(at)s, %(id)s)
    ORDER BY at, id LIMIT %(page)s
) m
LEFT JOIN lines_line l ON l.id = m.line_id
LEFT JOIN workspaces_user u ON u.id = m.author_id
WHERE c.workspace_id = %(workspace)s
ORDER BY m.conversation_id, m.at, m.id
LIMIT %(page)s
"""


def messages_of(workspace: Workspace, ids: Sequence[int], since: datetime, until: datetime) -> Iterator[list[Row]]:
    """All messages of these conversations between two moments, a page at a time: memory does not grow with them."""
    values: dict[str, Any] = {
        "workspace": workspace.pk,
        "ids": list(ids),
        "since": since,
        "until": until,
        "conversation": 0,
        "at": since,
        "id": 0,
        "page": PAGE,
    }
    zone = workspace.zone
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_SELECT, values)
            found = cursor.fetchall()
        if found:
            yield [Row._make((*row[2:7], row[7].astimezone(zone).isoformat(timespec="seconds"), *row[8:])) for row in found]
        if len(found) < PAGE:
            return
        values["conversation"], values["id"], values["at"] = found[-1][0], found[-1][1], found[-1][7]
