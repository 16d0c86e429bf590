"""What the contact wrote last decides at the gate: a message that was to go only without a reply, and answers at night."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from conversations.models import Message
from conversations.sending import outbox
from conversations.vocabulary import CancelReason, Direction, Hold, Origin, State
from leads import quiet
from leads.windows import EVERY_DAY, Window
from lines.models import Line
from tests.core import make_conversation, make_line, make_workspace, say

SENDER = 1


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())


def they_write(line: Line, **values: Any) -> None:
    """As if another worker had applied it while this claim held our message: nothing is cancelled by it."""
    row = make_conversation(line)
    Message.objects.create(
        workspace=line.workspace, conversation=row, direction=Direction.INCOMING, state=State.RECEIVED, line=line,
        address=row.address, body="Yes, please", vendor_id=f"v{Message.objects.count()}", **values,
    )  # fmt: skip


def claimed(message: Message) -> Message:
    outbox.claim(SENDER, room=32)
    message.refresh_from_db()
    return message


def due(line: Line, **values: Any) -> Message:
    message = say(line, scheduled_at=timezone.now() + timedelta(hours=1), **values)
    Message.objects.filter(pk=message.pk).update(run_at=timezone.now())
    message.refresh_from_db()
    return message


def test_a_reply_that_came_while_the_message_was_held_still_stops_it(line: Line) -> None:
    message = due(line, cancel_on_reply=True)
    they_write(line)
    assert (claimed(message).state, message.reason) == (State.CANCELLED, CancelReason.REPLIED)


def test_a_gateway_whose_clock_is_behind_is_heard_all_the_same(line: Line) -> None:
    message = due(line, cancel_on_reply=True)
    they_write(line, at=timezone.now() - timedelta(minutes=20))
    assert (claimed(message).state, message.reason) == (State.CANCELLED, CancelReason.REPLIED)


def test_what_was_said_before_it_was_written_does_not_stop_it(line: Line) -> None:
    they_write(line)
    message = due(line, cancel_on_reply=True)
    they_write(line, at=timezone.now() - timedelta(days=90))  # history that a new line brings
    assert claimed(message).state == State.SENDING


def test_without_the_condition_a_reply_stops_nothing(line: Line) -> None:
    message = due(line)
    they_write(line)
    assert claimed(message).state == State.SENDING


@pytest.mark.parametrize(("wrote", "state", "hold"), [(True, State.SENDING, Hold.NONE), (False, State.QUEUED, Hold.QUIET_HOURS)])
def test_quiet_hours_hold_an_away_message_only_from_somebody_who_has_not_just_written(
    wrote: bool, state: State, hold: Hold, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = (timezone.now() + timedelta(hours=3)).hour
    shut = Window(Hold.QUIET_HOURS, time(hour), time(hour, 1), EVERY_DAY)
    monkeypatch.setattr(quiet, "windows_of", lambda workspace: [shut])
    if wrote:
        they_write(line)
    assert (claimed(say(line, origin=Origin.AUTO)).state, Message.objects.latest("pk").hold) == (state, hold)
