"""The log as CSV, piece by piece: the first is there at once, and memory does not grow with it.

The database writes the lines itself, see `conversations.exports.copying`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from conversations.exports.copying import AS_CSV, copied, guarded, stamp, word
from conversations.log import reading
from conversations.log.narrowing import Narrowed
from conversations.vocabulary import CancelReason, Channel, FailReason, MessageStatus, Origin
from conversations.wording import statuses
from workspaces import audit
from workspaces.audit import Actor
from workspaces.models import Workspace

FIRST: Final = 200
PAGE: Final = 5_000

COLUMNS: Final = (
    "Id", "Status", "Reason", "Sent or scheduled for", "Created", "Recipient", "Address", "Type", "Line", "Batch", "Campaign",
    "Sent by", "Message",
)  # fmt: skip

_WORDS: Final = {
    "statuses": {str(value): statuses.LIST_STATUS.get(value, str(label)) for value, label in MessageStatus.choices},
    "reasons": {str(value): str(label) for value, label in [*FailReason.choices, *CancelReason.choices]},
    "channels": {str(value): str(label) for value, label in Channel.choices},
    "origins": {str(value): str(label) for value, label in Origin.choices},
}

_ROWS: Final = f"""
COPY (
    SELECT k.public_id, {word("k.status", "statuses")}, {guarded("k.why")}, {stamp("k.at")}, {stamp("k.created_at")},
           {guarded("k.contact_name")}, {guarded("k.address")}, {word("k.channel", "channels")},
           {guarded("k.line")}, COALESCE(k.batch, ''), {guarded("k.campaign_name")},
           COALESCE(NULLIF({guarded("k.author")}, ''), {word("k.origin", "origins")}), {guarded("k.body")}
    FROM (
        SELECT k.n, m.public_id, m.status, trim({word("m.reason", "reasons")} || ' ' || m.reason_detail) AS why,
               COALESCE(m.sent_at, m.scheduled_at, m.at) AS at, m.created_at, c.contact_name, m.address,
               COALESCE(NULLIF(m.channel, ''), NULLIF(m.next_channel, ''), NULLIF(m.requested_channel, ''), l.kind, '') AS channel,
               COALESCE(l.name, '') AS line, b.public_id AS batch, c.campaign_name, COALESCE(u.name, '') AS author, m.origin, m.body
        FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k(id, n)
        JOIN conversations_message m ON m.id = k.id AND m.workspace_id = %(workspace)s
        JOIN conversations_conversation c ON c.id = m.conversation_id
        LEFT JOIN lines_line l ON l.id = m.line_id
        LEFT JOIN conversations_batch b ON b.id = m.batch_id
        LEFT JOIN workspaces_user u ON u.id = m.author_id
        OFFSET 0
    ) k ORDER BY k.n
) {AS_CSV}
"""  # noqa: S608  our own words; values are bound


def stream(workspace: Workspace, narrowed: Narrowed, *, query: str, by: Actor) -> Iterator[bytes]:
    """UTF-8 with its mark, so that spreadsheets read names as they are written. The audit entry comes first."""
    audit.record(by, workspace, "messages.exported", filters=query.removeprefix("?") or "none")
    return _pieces(workspace, narrowed)


def _pieces(workspace: Workspace, narrowed: Narrowed) -> Iterator[bytes]:
    yield ("\ufeff" + ",".join(COLUMNS) + "\n").encode()
    for ids in reading.each(workspace, narrowed, first=FIRST, size=PAGE):
        yield _lines(workspace, ids)


def _lines(workspace: Workspace, ids: list[int]) -> bytes:
    """These messages, in their order."""
    values = {"ids": ids, "workspace": workspace.pk, **{name: json.dumps(known) for name, known in _WORDS.items()}}
    return copied(workspace, _ROWS, values)
