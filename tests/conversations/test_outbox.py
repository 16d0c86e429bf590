"""What is claimed, in which order and how much of it, and what is written before anything is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations.models import Message
from conversations.sending import record, sweeping
from conversations.sending.upcoming import Upcoming
from conversations.vocabulary import AttemptState, FailReason, Hold, Origin, State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Address, Lead
from lines import quota
from lines.gateways.base import Failure, Reason
from lines.models import Line, LineDay
from tests.conversations.claiming import SENDER, answer, claim
from tests.core import made_sent, make_line, make_workspace, say, used_today


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(), max_in_flight=100)


def test_a_claim_writes_the_attempt_before_anything_is_sent(line: Line) -> None:
    message = say(line)
    assert claim() == [message]
    message.refresh_from_db()
    attempt = message.attempts.get()
    assert (message.state, message.attempt_count, message.sender) == (State.SENDING, 1, SENDER)
    assert (attempt.state, attempt.n, attempt.line) == (AttemptState.OPEN, 1, line)
    assert message.lease_until
    assert message.lease_until > timezone.now()
    assert claim() == []


def test_one_message_to_a_person_is_in_flight_at_a_time_and_in_order(line: Line) -> None:
    first, second = say(line, "one"), say(line, "two")
    other = say(line, "three", "+12025550102")
    assert claim() == [first, other]
    assert claim() == []
    record.accepted(first.attempts.get().pk, answer())
    assert claim() == [second]


def test_a_message_that_is_retried_keeps_its_place_before_later_ones(line: Line) -> None:
    first, _ = say(line, "one"), say(line, "two")
    claim()
    record.absent(first.attempts.get().pk, detail="")
    Message.objects.filter(pk=first.pk).update(run_at=timezone.now() + timedelta(minutes=5))
    assert claim() == []


def test_the_room_of_a_line_is_not_passed(line: Line) -> None:
    Line.objects.update(max_in_flight=2)
    for n in range(5):
        say(line, address=f"+1202555010{n}")
    assert len(claim()) == 2
    assert len(claim()) == 0


def test_a_scheduled_message_waits_for_its_time(line: Line) -> None:
    message = say(line, scheduled_at=timezone.now() + timedelta(hours=1))
    assert message.status == "scheduled"
    assert claim() == []
    Message.objects.update(run_at=timezone.now())
    assert claim() == [message]


def test_what_became_due_since_the_last_question_is_due_now_and_told_once(line: Line) -> None:
    upcoming = Upcoming()
    say(line, address="+12025550199")
    assert upcoming.within(1) == 0, "the first claim may have begun before"
    message = say(line, scheduled_at=timezone.now() + timedelta(minutes=1))
    assert upcoming.within(1) is None
    assert 0 < (upcoming.within(90) or 0) <= 60
    Message.objects.filter(pk=message.pk).update(run_at=timezone.now())
    assert upcoming.within(1) == 0, "a claim that ran meanwhile may have begun before"
    assert upcoming.within(1) is None, "it may be one that cannot go"


@pytest.mark.parametrize("status", [Line.Status.PAUSED, Line.Status.DISCONNECTED, Line.Status.PROVISIONING])
def test_a_line_that_does_not_send_holds_its_messages_and_says_so(line: Line, status: str) -> None:
    message = say(line)
    Line.objects.update(status=status)
    sweeping.sweep()
    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.LINE_INACTIVE)
    Line.objects.update(status=Line.Status.ACTIVE)
    assert claim() == [message]


def test_what_could_not_be_sent_in_time_ends_with_the_reason_it_waited_for(line: Line) -> None:
    message = say(line)
    Line.objects.update(status=Line.Status.PAUSED)
    sweeping.sweep()
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    sweeping.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.EXPIRED)
    assert message.reason_detail == Hold.LINE_INACTIVE.label
    assert message.conversation.__class__.objects.get().last_status == "not_delivered"


def test_what_moves_to_another_line_counts_there_and_no_longer_here(line: Line) -> None:
    sms = make_line(line.workspace, kind=Line.Kind.SMS, daily_total_limit=1, max_in_flight=10)
    Line.objects.filter(pk=line.pk).update(fallback_line=sms)
    add_lead(line.workspace, name="No iMessage", addresses=[normalise("+12025550101", region="US")])
    message = say(line)
    claim()
    record.refused(message.attempts.get().pk, Failure(Reason.IMESSAGE_ISSUE, transient=True))
    Address.objects.update(availability=Address.Availability.UNAVAILABLE)
    Message.objects.update(run_at=timezone.now())
    say(sms, address="+12025550199")
    assert sum(len(claim()) for _ in range(3)) == 1, "one message a day over the SMS line"
    assert used_today(line) == 0
    assert list(LineDay.objects.filter(line=sms).values_list("sent", flat=True)) == [1]


@pytest.mark.parametrize("what", ["secret", "zone"])
def test_what_cannot_be_read_is_put_off_and_holds_up_nobody_else(line: Line, what: str) -> None:
    lead = add_lead(line.workspace, name="Odd", addresses=[normalise("+12025550101", region="US")])
    odd = say(line, origin=Origin.API if what == "zone" else Origin.PERSON)
    fine = say(make_line(make_workspace()), address="+12025550102")
    if what == "secret":
        Line.objects.filter(pk=line.pk).update(sealed_secret="sealed with a key that is gone")
    else:
        Lead.objects.filter(pk=lead.pk).update(time_zone="Mars/Olympus")
    assert claim() == [fine]
    odd.refresh_from_db()
    assert (odd.state, odd.hold, odd.attempt_count) == (State.QUEUED, Hold.RETRY, 0)
    assert odd.run_at > timezone.now()


def test_the_daily_limit_counts_new_conversations_only(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    first = say(line, "one", "+12025550101")
    held = say(line, "two", "+12025550102")
    assert claim() == [first]
    held.refresh_from_db()
    assert held.hold == Hold.NEW_LIMIT
    assert held.run_at == quota.clock_of(line).begins(quota.today(line) + timedelta(days=1))
    record.accepted(first.attempts.get().pk, answer())
    follow_up = say(line, "three", "+12025550101")
    assert claim() == [follow_up]
    assert used_today(line) == 1


def test_a_raised_limit_lets_exactly_as_many_go_as_it_has_room_for(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    messages = [say(line, address=f"+1202555010{n}") for n in range(4)]
    assert claim() == messages[:1]
    Line.objects.update(daily_new_limit=3, limits_changed_at=timezone.now())
    sweeping.sweep()
    assert claim() == messages[1:3]
    assert used_today(line) == 3


def test_a_message_that_certainly_was_not_sent_gives_its_place_back(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    message = say(line)
    claim()
    assert used_today(line) == 1
    record.refused(message.attempts.get().pk, Failure(Reason.INVALID_NUMBER, transient=False))
    assert used_today(line) == 0


def test_the_database_refuses_a_state_or_a_fact_going_backwards(line: Line) -> None:
    message = made_sent(say(line))
    changes: list[dict[str, object]] = [{"state": State.DRAFT}, {"state": State.SENDING}, {"sent_at": None}]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)
