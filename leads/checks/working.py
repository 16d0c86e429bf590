"""Working through the queue of checks: claim, ask the gateways, record; until nothing can be asked right now.

The doorbell may be rung by anyone, any number of times: one drain runs per process, and processes share the work
through the claims. A line that hangs holds its own thread and nobody else. Answers are written down while the lines go on.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone

from leads.checks import claiming, overdue, places, recording
from leads.checks.asking import Asked, ask
from leads.checks.claiming import Batch
from leads.checks.deciding import Result
from leads.models import CheckItem, CheckPace
from lines.models import Line

LINES_AT_ONCE: Final = 64

LINGER: Final = 2.0
"""Seconds a drain waits for a line whose spacing is about to pass, rather than for the next ring."""

LOOK_AGAIN: Final = 0.25
"""Seconds after which a drain that waits for slow gateways looks for lines whose spacing has passed."""

MOMENT: Final = 0.05
"""Seconds in which answers are gathered, so that many lines are written down together."""

_draining = threading.Lock()
_rung = threading.Event()
_closing = threading.Event()


def ring() -> None:
    """Drain unless this process does so already; a ring during a drain is not lost."""
    _rung.set()
    while _rung.is_set() and not _closing.is_set() and _draining.acquire(blocking=False):
        try:
            _rung.clear()
            drain()
        finally:
            _draining.release()


def close() -> None:
    """The process is asked to end: claim nothing more, write down what is being asked."""
    _closing.set()


def drain() -> int:
    """Ask about all that can be asked now, and end what cannot go on; the number of askings."""
    places.know_lines()
    with ThreadPoolExecutor(LINES_AT_ONCE, thread_name_prefix="check") as pool:
        lines = _Lines(pool)
        lines.take()
        overdue.sweep()
        while lines.asking or lines.take() or _a_line_is_soon_free():
            lines.follow()
            lines.take()
        return lines.asked


@dataclass(slots=True)
class _Lines:
    """The lines that are being asked over, each by a thread of its own, and what they have answered."""

    pool: ThreadPoolExecutor
    asking: dict[Future[Asked], Batch] = field(default_factory=dict)
    answers: SimpleQueue[Result] = field(default_factory=SimpleQueue)
    asked: int = 0
    nothing_waits: bool = False

    def take(self) -> bool:
        """Claim for lines that are free, and for those that are about to have nothing to ask; whether there was any."""
        if _closing.is_set():
            return False
        room, growing = LINES_AT_ONCE - len(self.asking), self._run_out
        batches = claiming.claim(room, first=not self.asked, growing=growing) if room or growing else []
        being_asked = {batch.line.pk: batch for batch in self.asking.values()}
        for batch in batches:
            self.asked += len(batch.asks)
            if more := being_asked.get(batch.line.pk):
                more.grow(batch)
            else:
                self.asking[self.pool.submit(ask, batch, self.answers.put)] = batch
        self.nothing_waits = bool(growing) and not batches
        return bool(batches)

    def follow(self) -> None:
        """Write down what is answered, until a line has asked its batch, or is about to while more waits."""
        until = time.monotonic() + LOOK_AGAIN
        done: set[Future[Asked]] = set()
        while self.asking and not done and time.monotonic() < until and (self.nothing_waits or not self._run_out):
            done = self._write_down()

    @property
    def _run_out(self) -> list[Batch]:
        return [batch for batch in self.asking.values() if batch.runs_out]

    def _write_down(self) -> set[Future[Asked]]:
        """The answers of one moment; the lines that have asked their batch.

        A line that finishes has told its answers before, so they are in the queue by then. What came too late for it is
        given back.
        """
        results = self._gather()
        done = {future for future in self.asking if future.done()}
        results += self._at_hand()
        for future in done:
            del self.asking[future]
        finish([future.result() for future in done], results)
        return done

    def _gather(self) -> list[Result]:
        """None when there is none for a while; no longer than a moment, and less when no line has more to ask."""
        try:
            first = self.answers.get(timeout=LOOK_AGAIN)
        except Empty:
            return []
        wait(self.asking, MOMENT)
        return [first, *self._at_hand()]

    def _at_hand(self) -> list[Result]:
        return list(iter(lambda: None if self.answers.empty() else self.answers.get(), None))


def _a_line_is_soon_free() -> bool:
    """Waits for the spacing of a line that has something to ask, where it is about to pass."""
    now = timezone.now()
    waiting = CheckItem.objects.filter(workspace_id=OuterRef("workspace_id"), state=CheckItem.State.QUEUED)
    soon = CheckPace.objects.filter(Exists(waiting.filter(run_at__lte=now)), line__status__in=Line.SENDING)
    soon = soon.filter(next_at__gt=now, next_at__lte=now + timedelta(seconds=LINGER))
    first = soon.order_by("next_at").values_list("next_at", flat=True).first()
    return first is not None and not _closing.wait(max((first - now).total_seconds(), 0.001))


def finish(done: list[Asked], results: list[Result]) -> None:
    """Record answers; give back what finished batches left unasked, and free their lines."""
    if results:
        recording.record(results)
    if left := [one for asked in done for one in asked.left]:
        recording.give_back(left)
    if done:
        recording.free_lines([_freed(asked) for asked in done])


def _freed(asked: Asked) -> recording.Freed:
    return recording.Freed(
        asked.batch.line,
        asked.batch.lease,
        since_asked=time.monotonic() - asked.last_began,
        unasked=len(asked.left),
        in_order=asked.in_order,
    )


def check_now(item_id: int, seconds: float) -> CheckItem:
    """See an item through in this thread, or watch a worker do it; after `seconds` it is returned as it stands."""
    end = time.monotonic() + seconds
    places.know_lines()
    while True:
        item = CheckItem.objects.select_related("lead").get(pk=item_id)
        if item.state not in CheckItem.OPEN or time.monotonic() >= end:
            return item
        if item.state == CheckItem.State.QUEUED and (batches := claiming.claim(1, item_id=item.pk)):
            results: list[Result] = []
            finish([ask(batch, results.append) for batch in batches], results)
        else:
            time.sleep(0.05)
