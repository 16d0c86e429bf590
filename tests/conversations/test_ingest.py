"""From stored events to threads: once, in any order, nothing lost, and STOP obeyed in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from conversations.models import Attempt, Conversation, Message, Reaction
from conversations.receiving import ingest
from conversations.sending import outbox, record
from conversations.vocabulary import Channel, Direction, Origin, State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Lead, OptOut
from lines import inbox
from lines.gateways.base import Event, Failure, Media, MessageStatus, Reason, SendResult, Service
from lines.gateways.base import Reaction as ReactionEvent
from lines.gateways.base import State as GatewayState
from lines.models import InboundEvent, Line
from tests.conversations.test_outbox import in_threads
from tests.core import heard, incoming, make_conversation, make_line, make_workspace, say


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())


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


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Unsubscribe!", "Opt-out", "please stop", "STOP STOP", "Stop all", "quit 🙏"])
def test_a_keyword_opts_out_at_once_and_cancels_what_is_queued(line: Line, text: str) -> None:
    send(line)
    waiting = [say(line, "later", scheduled_at=timezone.now() + timedelta(days=1)), say(line, "now")]
    tell(line, heard(text))
    assert OptOut.objects.get().text == text
    for message in waiting:
        message.refresh_from_db()
        assert (message.state, message.reason) == (State.CANCELLED, "opted_out")
    assert Conversation.objects.get().waiting_since is None, "a STOP needs no reply"
    tell(line, heard("Sorry, wrong person"))
    assert Conversation.objects.get().waiting_since, "what is written after it does"


@pytest.mark.parametrize(
    "text", ["Stop by our booth!", "Count me in! We have got to STOP this bill", "can I cancel any time?", "end of month", ""]
)
def test_a_keyword_inside_a_sentence_opts_nobody_out(line: Line, text: str) -> None:
    tell(line, heard(text))
    assert not OptOut.objects.exists()


def test_start_lifts_the_opt_out_and_keeps_its_history(line: Line) -> None:
    add_lead(line.workspace, name="Grant", addresses=[normalise("+12025550101", region="US")])
    tell(line, heard("stop"))
    assert Lead.objects.get().opted_out_at
    tell(line, heard("START"))
    assert Lead.objects.get().opted_out_at is None
    assert OptOut.objects.get().lifted_at
    tell(line, heard("stop"))
    assert OptOut.objects.filter(lifted_at=None).count() == 1
    assert OptOut.objects.count() == 2


def test_a_start_that_is_told_late_does_not_undo_the_stop_written_after_it(line: Line) -> None:
    now = timezone.now()
    start = heard("START", occurred_at=now - timedelta(minutes=5))
    tell(line, heard("STOP", occurred_at=now))
    tell(line, start)
    assert OptOut.objects.get().lifted_at is None
    tell(line, heard("START", vendor_message_id=start.vendor_message_id, occurred_at=now + timedelta(minutes=1)))
    assert OptOut.objects.get().lifted_at is None, "the same message told again is no new one"


def test_an_opt_out_on_one_line_holds_on_every_line_of_the_workspace_and_on_no_other(line: Line) -> None:
    other_line, other_workspace = make_line(line.workspace), make_line(make_workspace())
    here, there = say(other_line), say(other_workspace)
    tell(line, heard("STOP"))
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.state, there.state) == (State.CANCELLED, State.QUEUED)


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


def test_a_receipt_that_comes_before_the_answer_waits_for_it(line: Line) -> None:
    message = say(line)
    outbox.claim(1, room=10)
    tell(line, receipt(GatewayState.DELIVERED, timezone.now()))
    assert InboundEvent.objects.get().applied_at is None
    record.accepted(message.attempts.get().pk, SendResult("out-1", GatewayState.SENT, Service.IMESSAGE))
    assert InboundEvent.objects.get().retry_at <= timezone.now()
    ingest.apply_batch()
    message.refresh_from_db()
    assert message.status == "delivered"


def test_the_echo_of_a_send_with_our_key_is_the_answer_we_waited_for(line: Line) -> None:
    message = say(line)
    outbox.claim(1, room=10)
    attempt = message.attempts.get()
    record.unknown(attempt.pk, Failure(Reason.IMESSAGE_ISSUE, transient=True))
    tell(line, heard("Hello", from_us=True, recipient="+12025550101", our_key=str(attempt.client_guid)))
    message.refresh_from_db()
    assert message.state == State.SENT
    assert Message.objects.count() == 1


def test_an_echo_without_our_key_is_not_taken_for_another_message(line: Line) -> None:
    message = say(line)
    outbox.claim(1, room=10)
    tell(line, heard("Hello", from_us=True, sender="", recipient="+12025550101", vendor_message_id="out-1"))
    assert Message.objects.count() == 1
    record.accepted(message.attempts.get().pk, SendResult("out-1", GatewayState.SENT, Service.IMESSAGE))
    ingest.apply_batch()
    assert Message.objects.count() == 1
    assert not InboundEvent.objects.filter(applied_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_an_echo_is_not_taken_for_another_message_while_its_send_is_recorded() -> None:
    """Whoever asks for the attempt first and for sends under way then can fall between the two: neither is there any more."""
    line = make_line(make_workspace())
    attempt = under_way(line)
    recorded: list[bool] = []

    def accept() -> None:
        recorded.append(record.accepted(attempt.pk, SendResult("out-1", GatewayState.SENT, Service.IMESSAGE)))

    def meanwhile(execute: Callable[..., object], sql: str, params: Sequence[object], many: bool, context: object) -> object:
        if not recorded and 'FROM "conversations_message"' in sql and State.SENDING in (params or ()):
            in_threads(1, accept)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        tell(line, heard("Hello", from_us=True, sender="", recipient="+12025550101", vendor_message_id="out-1"))
    InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
    ingest.apply_batch()
    assert recorded == [True]
    assert Message.objects.count() == 1
    assert not InboundEvent.objects.filter(applied_at=None).exists()


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


def test_a_message_edited_into_a_keyword_opts_out(line: Line) -> None:
    event = heard("Tuesday")
    tell(line, event, heard("Stop", vendor_message_id=event.vendor_message_id, edited_at=timezone.now()))
    assert OptOut.objects.get().text == "Stop"


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


def test_reads_never_count_as_replies(line: Line) -> None:
    message = send(line)
    tell(line, receipt(GatewayState.READ, timezone.now()))
    message.refresh_from_db()
    assert message.status == "read"
    assert message.delivered_at == message.read_at
    assert Conversation.objects.get().waiting_since is None


def test_a_failure_told_afterwards_shows_as_not_delivered_and_a_delivery_beats_it(line: Line) -> None:
    message = send(line)
    failure = Failure(Reason.UNREACHABLE, transient=False, vendor_code="24")
    now = timezone.now()
    tell(line, failed(failure, now))
    message.refresh_from_db()
    assert (message.status, message.reason) == ("not_delivered", "unreachable")
    assert Attempt.objects.get().failed_at
    tell(line, receipt(GatewayState.DELIVERED, now))
    message.refresh_from_db()
    assert message.status == "delivered"


def test_a_late_failure_never_takes_a_delivery_back(line: Line) -> None:
    message = send(line)
    now = timezone.now()
    failure = Failure(Reason.IMESSAGE_ISSUE, transient=False)
    tell(line, receipt(GatewayState.DELIVERED, now))
    tell(line, failed(failure, now))
    message.refresh_from_db()
    assert message.status == "delivered"


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
