"""Messages as the gateway contract wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from conversations.models import Attachment, Attempt, Message
from lines.gateways.base import Media, OutboundMessage, Service

_THREADS: Final = """
SELECT w.key, t.vendor_thread
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS w(key, line, address) CROSS JOIN LATERAL (
    SELECT m.vendor_thread FROM conversations_message m
    WHERE m.line_id = w.line AND m.address = w.address AND m.vendor_thread <> ''
    ORDER BY m.at DESC LIMIT 1
) t
"""


def letter(attempt: Attempt) -> OutboundMessage:
    """What `attempt` says to the gateway."""
    return letters([attempt])[attempt.pk]


def letters(attempts: Sequence[Attempt]) -> dict[int, OutboundMessage]:
    """What each attempt says to the gateway, by its id. Fallback is ours, so the gateway is never asked for its own."""
    threads, media = _threads(attempts), _media(attempts)
    return {
        attempt.pk: OutboundMessage(
            key=str(attempt.client_guid),
            to=attempt.message.address,
            text=attempt.message.body,
            media=media.get(attempt.message_id, []),
            service=Service(attempt.channel),
            thread=threads.get(attempt.pk, ""),
        )
        for attempt in attempts
    }


def thread_of(message: Message) -> str:
    """The gateway's id of the chat with this person on this line, from the newest message that names one."""
    chats = Message.objects.filter(line=message.line, address=message.address).exclude(vendor_thread="")
    return chats.order_by("-at").values_list("vendor_thread", flat=True).first() or ""


def _threads(attempts: Sequence[Attempt]) -> dict[int, str]:
    asked = [attempt for attempt in attempts if attempt.message.line_id]
    with connection.cursor() as cursor:
        lines, addresses = [one.message.line_id for one in asked], [one.message.address for one in asked]
        cursor.execute(_THREADS, [[one.pk for one in asked], lines, addresses])
        return dict(cursor.fetchall())


def _media(attempts: Sequence[Attempt]) -> dict[int, list[Media]]:
    """The files by message."""
    with_files = [attempt.message_id for attempt in attempts if attempt.message.has_media]
    found: dict[int, list[Media]] = {}
    for part in Attachment.objects.filter(message__in=with_files).order_by("pk") if with_files else ():
        file = Media(filename=part.filename, content_type=part.content_type, path=part.file.path, size=part.size)
        found.setdefault(part.message_id, []).append(file)
    return found
