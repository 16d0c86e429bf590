"""Messages in the form that gateways take (`lines.gateways.base.OutboundMessage`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from conversations.models import Attachment, Attempt, Message
from lines.gateways.base import Media, OutboundMessage, Service
from workspaces import statements

_THREADS: Final = """
SELECT w.key, t.vendor_thread
FROM json_to_recordset(%(rows)s::json) AS w(key bigint, line bigint, address text) CROSS JOIN LATERAL (
    SELECT m.vendor_thread FROM conversations_message m
    WHERE m.line_id = w.line AND m.address = w.address AND m.vendor_thread <> ''
    ORDER BY m.at DESC LIMIT 1
) t
"""


@dataclass(frozen=True, slots=True)
class Try:
    """A message that is to be handed to its line's gateway once."""

    message: Message
    channel: str
    key: uuid.UUID  # ours: the gateway is asked by it whether the message arrived


def outbound_message(attempt: Attempt) -> OutboundMessage:
    """What an attempt that was made hands to the gateway."""
    return outbound_messages([Try(attempt.message, attempt.channel, attempt.client_guid)])[attempt.message_id]


def outbound_messages(tries: Sequence[Try]) -> dict[int, OutboundMessage]:
    """{message id: what is handed to the gateway}. Falling back to SMS is our decision, so the gateway's own is never asked for."""
    messages = [one.message for one in tries]
    threads, media = _threads(messages), _media(messages)
    return {
        one.message.pk: OutboundMessage(
            key=str(one.key),
            to=one.message.address,
            text=one.message.body,
            media=media.get(one.message.pk, []),
            service=Service(one.channel),
            thread=threads.get(one.message.pk, ""),
        )
        for one in tries
    }


def thread_of(message: Message) -> str:
    """The gateway's id of the chat with this person on this line, from the newest message that names one."""
    chats = Message.objects.filter(line=message.line, address=message.address).exclude(vendor_thread="")
    return chats.order_by("-at").values_list("vendor_thread", flat=True).first() or ""


def _threads(messages: Sequence[Message]) -> dict[int, str]:
    asked = ({"key": one.pk, "line": one.line_id, "address": one.address} for one in messages if one.line_id)
    return dict(statements.run(_THREADS, {"rows": statements.rows(asked)}))


def _media(messages: Sequence[Message]) -> dict[int, list[Media]]:
    """The files by message."""
    with_files = [message.pk for message in messages if message.has_media]
    found: dict[int, list[Media]] = {}
    for part in Attachment.objects.filter(message__in=with_files).order_by("pk") if with_files else ():
        file = Media(filename=part.filename, content_type=part.content_type, path=part.file.path, size=part.size)
        found.setdefault(part.message_id, []).append(file)
    return found
