"""Doing what waits: claim, ask the gateways, record; until nothing can be asked right now.

The doorbell may be rung by anyone, any number of times: one drain runs per process, and processes share the work
through the claims. A line that hangs holds its own thread and nobody else. Answers are written down while the lines go on.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
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

MOMENT: Final = 0.03
"""Seconds in which answers are gathered, so that many lines are written down together."""

Running = dict[Future[Asked], Batch]
Answers = SimpleQueue[Result]

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
    """Ask about all that can be asked now; the number of askings."""
    overdue.sweep()
    if not CheckItem.objects.filter(state=CheckItem.State.QUEUED).exists():
        return 0
    places.know_lines()
    asked = 0
    running: Running = {}
    answers: Answers = SimpleQueue()
    with ThreadPoolExecutor(LINES_AT_ONCE, thread_name_prefix="check") as pool:
        while True:
            batches = [] if _closing.is_set() else _claim(running, first=not asked)
            asked += sum(len(batch.asks) for batch in batches)
            being_asked = {batch.line.pk: batch for batch in running.values()}
            for batch in batches:
                if more := being_asked.get(batch.line.pk):
                    more.grow(batch)
                else:
                    running[pool.submit(ask, batch, answers.put)] = batch
            if running:
                running = _follow(running, answers)
            elif not batches and ((pause := _pause()) is None or _closing.wait(pause)):
                return asked


def _claim(running: Running, *, first: bool) -> list[Batch]:
    """For lines that are free, and for those that are about to have nothing to ask."""
    room, growing = LINES_AT_ONCE - len(running), [batch for batch in running.values() if batch.runs_out]
    return claiming.claim(room, first=first, growing=growing) if room or growing else []


def _follow(running: Running, answers: Answers) -> Running:
    """Write down what has been answered, until a line has asked its batch, or nearly; the lines that are not done.

    A line that finishes has told its answers before, so they are in the queue by then. What came too late for it is given back.
    """
    until = time.monotonic() + LOOK_AGAIN
    while True:
        results = _gather(answers)
        done = {future for future in running if future.done()}
        results += _at_hand(answers)
        finish([future.result() for future in done], results)
        going_on = {future: batch for future, batch in running.items() if future not in done}
        if done or time.monotonic() >= until or any(batch.runs_out for batch in going_on.values()):
            return going_on


def _gather(answers: Answers) -> list[Result]:
    """The answers of one moment; none when there is none for a while."""
    try:
        first = answers.get(timeout=LOOK_AGAIN)
    except Empty:
        return []
    time.sleep(MOMENT)
    return [first, *_at_hand(answers)]


def _at_hand(answers: Answers) -> list[Result]:
    return list(iter(lambda: None if answers.empty() else answers.get(), None))


def _pause() -> float | None:
    """Seconds until a line may ask again, where that is soon; None when there is nothing to wait for."""
    now = timezone.now()
    waiting = CheckItem.objects.filter(workspace_id=OuterRef("workspace_id"), state=CheckItem.State.QUEUED)
    soon = CheckPace.objects.filter(Exists(waiting.filter(run_at__lte=now)), line__status__in=Line.SENDING)
    soon = soon.filter(next_at__gt=now, next_at__lte=now + timedelta(seconds=LINGER))
    first = soon.order_by("next_at").values_list("next_at", flat=True).first()
    return max((first - now).total_seconds(), 0.001) if first else None


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
