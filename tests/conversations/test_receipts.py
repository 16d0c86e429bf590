"""Receipts in any order, doubled or late, give one answer, and none is left over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.models import Message
from conversations.receiving import ingest
from conversations.sending import outbox, record
from lines import inbox
from lines.gateways.base import MessageStatus, SendResult, Service, State
from lines.models import InboundEvent
from tests.core import heard, make_line, make_workspace, say

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def receipt(state: State, minute: int) -> MessageStatus:
    at = START + timedelta(minutes=minute)
    return MessageStatus(dedupe_key=f"s:{state}:{minute}", occurred_at=at, vendor_message_id="out-1", state=state)


DELIVERED = [receipt(State.DELIVERED, minute) for minute in (1, 7)]
READ = [receipt(State.READ, minute) for minute in (5, 9)]
SENT = [receipt(State.SENT, 0)]
REPLIES = [heard(f"reply {n}", occurred_at=START + timedelta(minutes=20 + n)) for n in range(2)]


@pytest.mark.django_db
@settings(max_examples=12)
@given(st.permutations([*SENT, *DELIVERED, *READ, *REPLIES, DELIVERED[1], READ[0]]), st.integers(0, 8))
def test_any_order_of_receipts_gives_the_same_facts(events: list[MessageStatus], answered_after: int) -> None:
    """The answer of the send itself may come anywhere between them."""
    with transaction.atomic():
        line = make_line(make_workspace())
        message = say(line)
        outbox.claim(1, room=1)
        for n, event in enumerate(events):
            if n == answered_after:
                result = SendResult("out-1", State.SENT, Service.IMESSAGE, created_at=START)
                record.accepted(message.attempts.get().pk, result)
            inbox.store(line, [event])
            InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
            ingest.apply_batch()
        message = Message.objects.get(pk=message.pk)
        facts = (message.sent_at, message.delivered_at, message.read_at)
        left = list(InboundEvent.objects.filter(line=line, applied_at=None).values_list("error", flat=True))
        replies = Message.objects.filter(conversation=message.conversation, direction="in").count()
        transaction.set_rollback(True)
    assert facts == (START, START + timedelta(minutes=1), START + timedelta(minutes=5))
    assert left == []
    assert replies == 2
