"""Who may be at the gateways at once: quick lines always, hanging ones in bounds."""

from __future__ import annotations

import itertools
import math
import threading
import time
from typing import Any

from conversations.sending import send_queue, slots
from conversations.sending.attempts import Claim
from conversations.sending.line_queue import SLOW_AFTER
from conversations.sending.recorder import Recorder
from conversations.sending.send_queue import SendQueue
from conversations.sending.send_threads import SendThreads

_ids = itertools.count(1)


def claims(line: int, count: int, at_once: int = 2) -> list[Claim]:
    nobody: Any = None
    return [Claim(next(_ids), 0.0, nobody, nobody, line, at_once) for _ in range(count)]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def started(queue: SendQueue) -> list[Claim]:
    """All that may start now, as if there were threads enough."""
    found = []
    while claim := queue._slots.start():
        found.append(claim)
    return found


def end(queue: SendQueue, ended: list[Claim]) -> None:
    for claim in ended:
        queue.ended(claim)
    queue.written(ended)


def test_a_line_has_no_more_under_way_than_its_gateway_takes() -> None:
    queue = SendQueue({1: 0.01}, Clock())
    queue.put(claims(1, 5, at_once=2))
    first = started(queue)
    assert len(first) == 2
    end(queue, first[:1])
    assert len(started(queue)) == 1


def test_messages_are_claimed_ahead_for_a_quick_gateway_alone() -> None:
    clock = Clock()
    queue = SendQueue({1: 0.2, 2: 1.5, 3: 60.0, 5: 0.05, 6: 0.001}, clock)
    more = queue.allowance()
    assert [more(line, 4, 0) for line in (1, 2, 3, 4)] == [8, 4, 1, 4]
    assert [more(line, 4, 0) for line in (5, 6)] == [4 + 12, 4 + 16], "what it answers until the next claim, within bounds"
    queue.put(claims(1, 8, at_once=4))
    more = queue.allowance()
    first = started(queue)[0]
    assert more(1, 4, 8) == 0
    clock.now += 0.2
    queue.ended(first)
    assert more(1, 4, 8) == 1, "what has ended leaves its place before it is written down"


def test_lines_that_hang_leave_room_for_the_others_at_every_moment() -> None:
    clock, hanging = Clock(), range(100, 164)
    queue = SendQueue({1: 0.05}, clock)
    for _ in range(40):  # they have many messages each, and no answer for minutes
        more, room = queue.allowance(), queue.room()
        for line in hanging:
            queue.put(claims(line, min(room, more(line, 2, 0)) if line not in queue.shut() else 0))
        started(queue)
        queue.put(claims(1, 2))
        healthy = started(queue)
        assert [claim.line for claim in healthy] == [1, 1]
        clock.now += 0.1
        end(queue, healthy)
        assert queue.room() > 0
        clock.now += 3.0
    assert queue._slots.stuck <= slots.STUCK


def test_lines_that_hang_all_at_once_after_they_were_quick_free_their_places_in_moments() -> None:
    clock, busy = Clock(), range(100, 148)
    queue = SendQueue(dict.fromkeys([1, *busy], 0.05), clock)
    for line in busy:
        queue.put(claims(line, 4))
    assert len(started(queue)) == slots.IN_FLIGHT
    queue.put(claims(1, 2))
    assert started(queue) == []
    clock.now += SLOW_AFTER + 0.1
    assert queue.room() > 0
    assert [claim.line for claim in started(queue)] == [1, 1]
    assert queue.allowance()(busy[0], 2, 0) == 0, "one that hangs is asked for nothing more"


def test_places_are_gathered_longer_while_much_is_claimed_ahead() -> None:
    queue = SendQueue(dict.fromkeys(range(8), 0.001))
    for line in range(8):
        queue.put(claims(line, 36, at_once=8))
    under_way = started(queue)
    assert queue.room() == 0
    threading.Timer(0.001, end, (queue, under_way[: send_queue.WORTH])).start()
    begun = time.monotonic()
    queue.wait(60)
    assert send_queue.GATHER < time.monotonic() - begun < 30, "what is claimed ahead keeps everybody busy"


def test_what_ends_while_a_claim_is_made_is_not_waited_for() -> None:
    queue = SendQueue({1: 0.05})
    queue.put(claims(1, 2))
    first, second = started(queue)
    queue.room()
    end(queue, [first])  # before anybody waits
    begun = time.monotonic()
    queue.wait(60)
    assert time.monotonic() - begun < 30

    queue.room()
    threading.Timer(0.01, end, (queue, [second])).start()
    queue.wait(60)
    assert time.monotonic() - begun < 30
    assert queue.claimed == 0


def test_threads_start_one_another_until_all_that_may_be_are_at_their_gateways() -> None:
    meeting = threading.Barrier(12)

    class Gateway:
        def send(self, outbound: object) -> None:
            meeting.wait(20)
            raise RuntimeError("nothing is to be written down")

    gateway: Any = Gateway()
    nobody: Any = None
    with SendThreads() as threads:
        threads.send([Claim(next(_ids), math.inf, gateway, nobody, line, 6) for line in (-1, -2) for _ in range(6)])
    assert not meeting.broken


def test_endings_that_come_while_others_are_written_do_not_wait_for_them() -> None:
    began, second, waited = threading.Event(), threading.Event(), []

    def first() -> None:
        began.set()
        waited.append(second.wait(20))

    one, other = claims(1, 2)
    with Recorder(lambda written: None, lambda: False) as recorder:
        recorder.put(one, first)
        assert began.wait(20)
        recorder.put(other, second.set)
    assert waited == [True]
