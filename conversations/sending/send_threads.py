"""The threads that send for one drain. Each takes a claim from the send queue, speaks to the gateway, and hands the ending on.

They have no database connection: how the sends ended is written by others, many at a time (`conversations.sending.recorder`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import structlog

from conversations.models import Message
from conversations.sending import optout, record
from conversations.sending.attempts import Claim, boottime
from conversations.sending.record import Accepted
from conversations.sending.recorder import Ending, Recorder
from conversations.sending.send_queue import THREADS, SendQueue
from lines.gateways.base import Failure, GatewayError, InvalidRequest, OutcomeUnknown, Reason

log = structlog.get_logger(__name__)

_open: set[SendQueue] = set()
_paces: dict[int, float] = {}
"""Seconds in which each line's gateway answered last, kept from drain to drain. Losing it only costs time."""


def nudge() -> None:
    """Something may be due: have every drain of this process look."""
    for queue in list(_open):
        queue.nudge()


class SendThreads:
    """The send queue of one drain with its threads and its recorder. Leaving its `with` waits until everything is recorded."""

    def __init__(self) -> None:
        self.queue = SendQueue(_paces)
        self._recorder = Recorder(self.queue.written, lambda: self.queue.claimed == 1)
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def __enter__(self) -> SendThreads:
        self._recorder.__enter__()
        _open.add(self.queue)
        return self

    def __exit__(self, *error: object) -> None:
        self.queue.finish()
        _open.discard(self.queue)
        for thread in self._threads:
            thread.join()
        self._recorder.__exit__(None, None, None)

    def send(self, claims: Sequence[Claim]) -> None:
        """Have these claims sent. Raises RuntimeError where not even one thread can be started; their attempts stay open."""
        self.queue.put(claims)
        try:
            self._help()
        except RuntimeError:  # no thread to be had
            if not self._threads:
                self.queue.abandon()
                raise

    def _help(self) -> None:
        """Start a thread if too few are at rest. It starts the next one itself, so that claims go on meanwhile."""
        with self._starting:
            if len(self._threads) < THREADS and self.queue.wants_help():
                thread = threading.Thread(target=self._run, name=f"send-{len(self._threads)}")
                thread.start()
                self._threads.append(thread)

    def _run(self) -> None:
        helped = False
        while claim := self.queue.next():
            if not helped:
                helped = True
                with suppress(RuntimeError):  # the threads there are send one message after the other
                    self._help()
            ending: Ending | None = None
            try:
                ending = deliver(claim)
            except Exception:
                # The attempt stays open; the reconciler asks the gateway about it. Other messages must not suffer.
                log.exception("send_broke_off", attempt=claim.attempt_id)
            finally:
                self.queue.ended(claim)
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
