"""From stored events to threads: once, in any order, nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from conversations.models import Conversation, Message, Reaction
from conversations.receiving import ingest
from conversations.vocabulary import Channel, Direction, Origin, State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import OptOut
from lines import inbox
from lines.gateways.base import Media, Service
from lines.models import InboundEvent, Line
from tests.conversations.receiving.telling import send, tapback, tell
from tests.core import heard, incoming, make_conversation


def test_a_reply_of_a_lead_lands_in_the_one_thread_of_that_lead(line: Line) -> None:
    numbers = [normalise(number, region="US") for number in ("+12025550101", "+12025550102")]
    lead = add_lead(line.workspace, name="Priya Raman", addresses=numbers)
    tell(line, heard("from my first number"), heard("and my second", "+12025550102"))
    conversation = Conversation.objects.get()
    assert conversation.lead == lead
    assert conversation.contact_name == "Priya Raman"
    assert incoming(conversation) == ["from my first number", "and my second"]
    assert conversation.address == "+12025550102", "the answer goes where the contact last wrote from"


def test_an_unknown_number_is_never_lost(line: Line) -> None:
    tell(line, heard("who is this?", "+14155550138"), heard("odd sender", "28849"))
    assert set(Conversation.objects.values_list("address", flat=True)) == {"+14155550138", "28849"}


def test_the_list_row_says_what_came_last(line: Line) -> None:
    message = send(line, "Worth 15 minutes?")
    row = message.conversation
    row.refresh_from_db()
    assert (row.last_direction, row.last_status, row.preview, row.unread) == ("out", "sent", "Worth 15 minutes?", 0)
    tell(line, heard("Tuesday works"))
    row.refresh_from_db()
    assert (row.last_direction, row.preview, row.unread) == ("in", "Tuesday works", 1)
    assert row.waiting_since is not None


def test_an_event_told_three_times_counts_once(line: Line) -> None:
    event = heard("hi")
    tell(line, event, event)
    tell(line, event)
    assert Message.objects.count() == 1
    assert InboundEvent.objects.count() == 1


def test_the_same_message_under_another_event_counts_once(line: Line) -> None:
    """Gateways tell of a message again under another key, as a late receipt for instance."""
    event = heard("hi")
    tell(line, event, heard("hi", vendor_message_id=event.vendor_message_id))
    assert Message.objects.count() == 1


def test_a_reply_marks_what_it_answers_by_gateway_time(line: Line) -> None:
    first, second = send(line, "one", "g1"), send(line, "two", "g2")
    Message.objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(hours=2))
    tell(line, heard("late to tell, early to write", occurred_at=timezone.now() - timedelta(hours=1)))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("replied", "sent")
    tell(line, heard("now"))
    second.refresh_from_db()
    assert second.status == "replied"


def test_a_tapback_is_no_reply_and_leaves_when_it_is_taken_back(line: Line) -> None:
    message = send(line)
    added = timezone.now()
    tell(line, tapback("1", "like", added))
    assert Reaction.objects.get().removed_at is None
    tell(line, tapback("2", "like", added + timedelta(seconds=5), removed=True))
    message.refresh_from_db()
    row = message.conversation
    row.refresh_from_db()
    assert message.status == "sent"
    assert row.unread == 0
    assert row.waiting_since is None
    assert Reaction.objects.get().removed_at


def test_a_tapback_told_after_its_removal_stays_removed(line: Line) -> None:
    send(line)
    now = timezone.now()
    tell(line, tapback("2", "love", now, removed=True))
    tell(line, tapback("1", "love", now - timedelta(seconds=9)))
    assert Reaction.objects.get().removed_at


def test_what_is_written_on_the_device_itself_appears_as_ours_and_answers(line: Line) -> None:
    tell(line, heard("Can you call me?"))
    tell(line, heard("Calling now", from_us=True, sender="", recipient="+12025550101"))
    message = Message.objects.get(direction=Direction.OUTGOING)
    row = Conversation.objects.get()
    assert (message.origin, message.state, row.waiting_since) == (Origin.DEVICE, State.SENT, None)


def test_an_edit_changes_the_words_and_a_retraction_is_shown(line: Line) -> None:
    event = heard("Tuesday")
    tell(line, event)
    tell(line, heard("Thursday", vendor_message_id=event.vendor_message_id, edited_at=timezone.now()))
    message = Message.objects.get()
    assert message.body == "Thursday"
    assert message.edited_at
    tell(line, heard("", vendor_message_id=event.vendor_message_id, retracted=True))
    message.refresh_from_db()
    assert message.retracted_at
    assert Conversation.objects.get().preview


def test_a_picture_is_named_at_once_and_fetched_afterwards(line: Line) -> None:
    tell(line, heard("", media=(Media("IMG_1.heic", "image/heic", vendor_id="att-1", size=10),), service=Service.SMS))
    message = Message.objects.get()
    part = message.attachments.get()
    assert message.has_media
    assert part.fetch_at
    assert not part.file
    assert message.channel == Channel.SMS
    assert Conversation.objects.get().preview == "Attachment"


def test_a_reply_brings_an_archived_conversation_back(line: Line) -> None:
    conversation = make_conversation(line)
    Conversation.objects.update(archived_at=timezone.now())
    tell(line, heard("hello again"))
    conversation.refresh_from_db()
    assert conversation.archived_at is None


def test_an_event_that_cannot_be_applied_is_set_aside_and_holds_nobody_up(line: Line) -> None:
    inbox.store(line, [heard("poison"), heard("fine", "+12025550102")])
    poison = InboundEvent.objects.order_by("pk").first()
    assert poison
    InboundEvent.objects.filter(pk=poison.pk).update(payload={**poison.payload, "occurred_at": None})
    for _ in range(ingest.MOST_TRIES):
        InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
        ingest.apply_batch()
    poison.refresh_from_db()
    assert poison.parked_at
    assert poison.error
    assert incoming(Conversation.objects.get(address="+12025550102")) == ["fine"]


def test_group_messages_make_no_thread(line: Line) -> None:
    tell(line, heard("to all", group=True))
    assert not Conversation.objects.exists()
    assert InboundEvent.objects.get().applied_at


def test_nothing_is_applied_when_the_transaction_fails(line: Line) -> None:
    inbox.store(line, [heard("STOP")])

    with transaction.atomic():
        ingest.apply_batch()
        transaction.set_rollback(True)
    assert not OptOut.objects.exists()
    assert not Message.objects.exists()
    ingest.apply_batch()
    assert OptOut.objects.exists()
    assert Message.objects.exists()


def test_a_batch_that_takes_long_lets_go_of_those_it_has_not_come_to(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "HOLD_FOR", -1.0)  # over at once
    numbers = [f"+1202555010{n}" for n in range(3)]
    inbox.store(line, [heard(f"Hello {n}", sender=number) for n, number in enumerate(numbers)])
    assert ingest.apply_batch() == 1
    assert list(Message.objects.values_list("address", flat=True)) == numbers[:1]
    assert not InboundEvent.objects.filter(applied_at=None, tries__gt=0).exists(), "the others are as they were"
    assert ingest.apply_waiting() == 2
    assert list(Message.objects.order_by("pk").values_list("address", flat=True)) == numbers
