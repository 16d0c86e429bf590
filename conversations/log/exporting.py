"""The log as CSV, piece by piece: the first is there at once, and memory does not grow with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from conversations import words
from conversations.log import reading
from conversations.log.narrowing import Narrowed
from conversations.models import Message
from conversations.vocabulary import Channel, MessageStatus
from leads.importing.report import guarded
from workspaces import audit
from workspaces.audit import Actor
from workspaces.models import Workspace

PAGE: Final = 2_000

COLUMNS: Final = (
    "Id", "Status", "Reason", "Sent or scheduled for", "Created", "Recipient", "Address", "Type", "Line", "Batch", "Campaign",
    "Sent by", "Message",
)  # fmt: skip


def stream(workspace: Workspace, narrowed: Narrowed, *, query: str, by: Actor) -> Iterator[bytes]:
    """UTF-8 with its mark, so that spreadsheets read names as they are written. The audit entry comes first."""
    audit.record(by, workspace, "messages.exported", filters=query)
    return _pieces(workspace, narrowed)


def _pieces(workspace: Workspace, narrowed: Narrowed) -> Iterator[bytes]:
    yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    for rows in reading.each(workspace, narrowed, PAGE):
        out = io.StringIO()
        csv.writer(out).writerows(_cells(workspace, message) for message in rows)
        yield out.getvalue().encode()


def _cells(workspace: Workspace, message: Message) -> tuple[str, ...]:
    channel = words.channel_of(message)
    return (
        message.public_id,
        words.LIST_STATUS.get(message.status, MessageStatus(message.status).label),
        guarded(" ".join(filter(None, [words.reason_of(message), message.reason_detail]))),
        _time(workspace, message.sent_at or message.scheduled_at or message.at),
        _time(workspace, message.created_at),
        guarded(message.conversation.contact_name),
        guarded(message.address),
        Channel(channel).label if channel in Channel.values else channel,
        guarded(message.line.name if message.line else ""),
        message.batch.public_id if message.batch else "",
        guarded(message.conversation.campaign_name),
        guarded(str(message.author) if message.author else words.origin_of(message)),
        guarded(message.body),
    )


def _time(workspace: Workspace, moment: datetime) -> str:
    return moment.astimezone(workspace.zone).isoformat(timespec="seconds")
