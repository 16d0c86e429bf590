"""What the gateway tells of our own messages counts once, in any order, for the message it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.utils import timezone

from conversations.models import Attempt, Conversation, Message
from conversations.receiving import ingest
from conversations.sending import outbox, record
from conversations.vocabulary import State
from lines.gateways.base import Failure, Reason, SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import InboundEvent, Line
from tests.conversations.receiving.telling import failed, receipt, send, tell, under_way
from tests.core import heard, make_line, make_workspace, say
from tests.threads import in_threads


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
