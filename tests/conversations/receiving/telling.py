"""What the gateway tells in these tests."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.receiving import ingest
from conversations.sending import outbox, record
from lines import inbox
from lines.gateways.base import Event, Failure, MessageStatus, SendResult, Service
from lines.gateways.base import Reaction as ReactionEvent
from lines.gateways.base import State as GatewayState
from lines.models import InboundEvent, Line
from tests.core import say


def tell(line: Line, *events: Event) -> None:
    inbox.store(line, events)
    InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
    ingest.apply_batch()


def send(line: Line, text: str = "Hello", vendor_id: str = "out-1", address: str = "+12025550101") -> Message:
    """A message of ours that the gateway has taken."""
    message = say(line, text, address)
    outbox.claim(1, room=10)
    record.accepted(message.attempts.get().pk, SendResult(vendor_id, GatewayState.SENT, Service.IMESSAGE))
    message.refresh_from_db()
    return message


def under_way(line: Line) -> Attempt:
    """The attempt of a message that is being sent."""
    message = say(line)
    outbox.claim(1, room=10)
    return message.attempts.get()


def receipt(state: GatewayState, at: datetime, vendor_id: str = "out-1", key: str = "") -> MessageStatus:
    return MessageStatus(
        dedupe_key=f"s:{vendor_id}:{state}:{at}:{key}",
        occurred_at=at,
        vendor_message_id=vendor_id,
        our_key=key,
        state=state,
        delivered_at=at if state == GatewayState.DELIVERED else None,
        read_at=at if state == GatewayState.READ else None,
    )


def failed(failure: Failure, at: datetime) -> MessageStatus:
    return MessageStatus(dedupe_key="failed", occurred_at=at, vendor_message_id="out-1", state=GatewayState.FAILED, failure=failure)


def tapback(key: str, name: str, at: datetime, *, removed: bool = False) -> ReactionEvent:
    return ReactionEvent(
        dedupe_key=f"r:{key}", occurred_at=at, vendor_message_id="out-1", actor="+12025550101", tapback=name, removed=removed
    )
