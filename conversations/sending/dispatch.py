"""Sending: claim, speak to the gateways, record; until nothing is due and nothing is in flight.

The doorbell may be rung by anyone, any number of times, in any number of processes: one drain runs per process, and
processes share the work through the claims. This module is the loop of a drain; `send_threads` talks to the gateways.
"""

from __future__ import annotations

import threading
import time
from typing import Final

from conversations.sending import line_locks, outbox, send_threads, sweeping
from conversations.sending.attempts import Claim
from conversations.sending.send_queue import SendQueue
from conversations.sending.send_threads import SendThreads
from conversations.sending.sender import Sender
from conversations.sending.upcoming import Upcoming

LOOK_AGAIN: Final = 0.25
"""Seconds after which a drain that waits for slow gateways looks for newly due messages, if no ring tells of them."""

APART: Final = 0.005
"""Least seconds from one claim to the next, so that messages that become due one right after the other share a claim."""

HAND_OVER: Final = 0.02
"""Seconds between two looks whether a line that is this sender's turn has become free."""

STAY: Final = 1.5
"""A drain waits for messages that become due within so many seconds; beat rings more often."""

PATIENCE: Final = 1.0
"""Seconds that a sender stays for lines that are its turn now and that another is not done with yet."""

SWEEP_EVERY: Final = 1.0
"""Seconds between two sweeps of a drain that has much to do."""

_draining = threading.Lock()
_rung = threading.Event()
_closing = threading.Event()


def ring() -> None:
    """Drain the outbox unless this process does so already; a ring during a drain is heard by that.

    What becomes due before the next ring of beat is waited for, so that a message leaves within moments of its time.
    """
    _rung.set()
    send_threads.nudge()
    while _rung.is_set() and not _closing.is_set() and _draining.acquire(blocking=False):
        try:
            drain(stay=STAY)
        finally:
            _draining.release()


def close() -> None:
    """The process is asked to end: claim nothing more, finish what is in flight."""
    _closing.set()


def drain(stay: float = 0.0) -> int:
    """Send all that is due, and what becomes due within `stay` seconds; the number of attempts made.

    1. Claim as many messages as there is room for, and have the threads send them.
    2. Now and then, sweep: hold, release or end messages as time and people's changes require.
    3. Go on with 1 when places are free again, when something may have become due, or after a moment.
    """
    made, swept, busy, upcoming = 0, float("-inf"), time.monotonic(), Upcoming()
    with Sender() as sender, SendThreads() as threads:
        queue = threads.queue
        while True:
            _rung.clear()
            under_way = queue.claimed > 0  # what ends from here on makes room that the claim does not see
            room = queue.room()
            if _closing.is_set():
                room = 0
            claims, examined = _claim(sender, queue, room) if room > 0 else ([], 0)
            made += len(claims)
            threads.send(claims)
            if sweeps := time.monotonic() - swept > SWEEP_EVERY:
                sweeping.sweep()
                swept = time.monotonic()
            if queue.claimed and (claims or not examined):
                wait = upcoming.within(LOOK_AGAIN) if room > len(claims) else None  # without room nothing due can be claimed
                queue.wait(LOOK_AGAIN if wait is None else max(wait, APART))
                busy = time.monotonic()
            elif examined or under_way or sweeps:
                continue  # none of those could go, or all are sent already, or some were released: there may be more
            elif time.monotonic() - busy < PATIENCE and not _closing.is_set() and line_locks.waits_for_others(sender.lock):
                queue.wait(HAND_OVER)
            elif stay and (wait := upcoming.within(stay)) is not None and not _closing.is_set():
                _rung.wait(wait)
            elif _closing.is_set() or not _rung.is_set():
                return made


def _claim(sender: Sender, queue: SendQueue, room: int) -> tuple[list[Claim], int]:
    return outbox.claim(sender.lock, room=room, shut=queue.shut(), more=queue.allowance())
