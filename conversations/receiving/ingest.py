"""Applying what gateways told us, from the stored events, in batches.

Everything about a person in one batch happens under that person's lock, taken first and in order: replies are applied
in the order they were stored, an opt-out is obeyed in the transaction that makes its message visible, and no gate can
open in between. An event that fails is tried again later and set aside after MOST_TRIES; it delays no other.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from conversations import summary
from conversations.changes import announce
from conversations.receiving import incoming, receipts
from leads import optouts
from leads.addresses import normalise_received
from lines import health
from lines.gateways.base import Event, LineEvent, MessageReceived, MessageStatus, Reaction, event_from_json
from lines.models import InboundEvent

log = structlog.get_logger(__name__)

BATCH = 100
HOLD_FOR = 1.0
"""Seconds after which a batch ends. Its people are locked meanwhile, so that no gate of theirs opens; events it did not get to
stay as they were, for the next batch."""

MOST_TRIES = 12
"""Tries with doubling waits of 1 s, 2 s, ... up to ten minutes: a little over an hour in all."""


def apply_waiting() -> int:
    """Apply stored events until none is due; how many were applied."""
    applied = 0
    while batch := apply_batch():
        applied += batch
    return applied


@transaction.atomic
def apply_batch() -> int:
    """One batch: claim events, lock their people, apply each in a savepoint, refresh the summaries; how many were dealt with."""
    rows = list(
        InboundEvent.objects.select_related("line", "line__workspace")
        .filter(applied_at=None, parked_at=None, retry_at__lte=timezone.now())
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")[:BATCH]
    )
    events = {row: event for row in rows if (event := _read(row))}
    optouts.hold_alone((row.workspace_id, person) for row, event in events.items() if (person := person_of(event)))
    receipts.hold({(row.line_id, event.vendor_message_id) for row, event in events.items() if isinstance(event, MessageStatus)})
    touched: dict[int, set[int]] = {}
    left, until = len(events), time.monotonic() + HOLD_FOR
    for row, event in events.items():
        conversation_id = _apply(row, event)
        if conversation_id:
            touched.setdefault(row.workspace_id, set()).add(conversation_id)
        left -= 1
        if time.monotonic() > until:
            break
    summary.refresh(conversation_id for ids in touched.values() for conversation_id in ids)
    for workspace_id, ids in touched.items():
        announce(workspace_id, ids)
    return len(rows) - left


def _read(row: InboundEvent) -> Event | None:
    """The stored event; None when it cannot be read, which is written to the row."""
    try:
        return event_from_json(row.payload)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        _later(row, f"This is no event: {error!r}")
        return None


def person_of(event: Event) -> str:
    """The stored form of the other side's address, where the event names it."""
    match event:
        case MessageReceived():
            return normalise_received(event.recipient if event.from_us else event.sender)
        case _:
            return ""


def _apply(row: InboundEvent, event: Event) -> int | None:
    """Apply one event; the conversation it changed. Failing is written to the row, not raised."""
    try:
        with transaction.atomic():
            conversation_id = _handle(row, event)
    except receipts.NotYet as error:
        _later(row, str(error))
        return None
    except Exception as error:  # whatever is wrong with one event must not hold up the others
        log.exception("event_not_applied", row=row.pk)
        _later(row, f"{type(error).__name__}: {error}")
        return None
    row.applied_at, row.error = timezone.now(), ""
    row.save(update_fields=["applied_at", "error"])
    return conversation_id


def _handle(row: InboundEvent, event: Event) -> int | None:
    match event:
        case MessageReceived(group=True):
            return None  # a group is nobody's one-to-one thread; see docs/decisions
        case MessageReceived(from_us=True):
            return receipts.seen_from_us(row.line, event)
        case MessageReceived():
            return incoming.receive(row.line, event)
        case MessageStatus():
            return receipts.status(row.line, event)
        case Reaction():
            return receipts.reaction(row.line, event)
        case LineEvent(health=found) if found is not None:
            health.write(row.line, found)
            return None
        case _:
            return None


def _later(row: InboundEvent, error: str) -> None:
    now = timezone.now()
    row.tries += 1
    row.error = error[:1000]
    row.retry_at = now + timedelta(seconds=min(2 ** (row.tries - 1), 600))
    if row.tries >= MOST_TRIES:
        row.parked_at = now
    row.save(update_fields=["tries", "error", "retry_at", "parked_at"])
