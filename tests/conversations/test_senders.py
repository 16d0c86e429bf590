"""Several senders at once: what a line's gateway may have at a time holds over all of them, and each has its share of lines."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from conversations.models import Attempt, Message
from conversations.sending import line_locks, outbox, record
from conversations.sending.sender import Sender, Turn, turn_of
from conversations.vocabulary import State
from tests.conversations.claiming import answer, numbers
from tests.core import make_conversations, make_line, make_workspace, say_in
from tests.threads import in_threads, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 3


class Gateways:
    """How many sends each line's gateway has at a moment, and the most it had."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now: Counter[int] = Counter()
        self.most: Counter[int] = Counter()

    def take(self, lines: list[int]) -> None:
        with self._lock:
            self.now.update(lines)
            self.most |= self.now

    def done_with(self, line: int) -> None:
        with self._lock:
            self.now[line] -= 1


def test_several_senders_together_keep_to_what_a_lines_gateway_may_have_at_once() -> None:
    workspace = make_workspace()
    lines = [make_line(workspace, max_in_flight=AT_ONCE, daily_new_limit=1000) for _ in range(3)]
    say_in(make_conversations(lines, numbers(90)))
    gateways, all_here, senders_of = Gateways(), threading.Barrier(4), Counter[int]()
    deadline = time.monotonic() + 30

    def work() -> None:
        with Sender() as sender:
            all_here.wait()
            while Message.objects.filter(state=State.QUEUED).exists():
                assert time.monotonic() < deadline
                claims, _ = outbox.claim(sender.lock, room=8)
                gateways.take([claim.line for claim in claims])
                senders_of[sender.lock] += len(claims)
                for claim in claims:  # some are still at the gateway while others are written down
                    gateways.done_with(claim.line)
                    record.accepted(claim.attempt_id, answer(f"g{claim.attempt_id}"))
            all_here.wait()

    in_threads(4, work)
    assert max(gateways.most.values()) == AT_ONCE, "reached, and never passed"
    assert Attempt.objects.count() == Message.objects.filter(state=State.SENT).count() == 90
    assert sum(1 for made in senders_of.values() if made) >= 3, "each line's turn is somebody's"


def test_a_line_that_is_the_turn_of_another_sender_is_left_to_it_in_steps() -> None:
    workspace = make_workspace()
    line = make_line(workspace, max_in_flight=4, daily_new_limit=1000)
    say_in(make_conversations([line], numbers(20)))
    with Sender() as one, Sender() as other:
        assert {turn_of(one.lock), turn_of(other.lock)} == {Turn(0, 2), Turn(1, 2)}
        owner, guest = (one, other) if turn_of(one.lock).owns(line.pk) else (other, one)
        assert len(outbox.claim(guest.lock, room=9)[0]) == 2, "half of it, while nobody else is there"
        assert line_locks.waits_for_others(owner.lock)
        assert len(outbox.claim(owner.lock, room=9)[0]) == 2, "the rest"
        assert outbox.claim(guest.lock, room=9)[0] == []
    wait_for(lambda: turn_of(one.lock) == Turn())  # nobody runs any more
