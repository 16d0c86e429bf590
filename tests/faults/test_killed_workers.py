"""A worker is killed with SIGKILL at each point where it matters. Whatever the point: nothing is lost, nothing is sent
twice, and every message ends as sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.sending import dispatch
from conversations.vocabulary import State
from tests.core import incoming, make_conversation, make_conversations, make_workspace, say, say_in
from tests.faults.conftest import settle
from tests.faults.phones import Phones

pytestmark = pytest.mark.django_db(transaction=True)

SENDING_POINTS = [
    ("conversations.sending.gate_results.tell", "before"),  # attempts written, not committed
    ("conversations.sending.outbox.claim", "after"),  # committed, nobody sends
    ("conversations.sending.send_threads.deliver", "before"),
    ("lines.gateways.bluebubbles.sending.Sender.send", "before"),  # the last moment before the network
    ("lines.gateways.bluebubbles.sending.Sender.send", "after"),  # the phone rings, nothing is written
    ("conversations.sending.record.accepted_all", "before"),
    ("conversations.sending.consequences.tell_all", "before"),  # the outcome written, not committed
    ("conversations.sending.record.accepted_all", "after"),
]


@pytest.mark.parametrize(("point", "when"), SENDING_POINTS)
def test_a_sender_killed_anywhere_loses_and_doubles_nothing(
    phones: Phones, killed_at: Callable[..., None], point: str, when: str
) -> None:
    line = phones.line(make_workspace())
    numbers = [f"+1202555010{n}" for n in range(4)]
    conversations = make_conversations([line], numbers)
    for _ in range(2):  # the same words twice: two messages, not one
        say_in(conversations, "first")
    killed_at(point, when, 2)
    settle()
    assert phones.arrived() == Counter({(number, "first"): 2 for number in numbers})
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
    assert not Attempt.objects.filter(state__in=Attempt.OUTSTANDING).exists()


RECONCILING_POINTS = [
    ("conversations.sending.reconcile.look_into", "before"),
    ("conversations.sending.reconcile._found", "before"),
    ("conversations.sending.record.accepted", "after"),
]


@pytest.mark.parametrize(("point", "when"), RECONCILING_POINTS)
def test_a_reconciler_killed_anywhere_leaves_it_to_the_next(
    phones: Phones, killed_at: Callable[..., None], point: str, when: str
) -> None:
    line = phones.line(make_workspace())
    say(line, "delivered, answered 500", "+12025550140")
    say(line, "delivered, connection dropped", "+12025550142")
    dispatch.drain()  # neither answer says what became of it
    Attempt.objects.update(look_up_at=timezone.now())
    killed_at(point, when)
    settle()
    assert phones.arrived() == Counter(
        {("+12025550140", "delivered, answered 500"): 1, ("+12025550142", "delivered, connection dropped"): 1}
    )
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


INBOUND_POINTS = [
    ("lines.inbox.store", "after"),
    ("conversations.receiving.catch_up._store", "after"),
    ("conversations.receiving.ingest._apply", "after"),
    ("conversations.summary.refresh", "before"),
    ("conversations.receiving.ingest.apply_batch", "after"),
]


@pytest.mark.parametrize(("point", "when"), INBOUND_POINTS)
def test_replies_survive_a_worker_killed_while_reading_them(
    phones: Phones, killed_at: Callable[..., None], point: str, when: str
) -> None:
    line = phones.line(make_workspace())
    conversation = make_conversation(line)
    texts = [f"reply {n}" for n in range(3)]
    for text in texts:
        phones.order("inbound", **{"from": conversation.address, "text": text})
    killed_at(point, when)
    settle()
    assert sorted(incoming(conversation)) == texts
