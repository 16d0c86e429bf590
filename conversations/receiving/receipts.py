"""What the gateway reports about our own messages: sent, delivered, read, failed, and tapbacks on them.

Facts fill in or move earlier, never back, so that receipts may come in any order, twice or late.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce, Least

from campaigns import settling
from conversations.models import Attempt, Message, Reaction
from conversations.receiving import finding
from conversations.receiving.incoming import conversation_with, keep_media
from conversations.sending import record, step_outcomes
from conversations.sending.accepting import CHANNEL_OF
from conversations.vocabulary import Channel, Direction, Origin, State
from leads.addresses import normalise_received
from lines.gateways.base import MessageReceived, MessageStatus, SendResult, Service
from lines.gateways.base import Reaction as ReactionEvent
from lines.gateways.base import State as GatewayState
from lines.models import Line


class NotYet(Exception):
    """The event is about a message that is not known yet; it is tried again soon."""


_HOLD: Final = """
SELECT m.id FROM conversations_message m WHERE m.id IN (
    SELECT a.message_id FROM unnest(%s::bigint[], %s::text[]) AS w(line, vendor_id)
    JOIN conversations_attempt a ON a.line_id = w.line AND a.vendor_id = w.vendor_id AND a.vendor_id <> '')
ORDER BY m.id FOR NO KEY UPDATE
"""


def hold(named: Collection[tuple[int, str]]) -> None:
    """Lock the messages that events are about, named by (line id, gateway's id), in order: no two batches wait for each other."""
    if named:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [[line for line, _ in named], [vendor_id for _, vendor_id in named]])


def seen_from_us(line: Line, event: MessageReceived) -> int | None:
    """Apply our own message in the gateway's thread: the echo of a send, or one that a person wrote on the device itself."""
    attempt = finding.attempt_of(line, event.vendor_message_id, event.our_key) or finding.given_up(line, event)
    if attempt:
        _bind(attempt, event.vendor_message_id, event)
        return attempt.message.conversation_id
    known = Message.objects.filter(line=line, vendor_id=event.vendor_message_id).first()
    if known:
        return known.conversation_id
    address = normalise_received(event.recipient)
    if event.our_key or Message.objects.filter(line=line, address=address, state=State.SENDING).exists():
        raise NotYet("A send to this address is under way; this may be its echo.")
    if finding.attempt_of(line, event.vendor_message_id, ""):
        raise NotYet("The send has ended between the two looks; this is its echo.")
    return _from_device(line, address, event)


def _from_device(line: Line, address: str, event: MessageReceived) -> int:
    conversation = conversation_with(line, address)
    message = Message.objects.create(
        workspace_id=line.workspace_id,
        conversation=conversation,
        direction=Direction.OUTGOING,
        origin=Origin.DEVICE,
        state=State.SENT,
        line=line,
        address=address,
        body=event.text,
        has_media=bool(event.media),
        channel=CHANNEL_OF.get(event.service, Channel.IMESSAGE),
        vendor_id=event.vendor_message_id,
        vendor_thread=event.thread[:200],
        at=event.occurred_at,
        sent_at=event.occurred_at,
    )
    keep_media(message, event)
    return conversation.pk


def status(line: Line, event: MessageStatus) -> int | None:
    """Apply a receipt. Raises NotYet for a message that is not known yet."""
    attempt = finding.attempt_of(line, event.vendor_message_id, event.our_key)
    if attempt is None:
        return _device_status(line, event)
    failed = event.failure if event.state == GatewayState.FAILED else None
    if failed and attempt.state in Attempt.OUTSTANDING:
        record.refused(attempt.pk, failed, vendor_id=event.vendor_message_id)
        return attempt.message.conversation_id
    _bind(attempt, event.vendor_message_id, event)
    if failed:
        record.failed_later(attempt, failed, at=event.occurred_at)
    _fill_in(Message, attempt.message_id, event)  # first, as everywhere: recording an outcome holds it too
    _fill_in(Attempt, attempt.pk, event)
    if event.state in (GatewayState.DELIVERED, GatewayState.READ):
        record.arrived(attempt.message_id)
        if attempt.message.retry_of_id or attempt.message.state == State.FAILED:
            step_outcomes.revive([attempt.message_id])
    if attempt.message.execution_id and event.state == GatewayState.READ:
        settling.note_read(attempt.message.execution_id, event.read_at or event.occurred_at)
    return attempt.message.conversation_id


def _device_status(line: Line, event: MessageStatus) -> int | None:
    message = Message.objects.filter(line=line, vendor_id=event.vendor_message_id, direction=Direction.OUTGOING).first()
    if message is None:
        raise NotYet("No message with this id is known yet.")
    _fill_in(Message, message.pk, event)
    return message.conversation_id


def _fill_in(model: type[Attempt] | type[Message], pk: int, event: MessageStatus) -> None:
    """Fill in when it was delivered and read. Read implies delivered; a receipt without a time counts from when it was heard."""
    read, delivered = event.read_at, event.delivered_at
    if event.state == GatewayState.READ:
        read = read or event.occurred_at
    if event.state in (GatewayState.READ, GatewayState.DELIVERED):
        delivered = delivered or read or event.occurred_at
    changes = {}
    if read:
        changes["read_at"] = _earlier("read_at", read)
    if delivered:
        changes["delivered_at"] = _earlier("delivered_at", min(filter(None, [delivered, read])))
    if changes:
        model.objects.filter(pk=pk).update(**changes)


def _earlier(field: str, at: datetime) -> Least:
    return Least(Coalesce(field, Value(at)), Value(at))


def reaction(line: Line, event: ReactionEvent) -> int | None:
    """Apply a tapback or its removal. It never counts as a reply. Raises NotYet."""
    message = finding.message_of(line, event.vendor_message_id)
    if message is None:
        raise NotYet("The message this tapback sits on is not known yet.")
    row, _ = Reaction.objects.get_or_create(
        message=message,
        from_us=event.from_us,
        tapback=event.tapback[:20],
        defaults={"workspace_id": message.workspace_id, "at": event.occurred_at},
    )
    latest = max(filter(None, [row.at, row.removed_at]))
    if event.occurred_at >= latest:
        if event.removed:
            row.removed_at = event.occurred_at
        else:
            row.at, row.removed_at = event.occurred_at, None
        row.save(update_fields=["at", "removed_at"])
    return message.conversation_id


def _bind(attempt: Attempt, vendor_id: str, event: MessageReceived | MessageStatus) -> None:
    """The gateway names its id of a message whose attempt has no outcome yet: that is the outcome."""
    if attempt.vendor_id or not vendor_id:
        return
    result = SendResult(
        vendor_id=vendor_id,
        state=GatewayState.SENT,
        service=event.service or Service.UNKNOWN,
        thread=event.thread,
        created_at=event.occurred_at if isinstance(event, MessageReceived) else None,
    )
    record.accepted(attempt.pk, result)
