"""Sending: claim, speak to the gateways, record; until nothing is due and nothing is in flight.

The doorbell may be rung by anyone, any number of times, in any number of processes: one drain runs per process, and
processes share the work through the claims. Within a process the sends run in threads of their own, without a database
connection; how they ended is written by one more thread, many at a time.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType

import structlog
from django.db import connection

from conversations import optout, outbox, record
from conversations.models import Message
from conversations.outbox import Claim, boottime
from conversations.record import Accepted
from conversations.sender import Sender
from lines.gateways.base import Failure, GatewayError, InvalidRequest, OutcomeUnknown, Reason

log = structlog.get_logger(__name__)

IN_FLIGHT = 96
"""Sends at once per process, over all lines, each in a thread; a line's own `max_in_flight` is the tighter bound.

No claim waits for a thread: one that waited too long would have to be given back.
"""

GATHER = 0.01
"""Seconds that endings and free places are gathered, to be written and filled together."""

LOOK_AGAIN = 0.25
"""Seconds after which a drain that waits for slow gateways looks for newly due messages."""

STAY = 1.0
"""Seconds that a ring stays for what becomes due; beat rings as often."""

SWEEP_EVERY = 1.0
"""Seconds between two sweeps of a drain that has much to do."""

AT_ONCE = 100
"""Outcomes written in one transaction at most."""

Ending = Accepted | Callable[[], object]
"""How an attempt ended: taken over by the gateway, or what is to be written of another ending."""

_draining = threading.Lock()
_rung = threading.Event()
_closing = threading.Event()


def ring() -> None:
    """Drain the outbox unless this process does so already; a ring during a drain is not lost.

    What becomes due before the next ring of beat is waited for, so that a message leaves within moments of its time.
    """
    _rung.set()
    while _rung.is_set() and not _closing.is_set() and _draining.acquire(blocking=False):
        try:
            _rung.clear()
            drain(stay=STAY)
        finally:
            _draining.release()


def close() -> None:
    """The process is asked to end: claim nothing more, finish what is in flight."""
    _closing.set()


def drain(stay: float = 0.0) -> int:
    """Send all that is due, and what becomes due within `stay` seconds; the number of attempts made.

    1. Sweep: hold, release or end what time and people have changed.
    2. Claim up to the free room, hand each claim to a thread.
    3. When some have ended and are written down, or a moment has passed, go on with 1.
    """
    made, until, swept = 0, time.monotonic() + stay, float("-inf")
    with Sender() as sender, ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="send") as pool, Recorder(pool) as recorder:
        while True:
            if time.monotonic() - swept > SWEEP_EVERY:
                outbox.sweep()
                swept = time.monotonic()
            running = recorder.in_flight
            room = 0 if _closing.is_set() else IN_FLIGHT - running
            claims, examined = outbox.claim(sender.lock, room=room) if room else ([], 0)
            recorder.take(claims)
            made += len(claims)
            if examined:
                continue
            if running:
                recorder.wait(running, outbox.due_within(LOOK_AGAIN) or LOOK_AGAIN)
                time.sleep(GATHER)
            elif (wait := outbox.due_within(until - time.monotonic())) is not None and not _closing.is_set():
                if _rung.wait(wait):
                    _rung.clear()
            else:
                return made


class Recorder:
    """Has claims delivered by a pool of threads and writes how they ended, on one connection, as many at once as have come."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._ended: queue.SimpleQueue[Ending | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._in_flight = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="record")

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Writes what is still in flight, then ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight <= 0)
        self._closed = True
        self._ended.put(None)
        self._thread.join()

    @property
    def in_flight(self) -> int:
        """Claims whose ending is not written yet."""
        return self._in_flight

    def take(self, claims: Sequence[Claim]) -> None:
        with self._changed:
            self._in_flight += len(claims)
        for handed, claim in enumerate(claims):
            try:
                self._pool.submit(self._deliver, claim)
            except RuntimeError:  # no thread to be had; their attempts stay open, for the reconciler
                with self._changed:
                    self._in_flight -= len(claims) - handed
                raise

    def wait(self, before: int, seconds: float) -> None:
        """Until fewer than `before` are in flight, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < before, seconds)

    def _deliver(self, claim: Claim) -> None:
        ending: Ending | None = None
        try:
            ending = deliver(claim)
        except Exception:
            # The attempt stays open; the reconciler asks the gateway about it. Other messages must not suffer.
            log.exception("send_broke_off", attempt=claim.attempt_id)
        finally:
            self._ended.put(ending)

    def _run(self) -> None:
        try:
            while True:
                endings = [self._ended.get()]
                if self._closed:
                    return
                time.sleep(GATHER)
                while len(endings) < AT_ONCE and not self._ended.empty():
                    endings.append(self._ended.get())
                connection.close_if_unusable_or_obsolete()
                write([ending for ending in endings if ending])
                with self._changed:
                    self._in_flight -= len(endings)
                    self._changed.notify_all()
        finally:
            connection.close()


def deliver(claim: Claim) -> Ending:
    """Make one claimed attempt; how it ended. Needs no database."""
    if boottime() > claim.start_by:
        return partial(record.given_back, claim.attempt_id)
    try:
        return Accepted(claim.attempt_id, claim.gateway.send(claim.letter))
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


def write(endings: Sequence[Ending]) -> None:
    """Write how attempts ended. One that cannot be written stays open, for the reconciler; the others must not suffer."""
    accepted = [ending for ending in endings if isinstance(ending, Accepted)]
    try:
        if accepted:
            record.accepted_all(accepted)
    except Exception:
        log.exception("record_broke_off", attempts=len(accepted))
        connection.close_if_unusable_or_obsolete()
        for one in accepted:
            _write_one(partial(record.accepted_all, [one]))
    for ending in endings:
        if not isinstance(ending, Accepted):
            _write_one(ending)


def _write_one(ending: Callable[[], object]) -> None:
    try:
        ending()
    except Exception:
        log.exception("record_broke_off", attempts=1)
