"""Recording how attempts ended, many in one transaction, by threads that have database connections of their own."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Final

import structlog
from django.db import connection

from conversations.sending import record
from conversations.sending.attempts import Claim
from conversations.sending.record import Accepted

log = structlog.get_logger(__name__)

GATHER: Final = 0.02
"""Seconds for which endings are gathered to be written together. Not at all when nothing else is under way, or enough have come."""

AT_ONCE: Final = 100
"""Endings written in one transaction at most."""

WRITERS: Final = 2
"""Threads that write: the next endings need not wait until the disk is done with the last ones."""

Ending = Accepted | Callable[[], object]
"""How an attempt ended: the gateway has it, or a call that records any other ending."""

Ended = tuple[Claim, Ending | None]
"""A claim and its ending. None: sending broke off; the attempt stays open, and the reconciler asks the gateway about it."""


class Recorder:
    """Within its `with`, endings that are `put` are recorded and reported to `written`. Leaving it records what is left."""

    def __init__(self, written: Callable[[Sequence[Claim]], None], alone: Callable[[], bool]) -> None:
        self._written, self._alone = written, alone
        self._ended: queue.SimpleQueue[Ended | None] = queue.SimpleQueue()
        self._gathering = threading.Lock()  # one gathers while the others write
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Recorder:
        for number in range(WRITERS):
            thread = threading.Thread(target=self._run, name=f"record-{number}")
            try:
                thread.start()
            except RuntimeError:  # no thread to be had: one will do
                if not self._threads:
                    raise
            else:
                self._threads.append(thread)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.put(None)
        for thread in self._threads:
            thread.join()

    def put(self, claim: Claim, ending: Ending | None) -> None:
        self._ended.put((claim, ending))

    def _run(self) -> None:
        try:
            while ended := self._gathered():
                connection.close_if_unusable_or_obsolete()
                write([ending for _, ending in ended if ending])
                self._written([claim for claim, _ in ended])
        finally:
            connection.close()

    def _gathered(self) -> list[Ended]:
        """The next endings, at least one; none at the end."""
        with self._gathering:
            found: list[Ended] = []
            while not found or (len(found) < AT_ONCE and not self._ended.empty()):
                if (more := self._ended.get()) is None:
                    self._ended.put(None)  # for the next who looks
                    break
                found.append(more)
                if len(found) == 1 and not self._alone() and self._ended.qsize() < AT_ONCE:
                    time.sleep(GATHER)
            return found


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
