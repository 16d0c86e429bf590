"""The log as CSV, piece by piece: the first is there at once, and memory does not grow with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from conversations import words
from conversations.log import reading
from conversations.log.narrowing import Narrowed
from conversations.vocabulary import CancelReason, Channel, FailReason, MessageStatus, Origin
from leads.importing.report import guarded
from workspaces import audit
from workspaces.audit import Actor
from workspaces.models import Workspace

FIRST: Final = 200
PAGE: Final = 5_000

COLUMNS: Final = (
    "Id", "Status", "Reason", "Sent or scheduled for", "Created", "Recipient", "Address", "Type", "Line", "Batch", "Campaign",
    "Sent by", "Message",
)  # fmt: skip

_STATUSES: Final = {str(value): words.LIST_STATUS.get(value, str(label)) for value, label in MessageStatus.choices}
_REASONS: Final = {str(value): str(label) for value, label in [*FailReason.choices, *CancelReason.choices]}
_CHANNELS: Final = {str(value): str(label) for value, label in Channel.choices}
_ORIGINS: Final = {str(value): str(label) for value, label in Origin.choices}

_STAMP: Final = """to_char({at} AT TIME ZONE %(zone)s, 'YYYY-MM-DD"T"HH24:MI:SS')
    || to_char(({at} AT TIME ZONE %(zone)s) - ({at} AT TIME ZONE 'UTC'), 'SGHH24:MI')"""

_ROWS: Final = f"""
SELECT m.public_id, m.status, m.reason, m.reason_detail, {_STAMP.format(at="COALESCE(m.sent_at, m.scheduled_at, m.at)")},
       {_STAMP.format(at="m.created_at")}, c.contact_name, m.address,
       COALESCE(NULLIF(m.channel, ''), NULLIF(m.next_channel, ''), NULLIF(m.requested_channel, ''), l.kind, ''),
       COALESCE(l.name, ''), COALESCE(b.public_id, ''), c.campaign_name, COALESCE(u.name, ''), m.origin, m.body
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k(id, n)
JOIN conversations_message m ON m.id = k.id AND m.workspace_id = %(workspace)s
JOIN conversations_conversation c ON c.id = m.conversation_id
LEFT JOIN lines_line l ON l.id = m.line_id
LEFT JOIN conversations_batch b ON b.id = m.batch_id
LEFT JOIN workspaces_user u ON u.id = m.author_id
ORDER BY k.n
"""  # noqa: S608  our own words; values are passed apart


def stream(workspace: Workspace, narrowed: Narrowed, *, query: str, by: Actor) -> Iterator[bytes]:
    """UTF-8 with its mark, so that spreadsheets read names as they are written. The audit entry comes first."""
    audit.record(by, workspace, "messages.exported", filters=query)
    return _pieces(workspace, narrowed)


def _pieces(workspace: Workspace, narrowed: Narrowed) -> Iterator[bytes]:
    yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    for ids in reading.each(workspace, narrowed, first=FIRST, size=PAGE):
        out = io.StringIO()
        csv.writer(out).writerows(_cells(row) for row in _rows(workspace, ids))
        yield out.getvalue().encode()


def _rows(workspace: Workspace, ids: list[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"ids": ids, "workspace": workspace.pk, "zone": workspace.time_zone})
        return list(cursor.fetchall())


def _cells(row: tuple[str, ...]) -> tuple[str, ...]:
    (public_id, status, reason, detail, at, created, name, address, channel, line, batch, campaign, author, origin, body) = row
    return (
        public_id,
        _STATUSES.get(status, status),
        guarded(" ".join(filter(None, [_REASONS.get(reason, reason), detail]))),
        at,
        created,
        guarded(name),
        guarded(address),
        _CHANNELS.get(channel, channel),
        guarded(line),
        batch,
        guarded(campaign),
        guarded(author) or _ORIGINS.get(origin, origin),
        guarded(body),
    )
