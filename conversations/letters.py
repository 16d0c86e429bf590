"""A message as the gateway contract wants it."""

from __future__ import annotations

from conversations.models import Attempt, Message
from lines.gateways.base import Media, OutboundMessage, Service


def letter(attempt: Attempt) -> OutboundMessage:
    """What `attempt` says to the gateway. Fallback is ours, so the gateway is never asked for its own."""
    message = attempt.message
    return OutboundMessage(
        key=str(attempt.client_guid),
        to=message.address,
        text=message.body,
        media=[
            Media(filename=part.filename, content_type=part.content_type, path=part.file.path, size=part.size)
            for part in message.attachments.all()
        ],
        service=Service(attempt.channel),
        thread=thread_of(message),
    )


def thread_of(message: Message) -> str:
    """The gateway's id of the chat with this person on this line, from the newest message that names one."""
    chats = Message.objects.filter(line=message.line, address=message.address).exclude(vendor_thread="")
    return chats.order_by("-at").values_list("vendor_thread", flat=True).first() or ""
