"""What a message in a thread says about itself: its status, why, until when, and what helps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from conversations.vocabulary import (
    AttemptState,
    CancelReason,
    Channel,
    FailReason,
    FallbackCause,
    Hold,
    Origin,
    State,
)
from conversations.wording.holds import HELD_UNTIL
from conversations.wording.reasons import CANCELLED, FAILED
from conversations.wording.statuses import MEANING, READ_UNAVAILABLE
from lines.models import Line
from tests.conversations.views.pages import bubble_of, html_of, inbox, text_of, words_of
from tests.factories_conversations import (
    AttemptFactory,
    known,
    we_said,
)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, "Sent"),
        ({"delivered_at": True}, "Delivered"),
        ({"delivered_at": True, "read_at": True}, "Read"),
        ({"delivered_at": True, "read_at": True, "replied_at": True}, "Replied"),
    ],
)
def test_a_status_says_when_it_was_reached_and_what_it_means(line: Line, bobs: Client, facts: dict[str, bool], says: str) -> None:
    row = known(line)
    with time_machine.travel(datetime(2026, 11, 18, 15, 0, tzinfo=UTC), tick=False):
        when = datetime(2026, 11, 18, 14, 47, tzinfo=UTC)  # 9:47 in New York
        we_said(row, "Hello", ago=20, **dict.fromkeys(facts, when))
        words = text_of(bobs.get(inbox(row)))
    assert f"· {says} {'9:47' if facts else '9:40'}" in words
    assert MEANING[says.lower()] in words


def test_a_failure_says_why_and_what_helps(line: Line, bobs: Client) -> None:
    row = known(line)
    told = {"state": State.FAILED, "reason_detail": "22 in the gateway's words"}
    failed = [we_said(row, "Hello", ago=n, reason=reason, **told) for n, reason in enumerate(FailReason)]
    page = bobs.get(inbox(row))
    for message, reason in zip(failed, FailReason, strict=True):
        html = bubble_of(page, message)
        words = words_of(html)
        assert f"Not Delivered: {reason.label}" in words
        assert FAILED[reason] in words
        assert "22 in the gateway's words" in words
        assert "turn out imessage failed" in html


def test_what_a_line_does_not_take_is_told_in_its_own_words_beside_the_advice(line: Line, bobs: Client) -> None:
    row, says = known(line), "The first message to a new person must be text. Send a text, then the file."
    failed = we_said(row, "Look", state=State.FAILED, reason=FailReason.MESSAGE_RESTRICTION, reason_detail=says)
    words = words_of(bubble_of(bobs.get(inbox(row)), failed))
    assert f"send it as a new message. It says: “{says}”" in words


def test_a_cancelled_message_says_who_or_what_stopped_it(line: Line, bobs: Client) -> None:
    row = known(line)
    stopped = [we_said(row, "Hello", ago=n, state=State.CANCELLED, reason=reason) for n, reason in enumerate(CancelReason)]
    page = bobs.get(inbox(row))
    for message, reason in zip(stopped, CancelReason, strict=True):
        words = words_of(bubble_of(page, message))
        assert f"Cancelled: {reason.label}" in words
        assert CANCELLED[reason] in words


def test_a_held_message_says_why_and_until_when(line: Line, bobs: Client) -> None:
    Line.objects.filter(pk=line.pk).update(daily_new_limit=40)
    row = known(line)
    with time_machine.travel(datetime(2026, 11, 18, 15, 0, tzinfo=UTC), tick=False):
        until = datetime(2026, 11, 18, 20, 30, tzinfo=UTC)
        we_said(row, "Hello", state=State.QUEUED, hold=Hold.NEW_LIMIT, run_at=until, channel="")
        words = text_of(bobs.get(inbox(row)))
    assert "Held: Line 2 · SF has started 40 of 40 new conversations today . Next at 15:30" in words.replace("today.", "today .")
    assert "Waiting to be sent" in words
    assert "iMessage or SMS, chosen automatically" in words  # which of the two, the attempt will show


def test_every_hold_has_words(line: Line, bobs: Client) -> None:
    row = known(line)
    holds = [hold for hold in Hold if hold]
    held = [we_said(row, "Hello", ago=n, state=State.QUEUED, hold=hold) for n, hold in enumerate(holds)]
    page = bobs.get(inbox(row))
    for message, hold in zip(held, holds, strict=True):
        words = words_of(bubble_of(page, message))
        assert re.search(r"Held: [A-Z].{10,}", words), hold
        assert ("Next at" in words) == (hold in HELD_UNTIL), hold


def test_scheduled_messages_stand_at_the_end_with_their_time(line: Line, bobs: Client) -> None:
    row = known(line)
    with time_machine.travel(datetime(2026, 11, 18, 15, 0, tzinfo=UTC), tick=False):
        due = timezone.now() + timedelta(days=2)
        we_said(row, "Later", ago=90, state=State.QUEUED, scheduled_at=due, run_at=due)
        we_said(row, "Earlier", ago=5)
        html = html_of(bobs.get(inbox(row)))
        words = text_of(bobs.get(inbox(row)))
    assert html.index("Earlier") < html.index("Waiting to be sent") < html.index(">Later<")
    assert "Scheduled Fri 20 Nov 10:00" in words


def test_an_sms_fallback_is_marked_with_its_cause(line: Line, bobs: Client) -> None:
    row = known(line)
    we_said(row, "Hello", channel=Channel.SMS, fallback_cause=FallbackCause.NOT_REGISTERED)
    assert f"SMS fallback: {FallbackCause.NOT_REGISTERED.label}" in text_of(bobs.get(inbox(row)))


def test_no_read_is_never_called_unseen_and_its_causes_are_named(line: Line, bobs: Client) -> None:
    row = known(line)
    we_said(row, "Hello")
    words = text_of(bobs.get(inbox(row)))
    assert "Read status unavailable" in words
    for cause in READ_UNAVAILABLE:
        assert cause in words
    assert "not seen" not in words.replace("does not mean it was not seen", "")


def test_attempts_are_listed_under_the_message(line: Line, bobs: Client) -> None:
    row = known(line)
    message = we_said(row, "Hello", channel=Channel.SMS, fallback_cause=FallbackCause.IMESSAGE_FAILED)
    AttemptFactory.create(message=message, n=1, state=AttemptState.REJECTED, reason="imessage_issue", vendor_code="22")
    AttemptFactory.create(message=message, n=2, channel=Channel.SMS)
    words = text_of(bobs.get(inbox(row)))
    assert "2 attempts to hand it over" in words
    assert "Rejected: iMessage delivery issue (22)" in words


def test_automated_messages_say_what_caused_them(line: Line, bobs: Client) -> None:
    row = known(line)
    we_said(row, "We are Northwind", ago=9, origin=Origin.CONSENT)
    we_said(row, "From the phone", ago=8, origin=Origin.DEVICE)
    words = text_of(bobs.get(inbox(row)))
    assert "Consent message" in words
    assert "Written on the line's own device" in words
