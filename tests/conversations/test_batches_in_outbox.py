"""Messages to many in the outbox: behind what people write, held while their batch is paused, stopped when it is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from conversations.batches import steering
from conversations.models import Attempt, Batch, Message
from conversations.receiving.incoming import receive
from conversations.sending import outbox
from conversations.vocabulary import Hold, Origin, State
from leads import quiet
from leads.windows import Window
from lines import quota
from lines.models import Line, LineDay
from tests.core import heard, make_line, make_user, make_workspace, say, somebody_waits
from tests.threads import in_background, wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """At an hour for automated messages."""
    monkeypatch.setattr(quiet, "windows_of", lambda workspace: [])
    return make_line(make_workspace(), max_in_flight=1)


@pytest.fixture
def batch(line: Line) -> Batch:
    return Batch.objects.create(workspace=line.workspace, state=Batch.State.MADE, by=make_user(line.workspace))


def to_many(line: Line, batch: Batch, address: str) -> Message:
    message = say(line, "To many", address, origin=Origin.BATCH)
    Message.objects.filter(pk=message.pk).update(batch=batch, run_at=timezone.now() - timedelta(hours=1))
    return message


def claimed() -> list[Message]:
    claims, _ = outbox.claim(1, room=32)
    return [Attempt.objects.get(pk=one.attempt_id).message for one in claims]


def test_a_reply_goes_before_a_thousand_that_wait_longer(line: Line, batch: Batch) -> None:
    for n in range(20):
        to_many(line, batch, f"+12025550{n:03}")
    reply = say(line, "A reply", "+12025550999")
    assert claimed() == [reply]


def test_a_reply_does_not_wait_for_the_batchs_message_to_the_same_person(line: Line, batch: Batch) -> None:
    many = to_many(line, batch, "+12025550100")
    reply = say(line, "A reply", "+12025550100")
    assert claimed() == [reply]
    Message.objects.filter(pk=reply.pk).update(state=State.SENT, sent_at=timezone.now())
    assert claimed() == [many]


def test_of_a_paused_batch_nothing_leaves_though_it_was_due(line: Line, batch: Batch) -> None:
    message = to_many(line, batch, "+12025550100")
    Batch.objects.filter(pk=batch.pk).update(paused_at=timezone.now())
    assert claimed() == []
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.PAUSED)
    assert message.expires_at is not None
    assert message.expires_at > message.run_at + timedelta(hours=1)


def test_of_a_cancelled_batch_nothing_leaves(line: Line, batch: Batch) -> None:
    message = to_many(line, batch, "+12025550100")
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=timezone.now(), cancelled_by=batch.by)
    assert claimed() == []
    message.refresh_from_db()
    assert (message.state, message.reason_detail) == (State.CANCELLED, "Batch cancelled by Bob Tanaka")


@pytest.mark.parametrize("origin", [Origin.BATCH, Origin.REMINDER])
def test_their_hours_hold_also_on_the_day_they_wrote(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    line = make_line(make_workspace())
    now = timezone.now()
    shut = Window(Hold.QUIET_HOURS, (now + timedelta(hours=2)).time(), (now + timedelta(hours=3)).time())
    monkeypatch.setattr(quiet, "windows_of", lambda workspace: [shut])
    receive(line, heard("Hello", "+12025550100"))
    message = say(line, "To many", "+12025550100", origin=origin)
    assert claimed() == []
    message.refresh_from_db()
    assert message.hold == Hold.QUIET_HOURS
    assert message.run_at > now


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("steer", [steering.pause, steering.cancel])
def test_who_stops_a_batch_waits_for_the_gates_that_are_open_on_it(line: Line, batch: Batch, steer: Callable[..., bool]) -> None:
    Line.objects.update(max_in_flight=8)
    to_many(line, batch, "+12025550100")
    day = LineDay.objects.create(workspace=line.workspace, line=line, day=quota.today(line), started=0, sent=0)
    stopped = threading.Event()

    def stop() -> None:
        assert steer(batch, by=batch.by)
        stopped.set()

    def begin() -> None:
        outbox.claim(1, room=32)

    with transaction.atomic():
        LineDay.objects.select_for_update().get(pk=day.pk)  # the gate has decided, and waits for the line's day
        claim = in_background(begin, 1)
        wait_for(somebody_waits)
        stop_ = in_background(stop, 1)
        assert not stopped.wait(0.3), "it did not wait for the open gate"
    claim()
    stop_()
    to_many(line, batch, "+12025550101")
    assert claimed() == []
    assert Attempt.objects.count() == 1
