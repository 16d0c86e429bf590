"""Many workers claim at once, and people opt out meanwhile: real locks, real connections."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations.models import Attempt, Conversation, Message
from conversations.sending import optout, outbox, people, record, sweeping
from conversations.sending.optout import opt_out_contact
from conversations.vocabulary import CancelReason, Origin, State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Lead, OptOut
from lines import places
from lines.models import Line
from tests.conversations.claiming import SENDER, answer, claim, numbers, repeated
from tests.conversations.receiving.telling import send, tell
from tests.core import (
    heard,
    make_conversation,
    make_conversations,
    make_line,
    make_user,
    make_workspace,
    say,
    say_in,
    somebody_waits,
    used_today,
)
from tests.threads import in_background, in_threads, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_workers_racing_for_the_last_places_take_exactly_those() -> None:
    line = make_line(make_workspace(), max_in_flight=100, daily_new_limit=7)
    say_in(make_conversations([line], numbers(40)))
    in_threads(8, repeated(6, 3))
    while claim():
        pass
    assert Message.objects.filter(state=State.SENDING).count() == 7
    assert used_today(line) == 7
    assert Attempt.objects.count() == 7


def test_eight_threads_taking_places_get_exactly_the_limit() -> None:
    """The conditional UPDATE holds even without the lock of the line."""
    line = make_line(make_workspace(), daily_new_limit=50)
    taken: list[places.Places] = []

    def take() -> None:
        for _ in range(10):
            quotas = places.Quotas([line], timezone.now())
            if not quotas.full(line, new=True, total=True):
                took = quotas.take(line, new=True, total=True)
                with contextlib.suppress(places.Overdrawn), transaction.atomic():
                    quotas.write()
                    taken.append(took)

    in_threads(8, take)
    assert len(taken) == used_today(line) == 50


def test_eight_workers_never_claim_a_message_twice() -> None:
    line = make_line(make_workspace(), max_in_flight=100, daily_new_limit=1000)
    say_in(make_conversations([line], numbers(60)))
    in_threads(8, repeated(10, 5))
    while claim():
        pass
    assert Attempt.objects.count() == 60
    assert Message.objects.filter(state=State.SENDING).count() == 60


def test_no_attempt_begins_after_an_opt_out_has_committed() -> None:
    """The gate is open when the opt-out comes: the opt-out waits for it, and what it waits for may still go."""
    workspace = make_workspace()
    line, user = make_line(workspace, max_in_flight=100), make_user(workspace)
    message = say(line)
    conversation = make_conversation(line)
    done = threading.Event()

    def opt_out() -> None:
        opt_out_contact(conversation, by=user)
        done.set()

    with transaction.atomic():
        people.lock([Message.objects.select_related("conversation").get(pk=message.pk)])
        join = in_background(opt_out, 1)
        wait_for(lambda: done.is_set() or somebody_waits())
        assert not done.is_set(), "the opt-out did not wait for the open gate"
    join()
    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)


def test_opt_outs_racing_with_claims_leave_no_attempt_after_them() -> None:
    workspace = make_workspace()
    line, user = make_line(workspace, max_in_flight=500, daily_new_limit=1000), make_user(workspace)
    conversations = make_conversations([line], numbers(30))
    say_in([conversation for conversation in conversations for _ in range(3)])
    queue = list(conversations)

    def work() -> None:
        while True:
            try:
                conversation = queue.pop()
            except IndexError:
                return
            for claimed in claim(room=4):
                record.accepted(claimed.attempts.get(state="open").pk, answer(f"g{claimed.pk}"))
            opt_out_contact(conversation, by=user)

    in_threads(6, work)
    before = Attempt.objects.count()
    while outbox.claim(SENDER, room=50)[1]:
        pass
    assert Attempt.objects.count() == before
    assert not Message.objects.filter(state=State.QUEUED).exists()


def test_a_claim_does_not_wait_for_a_line_that_another_worker_claims_for() -> None:
    workspace = make_workspace()
    busy, free = make_line(workspace), make_line(workspace)
    say(busy)
    say(free, address="+12025550102")
    claimed: list[Message] = []
    with transaction.atomic():
        Line.objects.select_for_update(no_key=True).get(pk=busy.pk)
        in_threads(1, lambda: claimed.extend(claim()))  # would wait for ever: we hold the line until it is done
    assert [message.line for message in claimed] == [free]


CANCELS: dict[str, Callable[[Message], object]] = {
    "sweep": lambda one: sweeping.sweep(),
    "exclusion": lambda one: optout.cancel_automated(one.workspace, Q(address=one.address)),
    "opt-out": lambda one: optout.cancel_queued(one.workspace, one.address),
}


@pytest.mark.parametrize("cancel", CANCELS.values(), ids=CANCELS)
def test_what_a_claim_holds_is_neither_waited_for_nor_ended(cancel: Callable[[Message], object]) -> None:
    """Its gate decides. Ended here, it would leave and stand as not sent; waited for, two could wait for each other."""
    message = say(make_line(make_workspace()), origin=Origin.BATCH)
    Message.objects.update(expires_at=timezone.now())
    done = threading.Event()

    def try_to() -> None:
        with transaction.atomic():
            cancel(message)
        done.set()

    with transaction.atomic():
        Message.objects.update(state=State.SENDING)
        join = in_background(try_to, 1)
        assert done.wait(20)
    join()
    assert Message.objects.get().state == State.SENDING


def test_a_reply_takes_the_message_it_answers_before_lead_and_thread() -> None:
    """As everybody does (see `outbox`): a merge or the record of a send, which have the message, may want those next."""
    line = make_line(make_workspace())
    add_lead(line.workspace, name="Grant", addresses=[normalise("+12025550101", region="US")])
    message = send(line)

    def stop() -> None:
        tell(line, heard("STOP"))

    with transaction.atomic():
        Message.objects.select_for_update(no_key=True).get(pk=message.pk)
        told = in_background(stop, 1)
        wait_for(somebody_waits)
        Lead.objects.select_for_update(nowait=True).get()
        Conversation.objects.select_for_update(nowait=True, no_key=True).get()
    told()
    assert OptOut.objects.get().lifted_at is None
