"""The gateway misbehaves as the real one does: wrong answers, dropped connections, webhooks lost, late, twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from conversations.models import Attempt, Conversation, Message
from conversations.receiving import catch_up, ingest
from conversations.sending import attempts, dispatch, outbox, recorder, send_threads
from conversations.sending.outbound import outbound_message
from conversations.sending.record import GIVEN_BACK
from conversations.vocabulary import CancelReason, FailReason, Hold, Origin, State
from leads.models import OptOut
from lines import actions, webhooks
from lines.models import InboundEvent, Line
from lines.wire import gateway_of
from tests.core import incoming, make_conversation, make_conversations, make_workspace, say, say_in
from tests.faults.conftest import settle, work
from tests.faults.phones import Phones, network

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(phones: Phones, short_horizon: None, settings: Any) -> Line:
    return phones.line(make_workspace())


@pytest.fixture
def hooked(line: Line, live_server: LiveServer, settings: Any) -> Line:
    """The line, with its webhooks posted to us."""
    settings.PUBLIC_URL = live_server.url
    actions.check(line)
    assert line.webhook_handle
    return line


def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    """Work until something holds."""
    end, pause = time.monotonic() + seconds, 0.05
    while not true():
        assert time.monotonic() < end, "it never came true"
        InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
        dispatch.drain()
        ingest.apply_waiting()
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


ANSWERS = {
    "+12025550140": "answers 500 and has delivered",
    "+12025550142": "drops the connection and has delivered",
    "+12025550143": "answers 504 and has delivered",
}


@pytest.mark.parametrize("number", ANSWERS, ids=ANSWERS.values())
def test_a_wrong_answer_after_delivering_never_makes_a_second_message(phones: Phones, line: Line, number: str) -> None:
    message = say(line, "once", number)
    settle()
    message.refresh_from_db()
    assert phones.arrived() == Counter({(number, "once"): 1})
    assert message.state == State.SENT
    begun = message.attempts.exclude(detail=GIVEN_BACK)  # on a busy machine a claim may be a second old before it is acted on
    assert begun.count() == 1


def test_a_refusal_before_sending_is_tried_again_and_ends_as_not_delivered(phones: Phones, line: Line) -> None:
    message = say(line, "refused", "+12025550141", channel="imessage")
    settle()
    message.refresh_from_db()
    assert not phones.arrived()
    assert (message.status, message.reason) == ("not_delivered", FailReason.IMESSAGE_ISSUE)


@pytest.mark.parametrize("kind", ["status", "status_after", "drop_before", "drop_after", "truncate", "garbage"])
def test_messages_through_a_faulty_wire_arrive_once_each(phones: Phones, line: Line, kind: str) -> None:
    phones.order("faults", route="chat/new", kind=kind, p=0.5, count=4)
    numbers = [f"+1202555{n + 100:04d}" for n in range(6)]
    say_in(make_conversations([line], numbers), "hello")
    settle(60)
    assert phones.arrived() == Counter({(number, "hello"): 1 for number in numbers})
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_message_that_fails_silently_shows_as_not_delivered_within_a_catch_up(phones: Phones, line: Line) -> None:
    message = say(line, "not on iMessage", "+12025550120", channel="imessage")

    def failed() -> bool:
        work()
        message.refresh_from_db()
        return str(message.status) == "not_delivered"

    until(failed)
    assert (message.reason, message.reason_detail != "") == (FailReason.IMESSAGE_ISSUE, True)


def test_a_number_without_imessage_ends_up_with_one_sms(phones: Phones, line: Line) -> None:
    message = say(line, "as SMS then", "+12025550121")

    def fell_back() -> bool:
        work()
        message.refresh_from_db()
        return message.channel == "sms" and message.state == State.SENT

    until(fell_back)
    sent = phones.ask("sent", to="+12025550121")["sent"]
    assert [row["service"] for row in sent] == ["SMS"]
    assert message.attempts.count() == 2


@pytest.mark.parametrize("mode", ["normal", "duplicate", "shuffle", "delay"])
def test_receipts_and_replies_come_right_however_webhooks_come(phones: Phones, hooked: Line, mode: str) -> None:
    phones.order("webhooks", mode=mode, factor=3)
    message = say(hooked, "hello")

    def delivered() -> bool:
        message.refresh_from_db()
        return message.delivered_at is not None

    until(delivered)
    for text in ("one", "two", "three"):
        phones.order("inbound", **{"from": message.address, "text": text})
    phones.order("read", **{"from": message.address})
    phones.order("settle")
    until(lambda: len(incoming(message.conversation)) == 3)
    message.refresh_from_db()
    assert message.status == "replied"
    assert Message.objects.count() == 4
    statuses = []
    for _ in range(3):
        phones.order("restart")
        work()
        message.refresh_from_db()
        statuses.append(message.status)
    assert statuses == ["replied"] * 3
    assert Message.objects.count() == 4


def test_with_all_webhooks_lost_catch_up_finds_every_reply_and_receipt(phones: Phones, hooked: Line) -> None:
    phones.order("webhooks", mode="lose", p=1.0)
    message = say(hooked, "hello")
    dispatch.drain()
    for text in ("one", "two"):
        phones.order("inbound", **{"from": message.address, "text": text})
    assert incoming(message.conversation) == []
    assert catch_up.catch_up(hooked.pk)
    ingest.apply_waiting()
    assert sorted(incoming(message.conversation)) == ["one", "two"]


def test_a_stop_that_no_webhook_told_of_is_honoured_before_automation_goes_on(phones: Phones, hooked: Line) -> None:
    """The line was away: automation waits until its inbox has been read, and then the STOP is known."""
    phones.order("webhooks", mode="lose", p=1.0)
    conversation = make_conversation(hooked)
    phones.order("inbound", **{"from": conversation.address, "text": "STOP"})
    Line.objects.update(inbox_current_at=None)
    message = say(hooked, "step 2", origin=Origin.CAMPAIGN)
    dispatch.drain()
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.INBOX_BEHIND)
    settle()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
    assert not phones.arrived()


def test_a_line_that_is_down_holds_its_messages_and_sends_them_when_it_is_back(short_horizon: None) -> None:
    workspace = make_workspace()
    with network(quiet=True) as gone:
        line = gone.line(workspace)
    message = say(line, "patience")
    dispatch.drain()
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.RETRY)
    with network(quiet=True) as back:
        Line.objects.update(server_url=f"{back.url}/line1")
        settle()
        assert back.arrived() == Counter({(message.address, "patience"): 1})


def test_a_hanging_line_does_not_keep_another_waiting(phones: Phones, line: Line) -> None:
    other = phones.line(line.workspace, "line2")
    phones.order("faults", route="chat/new", kind="latency", line="line1", count=1, value=3)
    slow = say(line, "slow")
    quick = say(other, "quick", "+12025550102")

    dispatch.drain()
    first, last = (message.attempts.get().finished_at for message in (quick, slow))
    assert first
    assert last
    assert (last - first).total_seconds() > 1.5


def test_an_unknown_path_or_too_large_a_body_stores_nothing(hooked: Line, live_server: LiveServer, client: Client) -> None:
    url = webhooks.address_of(hooked).removeprefix(live_server.url)
    post = client.post
    assert post(url[:-3] + "xx/", {"type": "new-message"}, content_type="application/json").status_code == 404
    assert post(url, "x" * 1_000_001, content_type="application/json").status_code == 413
    assert post(url, "{", content_type="application/json").status_code == 400
    assert not InboundEvent.objects.exists()
    assert not Conversation.objects.exists()
    assert not OptOut.objects.exists()


def test_a_request_that_is_still_under_way_at_the_gateway_is_not_taken_for_absent(phones: Phones, line: Line) -> None:
    """The sender is gone, the gateway is slow: asked too early it says "not here", and the message arrives after that."""
    phones.order("faults", route="chat/new", kind="latency", count=1, value=1.2)
    message = say(line, "slow to arrive")
    (claim,), _ = outbox.claim(1, room=1)  # nobody holds lock 1: its sender counts as dead
    outbound = outbound_message(Attempt.objects.get(pk=claim.attempt_id))
    request = threading.Thread(target=lambda: gateway_of(line).send(outbound))
    request.start()
    settle()
    request.join()
    assert phones.arrived() == Counter({(message.address, "slow to arrive"): 1})


def test_a_claim_that_is_too_old_is_given_back_unsent(phones: Phones, line: Line) -> None:
    """The process was stopped after its claim; by now somebody else may have looked it up and sent it."""
    message = say(line, "too late")
    (claim,), _ = outbox.claim(1, room=1)
    recorder.write([send_threads.deliver(replace(claim, start_by=attempts.boottime() - 0.001))])
    assert not phones.arrived()
    message.refresh_from_db()
    assert message.state == State.QUEUED
    settle()
    assert phones.arrived() == Counter({(message.address, "too late"): 1})
