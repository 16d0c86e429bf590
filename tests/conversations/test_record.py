"""How attempts end, and what that means for their messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.receiving import receipts
from conversations.sending import outbox, record
from conversations.vocabulary import AttemptState, Channel, FailReason, FallbackCause, Hold, State
from lines.gateways.base import Failure, FallbackWhen, Reason, SendResult, Service
from lines.gateways.base import MessageStatus as Receipt
from lines.gateways.base import State as GatewayState
from lines.models import Line
from tests.core import heard, make_line, make_workspace, say


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())


def attempt_of(message: Message) -> Attempt:
    """The attempt of a fresh claim."""
    Message.objects.filter(pk=message.pk, state=State.QUEUED).update(run_at=timezone.now())
    outbox.claim(1, room=10)
    return message.attempts.get(state=AttemptState.OPEN)


def result(vendor_id: str = "guid", service: Service = Service.IMESSAGE) -> SendResult:
    return SendResult(vendor_id=vendor_id, state=GatewayState.SENT, service=service, thread="chat")


NOT_ON_IMESSAGE = Failure(Reason.IMESSAGE_ISSUE, transient=False, vendor_code="22", fallback=FallbackWhen.UNSUPPORTED)
BUSY = Failure(Reason.IMESSAGE_ISSUE, transient=True, vendor_code="3")
LINE_DOWN = Failure(Reason.LINE_ISSUE, transient=True)


def test_accepted_makes_it_sent(line: Line) -> None:
    message = say(line)
    assert record.accepted(attempt_of(message).pk, result())
    message.refresh_from_db()
    assert (message.status, message.channel, message.vendor_thread) == ("sent", Channel.IMESSAGE, "chat")
    assert message.conversation.__class__.objects.get().last_status == "sent"


def test_the_first_to_know_decides_and_the_second_changes_nothing(line: Line) -> None:
    message = say(line)
    attempt = attempt_of(message)
    assert record.accepted(attempt.pk, result())
    assert not record.refused(attempt.pk, NOT_ON_IMESSAGE)
    assert not record.absent(attempt.pk, detail="")
    assert not record.unknown(attempt.pk, BUSY)
    message.refresh_from_db()
    assert message.state == State.SENT


def test_a_passing_failure_is_tried_again_with_a_new_key_and_growing_waits(line: Line) -> None:
    message = say(line)
    waits, keys = [], set()
    for _ in range(4):
        attempt = attempt_of(message)
        keys.add(attempt.client_guid)
        record.refused(attempt.pk, BUSY)
        message.refresh_from_db()
        assert (message.state, message.hold) == (State.QUEUED, Hold.RETRY)
        waits.append(message.run_at - timezone.now())
    assert waits == sorted(waits)
    assert len(keys) == 4
    record.refused(attempt_of(message).pk, BUSY)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.IMESSAGE_ISSUE)


def test_a_line_that_is_down_is_waited_for_however_often_it_refuses(line: Line) -> None:
    message = say(line)
    for _ in range(8):
        record.refused(attempt_of(message).pk, LINE_DOWN)
    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_absent_is_tried_again_with_the_same_key(line: Line) -> None:
    message = say(line)
    first = attempt_of(message)
    record.absent(first.pk, detail="never arrived")
    second = attempt_of(message)
    assert second.client_guid == first.client_guid
    assert second.n == 2


def test_a_message_whose_senders_keep_dying_is_set_aside(line: Line) -> None:
    message = say(line)
    for _ in range(record.MOST_CRASHES):
        record.absent(attempt_of(message).pk, detail="")
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.SENDER_CRASHED)


def test_a_message_is_not_set_aside_because_its_senders_are_slow(line: Line) -> None:
    message = say(line)
    for _ in range(record.MOST_CRASHES + 1):
        record.given_back(attempt_of(message).pk)
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.RETRY)


def test_absent_is_corrected_when_it_turns_out_to_be_there(line: Line) -> None:
    message = say(line)
    attempt = attempt_of(message)
    record.absent(attempt.pk, detail="")
    assert record.accepted(attempt.pk, result())
    message.refresh_from_db()
    assert message.state == State.SENT


def test_a_number_without_imessage_gets_an_sms_as_the_next_attempt_of_the_same_message(line: Line) -> None:
    message = say(line)
    record.refused(attempt_of(message).pk, NOT_ON_IMESSAGE)
    attempt = attempt_of(message)
    assert (attempt.n, attempt.channel) == (2, Channel.SMS)
    record.accepted(attempt.pk, result(service=Service.SMS))
    message.refresh_from_db()
    assert (message.status, message.channel, message.fallback_cause) == ("sent", Channel.SMS, FallbackCause.NOT_REGISTERED)
    assert Message.objects.count() == 1


def test_the_sms_goes_over_the_fallback_line_when_there_is_one(line: Line) -> None:
    other = make_line(line.workspace)
    Line.objects.filter(pk=line.pk).update(fallback_line=other)
    message = say(line)
    record.refused(attempt_of(message).pk, NOT_ON_IMESSAGE)
    attempt = attempt_of(message)
    assert (attempt.line, attempt.channel) == (other, Channel.SMS)


def test_an_imessage_on_request_never_becomes_an_sms(line: Line) -> None:
    message = say(line, channel="imessage")
    record.refused(attempt_of(message).pk, NOT_ON_IMESSAGE)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.IMESSAGE_ISSUE)


def test_a_failure_reported_afterwards_falls_back_unless_it_was_delivered(line: Line) -> None:
    silent, delivered = say(line), say(line, address="+12025550102")
    first = attempt_of(silent)
    second = delivered.attempts.get()
    record.accepted(first.pk, result("a"))
    record.accepted(second.pk, result("b"))
    Message.objects.filter(pk=delivered.pk).update(delivered_at=timezone.now())
    for attempt in (first, second):
        attempt.refresh_from_db()
        record.failed_later(attempt, NOT_ON_IMESSAGE, at=timezone.now())
    silent.refresh_from_db()
    delivered.refresh_from_db()
    assert (silent.state, silent.next_channel) == (State.QUEUED, Channel.SMS)
    assert delivered.status == "delivered"


def test_what_is_told_to_have_arrived_while_its_sms_waits_is_not_sent_again(line: Line) -> None:
    message = say(line)
    attempt = attempt_of(message)
    record.accepted(attempt.pk, result("a"))
    attempt.refresh_from_db()
    record.failed_later(attempt, NOT_ON_IMESSAGE, at=timezone.now())
    told = Receipt(dedupe_key="d", vendor_message_id="a", occurred_at=timezone.now(), state=GatewayState.DELIVERED)
    receipts.status(line, told)
    assert outbox.claim(1, room=10)[0] == []
    message.refresh_from_db()
    assert (message.state, message.status, message.fallback_cause) == (State.SENT, "delivered", "")


def test_an_outcome_nobody_can_tell_is_never_sent_again_by_itself(line: Line) -> None:
    message = say(line)
    attempt = attempt_of(message)
    record.unknown(attempt.pk, Failure(Reason.IMESSAGE_ISSUE, transient=True))
    message.refresh_from_db()
    assert message.state == State.SENDING
    assert outbox.claim(1, room=10)[0] == []
    record.given_up(attempt.pk)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.OUTCOME_UNKNOWN)


@pytest.mark.parametrize(("said", "state"), [("Hello", State.SENT), ("Other words", State.FAILED)])
def test_its_echo_corrects_an_outcome_nobody_could_tell(line: Line, said: str, state: State) -> None:
    message = say(line, "Hello")
    attempt = attempt_of(message)
    record.unknown(attempt.pk, BUSY)
    record.given_up(attempt.pk)
    echo = heard(said, "", from_us=True, recipient=message.address, vendor_message_id="late")
    receipts.seen_from_us(line, echo)
    message.refresh_from_db()
    attempt.refresh_from_db()
    assert (message.state, bool(message.reason)) == (state, state == State.FAILED)
    assert (attempt.vendor_id == "late", Message.objects.count()) == ((True, 1) if state == State.SENT else (False, 2))


def test_unknown_is_asked_about_soon(line: Line) -> None:
    attempt = attempt_of(say(line))
    record.unknown(attempt.pk, BUSY)
    attempt.refresh_from_db()
    assert attempt.look_up_at
    assert attempt.look_up_at < timezone.now() + timedelta(seconds=6)
