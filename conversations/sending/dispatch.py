"""Sending: claim, speak to the gateways, record; until nothing is due and nothing is in flight.

The doorbell may be rung by anyone, any number of times, in any number of processes: one drain runs per process, and
processes share the work through the claims. Within a process the sends run in threads of their own, without a database
connection (`conversations.sending.lanes` says which, and when); how they ended is written by others, many at a time
(`conversations.sending.recorder`).
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from conversations.models import Message
from conversations.sending import line_locks, optout, outbox, record, sweeping
from conversations.sending.attempts import Claim, boottime
from conversations.sending.lanes import THREADS, Lanes
from conversations.sending.record import Accepted
from conversations.sending.recorder import Ending, Recorder
from conversations.sending.sender import Sender
from conversations.sending.upcoming import Upcoming
from lines.gateways.base import Failure, GatewayError, InvalidRequest, OutcomeUnknown, Reason

log = structlog.get_logger(__name__)

LOOK_AGAIN: Final = 0.25
"""Seconds after which a drain that waits for slow gateways looks for newly due messages, if no ring tells of them."""

APART: Final = 0.005
"""Seconds from a claim to the next at least, so that what becomes due at a stretch shares one."""

HAND_OVER: Final = 0.02
"""Seconds between two looks whether a line that is this sender's turn has become free."""

STAY: Final = 1.5
"""Seconds before its time that a message is waited for; beat rings more often."""

PATIENCE: Final = 1.0
"""Seconds that a sender stays for lines that are its turn now and that another is not done with yet."""

SWEEP_EVERY: Final = 1.0
"""Seconds between two sweeps of a drain that has much to do."""

_draining = threading.Lock()
_rung = threading.Event()
_closing = threading.Event()
_open: set[Lanes] = set()
_paces: dict[int, float] = {}
"""Seconds in which each line's gateway answered last, kept from drain to drain. Forgetting it costs time alone."""


def ring() -> None:
    """Drain the outbox unless this process does so already; a ring during a drain is heard by that.

    What becomes due before the next ring of beat is waited for, so that a message leaves within moments of its time.
    """
    _rung.set()
    for lanes in list(_open):
        lanes.nudge()
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

    1. Claim up to the free room, have the lanes send it.
    2. Now and then, sweep: hold, release or end what time and people have changed.
    3. When some have ended and are written down, something may be due, or a moment has passed, go on with 1.
    """
    made, swept, busy, upcoming = 0, float("-inf"), time.monotonic(), Upcoming()
    with Sender() as sender, Sending() as sending:
        lanes = sending.lanes
        while True:
            _rung.clear()
            under_way = lanes.claimed > 0  # what ends from here on makes room that the claim does not see
            room = lanes.room()
            if _closing.is_set():
                room = 0
            claims, examined = _claim(sender, lanes, room) if room > 0 else ([], 0)
            made += len(claims)
            sending.take(claims)
            if sweeps := time.monotonic() - swept > SWEEP_EVERY:
                sweeping.sweep()
                swept = time.monotonic()
            if lanes.claimed and (claims or not examined):
                wait = upcoming.within(LOOK_AGAIN) if room > len(claims) else None  # without room nothing due can be claimed
                lanes.wait(LOOK_AGAIN if wait is None else max(wait, APART))
                busy = time.monotonic()
            elif examined or under_way or sweeps:
                continue  # none of those could go, or all are sent already, or some were released: there may be more
            elif time.monotonic() - busy < PATIENCE and not _closing.is_set() and line_locks.waits_for_others(sender.lock):
                lanes.wait(HAND_OVER)
            elif stay and (wait := upcoming.within(stay)) is not None and not _closing.is_set():
                _rung.wait(wait)
            elif _closing.is_set() or not _rung.is_set():
                return made


def _claim(sender: Sender, lanes: Lanes, room: int) -> tuple[list[Claim], int]:
    return outbox.claim(sender.lock, room=room, shut=lanes.shut(), more=lanes.allowance())


class Sending:
    """The lanes of one drain, the threads that send for them and those that write down. Ends when all is written."""

    def __init__(self) -> None:
        self.lanes = Lanes(_paces)
        self._recorder = Recorder(self.lanes.written, lambda: self.lanes.claimed == 1)
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def __enter__(self) -> Sending:
        self._recorder.__enter__()
        _open.add(self.lanes)
        return self

    def __exit__(self, *error: object) -> None:
        self.lanes.settle()
        _open.discard(self.lanes)
        for thread in self._threads:
            thread.join()
        self._recorder.__exit__(None, None, None)

    def take(self, claims: list[Claim]) -> None:
        self.lanes.take(claims)
        try:
            self._help()
        except RuntimeError:  # no thread to be had
            if not self._threads:
                self.lanes.forsake()
                raise

    def _help(self) -> None:
        """Start a thread where those at rest are too few; it starts the next one, and the claims go on meanwhile."""
        with self._starting:
            if len(self._threads) < THREADS and self.lanes.wants_help():
                thread = threading.Thread(target=self._send, name=f"send-{len(self._threads)}")
                thread.start()
                self._threads.append(thread)

    def _send(self) -> None:
        helped = False
        while claim := self.lanes.next():
            if not helped:
                helped = True
                with suppress(RuntimeError):  # those there are send one after the other
                    self._help()
            ending: Ending | None = None
            try:
                ending = deliver(claim)
            except Exception:
                # The attempt stays open; the reconciler asks the gateway about it. Other messages must not suffer.
                log.exception("send_broke_off", attempt=claim.attempt_id)
            finally:
                self.lanes.ended(claim)
                self._recorder.put(claim, ending)


def deliver(claim: Claim) -> Ending:
    """Make one claimed attempt; how it ended. Needs no database."""
    if boottime() > claim.start_by:
        return partial(record.given_back, claim.attempt_id)
    try:
        return Accepted(claim.attempt_id, claim.gateway.send(claim.outbound))
    except OutcomeUnknown as error:
        return partial(record.unknown, claim.attempt_id, error.failure)
    except GatewayError as error:
        return partial(_refused, claim, error)
    except InvalidRequest as error:
        failure = Failure(Reason.CONTACT_DATA, transient=False, detail=str(error))
        return partial(record.refused, claim.attempt_id, failure)


def _refused(claim: Claim, error: GatewayError) -> None:
    if error.failure.opted_out:
        message = Message.objects.select_related("workspace", "line").get(attempts=claim.attempt_id)
        optout.opted_out_at_gateway(message, error.failure.detail)
    record.refused(claim.attempt_id, error.failure, vendor_id=error.vendor_id)
