"""Sending: claim, speak to the gateways, record; until nothing is due and nothing is in flight.

The doorbell may be rung by anyone, any number of times, in any number of processes: one drain runs per process, and
processes share the work through the claims.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import structlog
from django.db import connection

from conversations import optout, outbox, record
from conversations.models import Message
from conversations.outbox import Claim, boottime
from conversations.sender import Sender
from lines.gateways.base import Failure, GatewayError, InvalidRequest, OutcomeUnknown, Reason

log = structlog.get_logger(__name__)

IN_FLIGHT = 32
"""Sends at once per process, over all lines; a line's own `max_in_flight` is the tighter bound."""

LOOK_AGAIN = 0.25
"""Seconds after which a drain that waits for slow gateways looks for newly due messages."""

_draining = threading.Lock()
_rung = threading.Event()
_closing = threading.Event()


def ring() -> None:
    """Drain the outbox unless this process does so already; a ring during a drain is not lost."""
    _rung.set()
    while _rung.is_set() and not _closing.is_set() and _draining.acquire(blocking=False):
        try:
            _rung.clear()
            drain()
        finally:
            _draining.release()


def close() -> None:
    """The process is asked to end: claim nothing more, finish what is in flight."""
    _closing.set()


def drain() -> int:
    """Send all that is due; the number of attempts made.

    1. Sweep: hold, release or end what time has changed.
    2. Claim up to the free room, hand each claim to a thread.
    3. When one has ended, or a moment has passed, claim again.
    """
    outbox.sweep()
    made = 0
    running: set[Future[None]] = set()
    with Sender() as sender, ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="send") as pool:
        while True:
            room = 0 if _closing.is_set() else IN_FLIGHT - len(running)
            claims, examined = outbox.claim(sender.lock, room=room) if room else ([], 0)
            running |= {pool.submit(deliver, claim) for claim in claims}
            made += len(claims)
            if not running and not examined:
                return made
            if running and not claims:
                done, running = wait(running, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()


def deliver(claim: Claim) -> None:
    """Make one claimed attempt and record how it ended. Runs in a thread with a connection of its own."""
    try:
        _deliver(claim)
    except Exception:
        # The attempt stays open; the reconciler asks the gateway about it. Other messages must not suffer.
        log.exception("send_broke_off", attempt=claim.attempt_id)
    finally:
        connection.close()


def _deliver(claim: Claim) -> None:
    if boottime() > claim.start_by:
        record.given_back(claim.attempt_id)
        return
    try:
        result = claim.gateway.send(claim.letter)
    except OutcomeUnknown as error:
        record.unknown(claim.attempt_id, error.failure)
    except GatewayError as error:
        if error.failure.opted_out:
            message = Message.objects.select_related("workspace", "line").get(attempts=claim.attempt_id)
            optout.opted_out_at_gateway(message, error.failure.detail)
        record.refused(claim.attempt_id, error.failure, vendor_id=error.vendor_id)
    except InvalidRequest as error:
        record.refused(claim.attempt_id, Failure(Reason.CONTACT_DATA, transient=False, detail=str(error)))
    else:
        record.accepted(claim.attempt_id, result)
