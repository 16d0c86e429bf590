"""What the contact is shown besides messages: read receipts, "typing…" and tapbacks. Best effort, never retried.

Contacts who opted out are shown none of it: a tapback rings their phone like a message.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.utils import timezone

from conversations.changes import announce
from conversations.models import Message, Reaction
from conversations.sending.advising import wants_nothing
from conversations.sending.outbound import thread_of
from conversations.vocabulary import Direction
from lines.gateways.base import Capability, GatewayError, InvalidRequest, LineGateway, Tapback
from lines.wire import gateway_of

log = structlog.get_logger(__name__)


def read_receipt(conversation_id: int) -> None:
    found = _reach(conversation_id, Capability.MARK_READ)
    if found:
        gateway, newest = found
        _try(lambda: gateway.mark_read(thread=thread_of(newest), to=newest.address))


def typing(conversation_id: int, on: bool) -> None:
    found = _reach(conversation_id, Capability.TYPING)
    if found:
        gateway, newest = found
        _try(lambda: gateway.typing(thread=thread_of(newest), to=newest.address, on=on))


def tapback(message_id: int, name: str, remove: bool) -> None:
    """Put a tapback on a message, or take it off, and show it once the gateway has it."""
    known = Message.objects.select_related("line", "conversation__workspace", "conversation__lead")
    message = known.filter(pk=message_id).first()
    if message is None or message.line is None or not message.line.sends or wants_nothing(message.conversation):
        return
    gateway = gateway_of(message.line)
    if Capability.REACT not in gateway.capabilities:
        return
    done = _try(
        lambda: gateway.react(
            thread=thread_of(message),
            vendor_message_id=_vendor_id(message),
            message_text=message.body,
            to=message.address,
            tapback=Tapback(name),
            remove=remove,
        )
    )
    if done:
        now = timezone.now()
        Reaction.objects.update_or_create(
            message=message,
            from_us=True,
            tapback=name,
            defaults={"workspace_id": message.workspace_id, "at": now, "removed_at": now if remove else None},
        )
        announce(message.workspace_id, [message.conversation_id])


def _reach(conversation_id: int, capability: Capability) -> tuple[LineGateway, Message] | None:
    """The gateway over which the contact last wrote, and their newest message there."""
    incoming = Message.objects.filter(conversation_id=conversation_id, direction=Direction.INCOMING)
    newest = incoming.select_related("line", "conversation__workspace", "conversation__lead").order_by("-at", "-id").first()
    if newest is None or newest.line is None or not newest.line.sends or wants_nothing(newest.conversation):
        return None
    gateway = gateway_of(newest.line)
    return (gateway, newest) if capability in gateway.capabilities else None


def _vendor_id(message: Message) -> str:
    if message.vendor_id:
        return message.vendor_id
    attempt = message.attempts.exclude(vendor_id="").order_by("-n").first()
    return attempt.vendor_id if attempt else ""


def _try(call: Callable[[], None]) -> bool:
    try:
        call()
    except (GatewayError, InvalidRequest) as error:
        log.info("not_shown_to_contact", why=str(error))
        return False
    return True
